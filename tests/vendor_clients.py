"""Server for the tests of vendors' clients, and what the engine does while such a client speaks."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from api.app import create_app
from core.engines.transformers_engine import TransformersEngine
from services.runtime import open_runtime
from shared.config import Settings
from shared.types import Prompt, TokenDelta
from tests.api.conftest import Served, running
from tests.api.keys import Guarded
from tests.fakes import HOP

ROOT = Path(__file__).parents[1]
CLIENTS = ROOT / ".venv-clients" / "bin" / "python"
WITHIN_S = 0.1
"""Seconds within which an interruption frees the engine."""
TURN = 60 * HOP * 2
"""Bytes of a turn of one chunk on the fake engine, as PCM at 16 kHz; the real one speaks the texts for longer."""
START_S = 120
"""Seconds in which the real engine starts, on a busy machine."""


class Abandoning(Protocol):
    """Engine that counts its unfinished requests, and those that it was made to abandon and no longer holds."""

    abandoned: int
    unfinished: int


class WatchedEngine:
    """The real engine inside a server. A request counts as abandoned once the engine's thread has dropped it."""

    def __init__(self, engine: TransformersEngine) -> None:
        self._engine, self._stream = engine, engine.stream
        self._open = self._closed_early = self._dropped = 0
        engine.stream = self.stream  # type: ignore[method-assign]

    async def stream(self, prompt: Prompt) -> AsyncGenerator[TokenDelta, None]:
        self._open += 1
        finished = False
        try:
            async with aclosing(self._stream(prompt)) as deltas:
                async for delta in deltas:
                    finished = delta.finish is not None
                    yield delta
        finally:
            self._open -= 1
            self._closed_early += not finished

    @property
    def unfinished(self) -> int:
        return self._engine.unfinished

    @property
    def abandoned(self) -> int:
        closed = self._closed_early
        if self._engine.unfinished <= self._open:
            self._dropped = closed
        return self._dropped


@contextmanager
def real_guarding(database_url: str) -> Iterator[Guarded]:
    """Run a server that requires keys, with the embedded voice and the transformers engine."""
    settings = Settings(
        checkpoint=ROOT / "voices" / "demo", engine="transformers", auth_bypass_mode=False, database_url=database_url
    )
    app = create_app(settings, open_runtime)
    with running(app) as port:
        begun = time.perf_counter()
        while not app.state.service.loaded:
            assert time.perf_counter() - begun < START_S, "the runtime did not open in time"
            time.sleep(0.01)
        yield Guarded(Served(app, WatchedEngine(app.state.service.loaded.engine), port, None), database_url)


@dataclass
class Watch:
    """Number of the engine's abandoned requests over time, on the clock that all processes share."""

    changes: list[tuple[float, int]]

    def freed_after(self, moment: float) -> float:
        """Return the seconds from a moment until the engine had abandoned the requests that it worked on."""
        abandoned = [at for at, _ in self.changes if moment < at < moment + 1]
        assert abandoned, "the engine worked on nothing, or was not told of the interruption"
        return abandoned[-1] - moment


@contextmanager
def watching(engine: Abandoning) -> Iterator[Watch]:
    watch, stop = Watch([(0.0, engine.abandoned)]), threading.Event()

    def look() -> None:
        while not stop.wait(0.001):
            if (now := engine.abandoned) != watch.changes[-1][1]:
                watch.changes.append((time.perf_counter(), now))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield watch
    finally:
        stop.set()
        thread.join()


def run(guarded: Guarded, client: str, *more: str, **environment: str) -> tuple[dict, Watch]:
    """Run a client; return what it told and what the engine did meanwhile."""
    program = ROOT / "tests" / "clients" / client
    runtime = str(CLIENTS) if program.suffix == ".py" else "node"
    command = [runtime, str(program), guarded.served.url, guarded.key(), *more]
    alone = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | environment
    with watching(guarded.served.engine) as watch:
        done = subprocess.run(command, capture_output=True, check=False, timeout=120, env=alone, text=True)
        assert done.returncode == 0, done.stderr[-3000:]
        guarded.served.until(lambda: not guarded.served.engine.unfinished, within_s=60)
        time.sleep(0.01)
    return json.loads(done.stdout), watch


def check(told: dict, watch: Watch, *, turns: int, within_s: float = WITHIN_S) -> None:
    """Check the turns of a client: complete, first audio long before the end, and the engine free once interrupted."""
    assert len(told["turns"]) == turns
    for turn in told["turns"]:
        assert turn["bytes"] >= TURN and 0 < turn["first_s"] < 5
    if not told["interrupted_at"]:
        return
    freed_s = watch.freed_after(told["interrupted_at"])
    first_s = [round(turn["first_s"], 3) for turn in told["turns"]]
    sys.stdout.write(f"first audio after {first_s} s, engine free {freed_s * 1000:.0f} ms after the interruption\n")
    assert freed_s < within_s
