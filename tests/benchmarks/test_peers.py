"""Comparisons with others: the same client for any OpenAI-speaking server, and a clear end without upstream's code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.peers import servers
from benchmarks.peers.servers import named
from tests.fake_server import fake_server

ROOT = Path(__file__).parents[2]
UPSTREAM = os.environ.get("SPARK_TTS_SOURCE")


def test_servers_are_asked_in_turn_and_judged_alike(tiny_path, tmp_path, monkeypatch):
    with fake_server(tiny_path, auth_bypass_mode=True) as server:
        arguments = ["--server", f"one={server.url}", "--server", f"two={server.url}", "--voice", "two=nova"]
        arguments += ["--streams", "2", "--requests", "4", "--rounds", "2", "--out", str(tmp_path / "peers.json")]
        monkeypatch.setattr(sys, "argv", ["servers", *arguments])
        servers.main()
    rows = json.loads((tmp_path / "peers.json").read_text())["servers"]
    for name in ("one", "two"):
        (row,) = rows[name]["2_streams"]
        assert row["completed"] == 4 and row["sound_s"] > 0 and row["first_sound_ms_p50"] > 0


def test_server_that_is_away_is_counted_as_failed(tmp_path, monkeypatch, capsys):
    arguments = ["--server", "away=http://127.0.0.1:9", "--streams", "1", "--requests", "1", "--rounds", "1"]
    monkeypatch.setattr(sys, "argv", ["servers", *arguments, "--out", str(tmp_path / "peers.json")])
    servers.main()
    (row,) = json.loads((tmp_path / "peers.json").read_text())["servers"]["away"]["1_streams"]
    assert row["failed"] == 1 and "no server answers" in capsys.readouterr().out


def test_named_values_need_a_name():
    assert named(["a=b", "c=d=e"]) == {"a": "b", "c": "d=e"}
    with pytest.raises(SystemExit, match="NAME=VALUE"):
        named(["http://127.0.0.1"])


def decoder(*arguments):
    return benchmark("decoder", *arguments)


def benchmark(name, *arguments):
    command = [sys.executable, "-m", f"benchmarks.peers.{name}", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.slow
def test_directory_without_upstreams_code_is_named(tmp_path):
    told = decoder("--bicodec", tmp_path, "--size", "tiny", "--out", tmp_path / "peers.json")
    assert told.returncode and f"{tmp_path} has no sparktts: give the directory of a clone" in told.stderr
    assert "give --bicodec, --ap-bwe or both" in decoder().stderr
    told = benchmark("encoder", "--bicodec", tmp_path)
    assert told.returncode and "has no sparktts: give the directory of a clone" in told.stderr


@pytest.mark.slow
@pytest.mark.skipif(UPSTREAM is None, reason="SPARK_TTS_SOURCE names no clone of Spark-TTS")
def test_upstream_loads_a_built_checkpoint_and_gives_the_same_sound(tmp_path):
    told = decoder("--bicodec", UPSTREAM, "--size", "tiny", "--seconds", 1, "--out", tmp_path / "peers.json")
    assert told.returncode == 0, told.stderr
    assert json.loads((tmp_path / "peers.json").read_text())["decoder"]["1_s"]["eager_whole"]["db"] > 90


@pytest.mark.slow
@pytest.mark.skipif(UPSTREAM is None, reason="SPARK_TTS_SOURCE names no clone of Spark-TTS")
def test_upstream_encodes_a_recording_to_the_same_tokens(tmp_path):
    least = ["--size", "tiny", "--seconds", 3, "--turns", 1, "--rounds", 1]
    told = benchmark("encoder", "--bicodec", UPSTREAM, *least, "--out", tmp_path / "peers.json")
    assert told.returncode == 0, told.stderr
    rows = json.loads((tmp_path / "peers.json").read_text())["encoder"]
    assert rows["ours_with_transcript"]["same_voice_tokens"] == rows["ours_with_transcript"]["same_speech_tokens"] == 1
    assert rows["ours_timbre_alone"]["same_voice_tokens"] == 1
