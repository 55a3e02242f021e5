"""A crowd of clients that leave, never read or read slowly: others are unharmed, and nothing is left behind."""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from core.checkpoint.reading import Checkpoint
from services.runtime import kept_for_good
from services.speech import HEALTH_EVERY_S
from shared.config import Settings
from shared.types import Prompt
from tests.api.conftest import Served, open_sockets, serving
from tests.crowd import NORMAL_SEED, SLOW_SEED, Crowd, Measurements
from tests.fakes import HOP, FakeEngine

ROOT = Path(__file__).parents[2]
MIB = 1024 * 1024
KEPT_BYTES = 100 * MIB  # that the allocator may keep after a crowd
STALL_S = 8.0
SLOW_TOKENS = 250  # 5 s, and twice as long for a slow reader

SHORT = Crowd(leavers=250, never_readers=10, slow_readers=2, seconds=12)
MINUTE = Crowd(leavers=1000, never_readers=200, slow_readers=10, seconds=50)
LONG = Crowd(leavers=12_000, never_readers=200, slow_readers=20, seconds=1200)


class EndlessEngine(FakeEngine):
    """Engine that ends for polite and slow clients, and never ends for clients that leave or never read."""

    def _batches(self, prompt: Prompt) -> Iterator[tuple[int, ...]]:
        self.loop, seed = asyncio.get_running_loop(), prompt.sampling.seed
        self.forever = seed not in (NORMAL_SEED, SLOW_SEED)
        self.length = SLOW_TOKENS if seed == SLOW_SEED else 60
        return super()._batches(prompt)


class Usage:
    """Tasks, sockets and memory of the server's process."""

    def __init__(self, engine: EndlessEngine) -> None:
        self.tasks, self.sockets = len(asyncio.all_tasks(engine.loop)), open_sockets()
        self.bytes = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def play(served: Served, crowd: Crowd) -> Measurements:
    command = [sys.executable, "-m", "tests.crowd", served.url, json.dumps(asdict(crowd))]
    ran = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT, timeout=crowd.seconds + 120)
    return Measurements(**json.loads(ran.stdout))


@pytest.mark.parametrize(
    ("crowd", "slower"),
    [
        pytest.param(SHORT, 3.0, id="short"),
        pytest.param(MINUTE, 1.2, id="minute", marks=pytest.mark.slow),
        pytest.param(LONG, 1.2, id="long", marks=pytest.mark.slow),
    ],
)
def test_crowd_of_clients_leaves_no_tasks_sockets_or_memory(
    tiny: Checkpoint, crowd: Crowd, slower: float, capsys: pytest.CaptureFixture[str]
):
    engine = EndlessEngine(tiny.vocabulary, batch=16, delay_s=0.05)
    settings = Settings(stall_timeout_s=STALL_S, max_running=400, log_level="ERROR", window_first=8, window_steady=24)
    with kept_for_good(), serving(tiny, engine, settings) as served:
        service = served.app.state.service
        served.generate(seed=NORMAL_SEED)
        before = Usage(engine)
        begun = time.perf_counter()
        noticed = play(served, crowd)
        took_s = time.perf_counter() - begun
        served.until(lambda: engine.unfinished == 0 and service.queue == {"running": 0, "waiting": 0}, within_s=10)
        served.until(
            lambda: Usage(engine).tasks <= before.tasks and Usage(engine).sockets <= before.sockets, within_s=10
        )
        begun = time.perf_counter()  # the health watch gives memory back once no request runs
        while (after := Usage(engine)).bytes - before.bytes >= KEPT_BYTES:
            assert time.perf_counter() - begun < 10 * HEALTH_EVERY_S, "memory is not given back"
            time.sleep(HEALTH_EVERY_S / 10)
        stalls = served.metric("client_stalls_total")
        alone_ms, beside_ms = statistics.median(noticed.alone_ms), statistics.median(noticed.loaded_ms)
        figures = (
            f"{crowd.leavers} left, {crowd.never_readers} never read, {stalls:.0f} dropped",
            f"{crowd.slow_readers} read slowly, the least {min(noticed.slow_bytes)} bytes",
            f"{took_s:.0f} s, {engine.started} engine requests, {engine.abandoned} abandoned",
            f"tasks {before.tasks} -> {after.tasks}, sockets {before.sockets} -> {after.sockets}",
            f"memory {before.bytes / MIB:.0f} -> {after.bytes / MIB:.0f} MiB",
            f"first sound of {len(noticed.loaded_ms)} others {alone_ms:.0f} -> {beside_ms:.0f} ms",
        )
        with capsys.disabled():
            sys.stdout.write("\n" + "; ".join(figures) + "\n")
        assert stalls == crowd.never_readers
        assert min(noticed.slow_bytes) > SLOW_TOKENS * HOP * 3 * 2  # slow readers receive all of it
        assert beside_ms < slower * alone_ms
        assert served.generate(seed=NORMAL_SEED).status_code == 200
