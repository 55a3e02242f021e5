"""`veena3 bench` against a running server, and against one that stalls, is full, fails or does not run."""

import asyncio
import json
import re
import shlex
from contextlib import aclosing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from core.checkpoint.reading import Checkpoint
from shared.config import Settings
from shared.errors import CommandFailed
from tests.api.conftest import serving
from tests.fakes import HOP, FakeEngine

README = (Path(__file__).parents[3] / "README.md").read_text()
TRANSPORTS = ["http", "sse", "ws"]
STALL_S = 1.5


def bench(url: str, *arguments: str, over: list[str] = TRANSPORTS):
    options = [word for transport in over for word in ("--over", transport)]
    ran = CliRunner().invoke(app, ["bench", url, *arguments, *options, "--json"])
    assert ran.exit_code == 0, ran.output
    (output,) = re.findall(r"^\{$.*?^\}$", ran.stdout, re.MULTILINE | re.DOTALL)  # the server logs here as well
    figures = json.loads(output)
    assert list(figures["transports"]) == over
    return figures


def test_bench_completes_every_stream_over_every_transport(common):
    figures = bench(common.url, "--streams", "3", "--count", "7", "--speaker", "lipakshi")
    assert figures["load"] == {"loop": "closed", "streams": 3}
    sound_s = 7 * common.engine.length * HOP / 16_000
    for row in figures["transports"].values():
        assert (row["requests"], row["completed"], row["refused"], row["failed"]) == (7, 7, 0, 0)
        assert row["sound_s"] == pytest.approx(sound_s)
        assert 0 < row["first_sound_ms_p50"] <= row["first_sound_ms_p95"] <= row["first_sound_ms_p99"]
        assert row["first_sound_ms_p50"] <= row["audible_ms_p50"] < row["first_sound_ms_p99"] + 500
        assert row["longest_silence_ms"] < STALL_S * 500  # allowance for other work on the machine


def test_bench_repeats_the_random_times_of_an_open_loop_for_the_same_seed(common):
    rows = [
        bench(common.url, "--rate", "40", "--duration", "0.5", "--seed", seed, over=["http"])["transports"]["http"]
        for seed in ("5", "5", "6")
    ]
    assert rows[0]["requests"] == rows[1]["requests"] > 8 and all(row["completed"] == row["requests"] for row in rows)


class Stalling(FakeEngine):
    """Engine that pauses in the middle of every stream."""

    async def stream(self, prompt):
        given = 0
        async with aclosing(super().stream(prompt)) as deltas:
            async for delta in deltas:
                if given < 32 <= given + len(delta.ids):
                    await asyncio.sleep(STALL_S)
                given += len(delta.ids)
                yield delta


def test_bench_counts_a_stall_as_an_underrun(tiny: Checkpoint):
    settings = Settings(window_first=4, window_lookahead=3)
    with serving(tiny, Stalling(tiny.vocabulary), settings) as served:
        figures = bench(served.url, "--streams", "2", "--count", "2")
    for row in figures["transports"].values():
        assert row["streams_with_underruns"] == 2 and row["underruns"] >= 2
        # sound from before the stall, 32 tokens at most, plays meanwhile
        assert 1000 * (STALL_S - 32 * 0.02) <= row["longest_silence_ms"] <= row["silence_ms_p99"]
        assert row["gap_ms_p99"] >= 1000 * STALL_S * 0.9


def test_bench_counts_refused_and_failed_requests_separately(tiny: Checkpoint):
    engine = FakeEngine(tiny.vocabulary, delay_s=0.05)
    settings = Settings(max_running=1, max_waiting=0, log_level="ERROR")
    with serving(tiny, engine, settings) as served:
        row = bench(served.url, "--streams", "3", "--count", "6", over=["http"])["transports"]["http"]
        assert row["completed"] >= 1 and row["refused"] >= 2 and row["failed"] == 0
        assert row["codes"] == {"SERVICE_UNAVAILABLE": row["refused"]}
        engine.fail_after = 20
        row = bench(served.url, "--streams", "1", "--count", "1", over=["sse"])["transports"]["sse"]
        assert (row["completed"], row["failed"], row["codes"]) == (0, 1, {"GPU_FAULT": 1})
        assert row["first_sound_ms_p50"] is None and row["underruns"] == 0


def test_bench_runs_the_command_of_the_readme(common):
    (line,) = re.findall(r"^\.venv/bin/veena3 (bench .*)$", README, re.MULTILINE)
    ran = CliRunner().invoke(app, shlex.split(line.replace("http://127.0.0.1:8000", common.url)))
    assert ran.exit_code == 0, ran.output
    assert "http" in ran.output and "ws" in ran.output and "streams with underruns" in ran.output


def test_bench_without_a_server_fails_with_one_line():
    ran = CliRunner().invoke(app, ["bench", "http://127.0.0.1:9"])
    assert isinstance(ran.exception, CommandFailed) and "no server answers" in str(ran.exception)
