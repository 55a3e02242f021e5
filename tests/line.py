"""The server of tests/test_line.py as its tests use it, and a conversation over its WebSocket."""

import json
import os
import re
import select
import subprocess
import time
from pathlib import Path

import httpx
from websockets.sync.client import ClientConnection

START_S = 240
"""Seconds that a start may take on a busy machine."""


def address_of(process: subprocess.Popen[str], log: Path) -> str:
    """Return the address that the server prints when it is ready."""
    deadline, printed = time.monotonic() + START_S, ""
    assert process.stdout is not None
    os.set_blocking(process.stdout.fileno(), False)
    while time.monotonic() < deadline and process.poll() is None:
        if select.select([process.stdout], [], [], 1)[0]:
            printed += process.stdout.read()
        if found := re.search(r"speaks at (http://[\d.:]+)", printed):
            return found[1]
    raise AssertionError(f"not ready in {START_S} s:\n{log.read_text()[-3000:]}")


class Line:
    """A running server with the engine of this name. `engine_killed`: a test has killed its engine."""

    def __init__(self, process: subprocess.Popen[str], url: str, engine: str) -> None:
        self.process, self.url, self.engine = process, url, engine
        self.engine_killed = False

    def say(self, text: str, speaker: str = "lipakshi", **more: object) -> httpx.Response:
        body = {"text": text, "speaker": speaker} | more
        answer = httpx.post(f"{self.url}/v1/tts/generate", json=body, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer


class Conversation:
    """WebSocket connection with its received events and sound."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket, self.events, self.sound = socket, [], []

    def send(self, **message: object) -> None:
        self.socket.send(json.dumps(message))

    def until(self, kind: str) -> dict:
        """Receive up to an event of type `kind`, or up to `sound`. Return the newest event."""
        while True:
            message = self.socket.recv(60)
            if isinstance(message, bytes):
                self.sound.append(message)
            else:
                self.events.append(json.loads(message))
                assert self.events[-1]["type"] != "error", message
            if kind == ("sound" if isinstance(message, bytes) else self.events[-1]["type"]):
                return self.events[-1]
