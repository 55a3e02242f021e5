"""Commands as a user types them."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from typer.testing import CliRunner

from api.cli import main
from api.cli.main import app
from core.checkpoint.reading import open_checkpoint

DATA = Path(__file__).parents[2] / "data"


def run(*arguments: str, input: str | None = None):
    return CliRunner().invoke(app, list(arguments), input=input)


@pytest.fixture
def free_port(monkeypatch):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        monkeypatch.setenv("PORT", str(probe.getsockname()[1]))


def test_doctor_prints_what_this_machine_can_run(tiny_path, free_port, monkeypatch):
    monkeypatch.setenv("CHECKPOINT", str(tiny_path))
    monkeypatch.setenv("ENGINE", "transformers")
    said = run("doctor")
    assert said.exit_code == 0, said.output
    for word in (
        "engine transformers",
        "engine vllm",
        "GPU",
        "veena3-built-1, 12 voices",
        "is free",
        "can run the service",
    ):
        assert word in said.output


def test_doctor_says_which_forms_run_and_why(tiny_path, tmp_path, monkeypatch):
    """The outcome depends on the machine; the second call reads the first one's."""
    for name in ("CODEC_MODE", "SUPER_RESOLUTION_MODE"):
        monkeypatch.setenv(name, "auto")
    settings = {
        "CHECKPOINT": tiny_path,
        "SUPER_RESOLUTION": DATA / "apbwe_a",
        "ENGINE": "transformers",
        "VEENA3_HOME": tmp_path,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, str(value))
    first, again = run("doctor").output, run("doctor").output
    assert first == again
    told = " ".join(first.split())
    assert "decoder" in told and "super-resolution" in told and told.count("30 dB or more to eager") == 2, first


def test_doctor_names_what_prevents_the_service(tmp_path, monkeypatch):
    monkeypatch.setenv("CHECKPOINT", str(tmp_path))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("PORT", str(taken.getsockname()[1]))
        said = run("doctor")
    assert said.exit_code == 1
    assert "config.json" in said.output and "in use" in said.output and "cannot run" in said.output


def test_settings_are_printed_and_an_invalid_one_is_named(monkeypatch, capsys):
    assert "| `CHECKPOINT` | `voices/demo` |" in run("settings").output
    monkeypatch.setenv("WINDOW_FIRST", "many")
    assert one_line_failure(monkeypatch, capsys, "serve").startswith("veena3: setting WINDOW_FIRST: ")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RECORDS_DAYS", "36501"),
        ("RECORDS_PATH", ""),
        ("HOST", ""),
        ("OTLP_ENDPOINT", "collector:4318"),
        ("OTLP_ENDPOINT", "ftp://collector"),
        ("OTLP_ENDPOINT", "http://"),
        ("OTLP_ENDPOINT", "http://collector:port"),
    ],
)
def test_serve_with_an_invalid_setting_fails_with_one_line_that_names_it(name, value, monkeypatch, capsys):
    monkeypatch.setenv("CHECKPOINT", "/nowhere")
    monkeypatch.setenv(name, value)
    line = one_line_failure(monkeypatch, capsys, "serve")
    assert line.startswith(f"veena3: setting {name}: ") and "Value error" not in line


def test_serve_at_an_unusable_address_fails_with_one_line_that_names_the_setting(tiny_path, monkeypatch, capsys):
    given = ("serve", "--checkpoint", str(tiny_path), "--engine", "transformers")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        line = one_line_failure(monkeypatch, capsys, *given, "--port", port)
        assert line == f"veena3: setting PORT: cannot listen on 127.0.0.1, port {port}: Address already in use"
    for host in ("203.0.113.1", "there.invalid", "there..invalid"):
        line = one_line_failure(monkeypatch, capsys, *given, "--host", host, "--port", "0")
        assert line.startswith(f"veena3: setting HOST: cannot listen on {host}, port 0: ")


def test_make_checkpoint_writes_a_valid_checkpoint_and_never_overwrites(tmp_path, monkeypatch, capsys):
    made = tmp_path / "made"
    assert run("make-checkpoint", str(made), "--size", "tiny").exit_code == 0
    assert len(open_checkpoint(made).voices) == 12
    assert "not empty" in one_line_failure(monkeypatch, capsys, "make-checkpoint", str(made))


def test_check_vectors_reports_every_array_and_finds_a_changed_one(tmp_path):
    good = run("check-vectors", str(DATA / "apbwe_a"))
    assert good.exit_code == 0 and "io.npz:resampled48k_640" in good.output and "BEYOND" not in good.output
    broken = tmp_path / "broken"
    shutil.copytree(DATA / "apbwe_a", broken)
    arrays = dict(np.load(broken / "io.npz"))
    arrays["resampled48k_640"] = arrays["resampled48k_640"] + 1e-3
    np.savez(broken / "io.npz", **arrays)
    bad = run("check-vectors", str(broken))
    assert bad.exit_code == 1 and "BEYOND" in bad.output


def test_check_vectors_of_an_empty_directory_fails_with_one_line(tmp_path, monkeypatch, capsys):
    assert "no npz file" in one_line_failure(monkeypatch, capsys, "check-vectors", str(tmp_path))


def test_normalize_and_chunks_read_lines():
    said = run("normalize", "--json", input="Rs. 500 only\nसुबह 10:30 बजे\n").output.splitlines()
    assert [json.loads(line) for line in said] == [
        {"text": "Rs. 500 only", "spoken": "five hundred rupees only", "language": "en"},
        {"text": "सुबह 10:30 बजे", "spoken": "सुबह साढ़े दस बजे", "language": "hi"},
    ]
    assert run("normalize", "Room 12").output == "Room twelve\n"
    told = json.loads(run("chunks", "Dr. Rao came. He left.", "--json").output)
    assert told["sentences"] == ["Dr. Rao came.", "He left."] and "".join(told["chunks"]) == told["text"]


@pytest.mark.parametrize("sizes", [("--threshold", "-1"), ("--target", "0"), ("--target", "221")])
def test_chunks_with_impossible_sizes_fails_with_one_line(monkeypatch, capsys, sizes):
    line = one_line_failure(monkeypatch, capsys, "chunks", "A text.", *sizes)
    assert line == "veena3: --target must be at least 1 and at most --threshold"


@pytest.mark.parametrize("locale", ["C.UTF-8", "C"])
@pytest.mark.parametrize("command", [("normalize",), ("chunks",), ("say", "-", "--out", "-")])
def test_input_that_is_not_utf8_fails_with_one_line(command, locale):
    started = [sys.executable, "-c", "from api.cli.main import main; main()", *command]
    environment = {**os.environ, "LC_ALL": locale}
    said = subprocess.run(started, input=b"caf\xe9\n", capture_output=True, env=environment, check=False)
    assert (said.returncode, said.stderr, said.stdout) == (1, b"veena3: the text is not valid UTF-8\n", b"")


def test_normalize_fails_with_one_line_when_the_spoken_form_is_too_long(monkeypatch, capsys):
    assert "the limit is 10000" in one_line_failure(monkeypatch, capsys, "normalize", "⁴" * 1_000)


def one_line_failure(monkeypatch, capsys, *arguments: str) -> str:
    """Run `veena3 …`, which must fail with status 1, and return the one line that it prints."""
    monkeypatch.setattr("sys.argv", ["veena3", *arguments])
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == 1
    line = capsys.readouterr().err.strip()
    assert "\n" not in line and "Traceback" not in line
    return line


def _tensors(path: Path, change):
    tensors = load_file(path)
    change(tensors)
    save_file(tensors, path, metadata={"format": "pt"})


def _truncated(path: Path):
    path.write_bytes(path.read_bytes()[:-1000])


def _without_token(path: Path):
    document = json.loads(path.read_text())
    document["added_tokens"] = [t for t in document["added_tokens"] if t["content"] != "<|start_semantic_token|>"]
    path.write_text(json.dumps(document))


LM, CODEC, KEY = "LLM/model.safetensors", "BiCodec/model.safetensors", "prenet.linear.bias"
FAULTS = {
    "no directory": ("", lambda path: shutil.rmtree(path), "no such directory"),
    "no voices": ("voices.yaml", Path.unlink, "voices.yaml"),
    "missing LM tensor": (LM, lambda p: _tensors(p, lambda t: t.pop("model.norm.weight")), "model.norm.weight"),
    "truncated LM": (LM, _truncated, LM),
    "no token": ("LLM/tokenizer.json", _without_token, "<|start_semantic_token|>"),
    "missing tensor": (CODEC, lambda p: _tensors(p, lambda t: t.pop(KEY)), KEY),
    "extra tensor": (CODEC, lambda p: _tensors(p, lambda t: t.update(more=np.zeros(3, "f4"))), "more"),
    "misshapen tensor": (CODEC, lambda p: _tensors(p, lambda t: t.update({KEY: np.zeros(3, "f4")})), KEY),
    "truncated codec": (CODEC, _truncated, CODEC),
    "no config": ("BiCodec/config.yaml", Path.unlink, "BiCodec/config.yaml"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_serve_with_an_invalid_checkpoint_fails_with_one_line_that_names_file_and_reason(
    fault, tiny_path, tmp_path, monkeypatch, capsys, free_port
):
    file, break_, named = FAULTS[fault]
    broken = tmp_path / "broken"
    shutil.copytree(tiny_path, broken)
    break_(broken / file)
    line = one_line_failure(monkeypatch, capsys, "serve", "--checkpoint", str(broken), "--engine", "transformers")
    assert line.startswith(f"veena3: {broken}") and named in line
