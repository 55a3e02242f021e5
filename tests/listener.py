"""One streaming client in a process of its own, so that only the server can delay it.

`python -m tests.listener URL JSON KEY` plays streams of one request, one after the other, until its input is closed.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from api.cli.client.playback import StreamPlayback, play_stream
from api.cli.client.server import open_server
from api.cli.client.streams import over_http
from tests.priority import run_at_once

ROOT = Path(__file__).parents[1]


@dataclass
class WorstStream:
    """Largest values over all streams of a client, in seconds. Filled when the client has stopped."""

    streams: int = 0  # number of streams
    first_s: float = 0.0  # time to the first sound
    silent_s: float = 0.0  # time without sound
    gap_s: float = 0.0  # time between two consecutive pieces of sound


@contextmanager
def listening(url: str, body: dict[str, object], *, key: str = "") -> Iterator[WorstStream]:
    """Run a client while the context is open. It has played one stream when the context begins."""
    worst = WorstStream()
    command = [sys.executable, "-m", "tests.listener", url, json.dumps(body), key]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout and process.stdout.readline() == "listening\n"
            yield worst
            output, _ = process.communicate(timeout=120)
            vars(worst).update(json.loads(output))
        finally:
            process.kill()


async def listen(url: str, body: dict[str, object], key: str) -> list[StreamPlayback]:
    heard: list[StreamPlayback] = []
    async with open_server(url, key=key or None) as server:
        await play_stream(over_http(server, body))
        sys.stdout.write("listening\n")
        sys.stdout.flush()
        stop = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
        while not stop.done():
            heard.append(await play_stream(over_http(server, body)))
    return heard


if __name__ == "__main__":
    run_at_once()  # what else the machine does is not the server's delay
    hearings = asyncio.run(listen(sys.argv[1], json.loads(sys.argv[2]), sys.argv[3]))
    worst_stream = WorstStream(
        len(hearings),
        max(hearing.first_s or 0.0 for hearing in hearings),
        max(hearing.silent_s for hearing in hearings),
        max(max(hearing.gaps_s, default=0.0) for hearing in hearings),
    )
    sys.stdout.write(json.dumps(vars(worst_stream)))
