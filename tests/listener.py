"""One listener in a process of its own, so that nothing but the server can keep it waiting.

`python -m tests.listener URL JSON` hears streams of what is asked one after the other, until its input is closed.
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

ROOT = Path(__file__).parents[1]


@dataclass
class Heard:
    """Filled when the listener has stopped: of the worst stream, the time to the first sound and of silence, in s."""

    streams: int = 0
    first_s: float = 0.0
    silent_s: float = 0.0
    gap_s: float = 0.0  # the longest between two pieces of sound that came one after the other


@contextmanager
def listening(url: str, ask: dict[str, object]) -> Iterator[Heard]:
    """A listener, who has heard one stream already, as long as the context is open."""
    heard = Heard()
    command = [sys.executable, "-m", "tests.listener", url, json.dumps(ask)]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout and process.stdout.readline() == "listening\n"
            yield heard
            output, _ = process.communicate(timeout=120)
            vars(heard).update(json.loads(output))
        finally:
            process.kill()


async def listen(url: str, ask: dict[str, object]) -> list[StreamPlayback]:
    heard: list[StreamPlayback] = []
    async with open_server(url, key=None) as server:
        await play_stream(over_http(server, ask))
        sys.stdout.write("listening\n")
        sys.stdout.flush()
        stop = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
        while not stop.done():
            heard.append(await play_stream(over_http(server, ask)))
    return heard


if __name__ == "__main__":
    told = asyncio.run(listen(sys.argv[1], json.loads(sys.argv[2])))
    worst = Heard(
        len(told),
        max(hearing.first_s or 0.0 for hearing in told),
        max(hearing.silent_s for hearing in told),
        max(max(hearing.gaps_s, default=0.0) for hearing in told),
    )
    sys.stdout.write(json.dumps(vars(worst)))
