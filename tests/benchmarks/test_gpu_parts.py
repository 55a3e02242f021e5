"""bench-gpu runs on a CPU with the tiny size: each part alone, its file written as it goes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.report import Sheet

ROOT = Path(__file__).parents[2]


def run(*arguments: object, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "benchmarks.gpu", *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=300, check=False
    )


def tried(out: Path, *arguments: str) -> dict[str, object]:
    """Try parts on the tiny size and return the file of the last one."""
    told = run(*arguments, "--size", "tiny", "--device", "cpu", "--quick", "--seconds", 1, "--out", out)
    assert told.returncode == 0, told.stdout + told.stderr
    written: dict[str, object] = json.loads(sorted(out.parent.glob("*.json"))[-1].read_text())
    assert written["complete"] is True and written["size"] == "tiny" and written["took_s"]
    assert written["machine"]["cpu"] and written["machine"]["torch"]  # type: ignore[index]
    return written


def test_decoder_part_needs_no_engine(tmp_path: Path) -> None:
    """Engines, the web framework and the client are absent: an import of one of them is an error."""
    (tmp_path / "absent").mkdir()
    for name in ("vllm", "transformers", "fastapi", "uvicorn", "httpx", "websockets", "typer"):
        (tmp_path / "absent" / f"{name}.py").write_text(f"raise ImportError('{name} is absent')\n")
    path = f"{tmp_path / 'absent'}:{ROOT}"
    told = run(
        *("decoder", "--size", "tiny", "--device", "cpu", "--quick", "--out", tmp_path / "gpu.json"),
        PYTHONPATH=path,
        VENEA3_HOME=str(tmp_path),
    )
    assert told.returncode == 0, told.stderr
    written = json.loads((tmp_path / "gpu-decoder.json").read_text())
    assert written["complete"] is True and "30 dB or more" in written["auto"]["reason"]
    assert written["eager_6_tokens_1_at_once"]["ms"] > 0 and written["eager_6_tokens_8_at_once"]["ms"] > 0
    assert written["packed_24_tokens_1_at_once"]["db"] > 80
    assert written["ap_bwe_0.1_s_8_at_once"]["ms"] > 0


@pytest.mark.slow
def test_engine_part_runs_alone(tmp_path: Path) -> None:
    written = tried(tmp_path / "gpu.json", "engine", "--engine", "transformers")
    assert written["1_streams"]["tokens_per_s"] > 0  # type: ignore[index]
    assert written["8_streams"]["first_token_ms_p95"] > 0  # type: ignore[index]


@pytest.mark.slow
def test_service_part_runs_alone(tmp_path: Path) -> None:
    written = tried(tmp_path / "gpu.json", "service", "--engine", "transformers")
    assert written["long_text"]["completed"] == 2  # type: ignore[index]
    assert written["1_per_s"]["failed"] == 0 and written["8_streams"]["completed"] > 0  # type: ignore[index]
    assert written["codec"]["mode"]  # type: ignore[index]


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["transformers", "vllm"])
def test_all_parts_run_one_after_the_other(tmp_path: Path, engine: str) -> None:
    tried(tmp_path / "gpu.json", "--engine", engine)
    assert {path.name for path in tmp_path.glob("*.json")} == {
        f"gpu-{part}.json" for part in ("decoder", "engine", "service")
    }


def test_nothing_is_measured_without_a_gpu(tmp_path: Path) -> None:
    told = run("--out", tmp_path / "gpu.json", CUDA_VISIBLE_DEVICES="")
    assert told.returncode == 0 and "torch finds no GPU" in told.stdout and not list(tmp_path.iterdir())


def test_sheet_is_written_after_every_figure(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "sheet.json", limit_s=0.0, part="decoder")
    sheet.add("first", {"ms": 1})
    written = json.loads((tmp_path / "sheet.json").read_text())
    assert written["part"] == "decoder" and written["first"] == {"ms": 1} and "machine" in written
    assert not sheet.has_time() and Sheet(tmp_path / "sheet.json", limit_s=60).has_time(30)
