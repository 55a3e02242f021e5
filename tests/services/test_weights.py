import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from typer.testing import CliRunner

from api.cli.main import app
from core.checkpoint.manifest import NAME, verify_manifest
from services.hub import Hub
from services.weights import AP_BWE, SPARK_TTS, download, download_pinned
from shared.errors import CheckpointInvalid, StartupError
from tests.hub import HubRepo

COMMIT = "0123456789abcdef0123456789abcdef01234567"
BIG = os.urandom(3_000_000)


@pytest.fixture
def repo():
    files = {path: f"the file {path}".encode() for path in SPARK_TTS.needed}
    files |= {"LLM/model.safetensors": BIG, "LLM/generation_config.json": b"{}", "LLM/optimizer.pt": BIG}
    files |= {"README.md": b"read me", "wav2vec2-large-xlsr-53/pytorch_model.bin": BIG}
    return HubRepo("veena/base", COMMIT, files)


@pytest.fixture
def fetch(repo, tmp_path):
    """Return a function that downloads from a running hub."""

    def fetched(directory=tmp_path / "weights", layout=SPARK_TTS, **options):
        with repo.running() as port:
            hub = Hub(f"http://127.0.0.1:{port}")
            return download(options.pop("name", "veena/base"), directory, layout, hub=hub, **options)

    return fetched


def files_under(directory):
    return {str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file()}


def test_only_files_for_inference_are_fetched_and_listed(fetch, repo, tmp_path):
    manifest = fetch()
    wanted = {*SPARK_TTS.needed, "LLM/generation_config.json"}
    assert files_under(tmp_path / "weights") == {*wanted, NAME} and {file.path for file in manifest.files} == wanted
    assert (tmp_path / "weights/LLM/model.safetensors").read_bytes() == BIG
    assert manifest.repo == "veena/base" and manifest.revision == COMMIT
    assert verify_manifest(tmp_path / "weights", revision=COMMIT) == manifest


def test_second_download_fetches_nothing(fetch, repo):
    first = fetch()
    repo.requests.clear()
    assert fetch() == first and repo.requests == []


def test_damaged_file_alone_is_fetched_again(fetch, repo, tmp_path):
    fetch()
    repo.requests.clear()
    (tmp_path / "weights/LLM/model.safetensors").write_bytes(b"x" * len(BIG))
    fetch()
    assert [path for path, _ in repo.requests] == ["LLM/model.safetensors"]


def test_download_resumes_after_a_broken_connection(fetch, repo):
    repo.break_at["LLM/model.safetensors"] = 1_000_000
    fetch()
    ranges = [wanted for path, wanted in repo.requests if path == "LLM/model.safetensors"]
    assert ranges == [None, "bytes=1000000-"]


def test_download_resumes_after_its_process_was_killed(repo, tmp_path):
    """The process dies in the middle of the large file; the next one requests only the rest."""
    directory, large = tmp_path / "weights", "LLM/model.safetensors"
    repo.slow = True
    with repo.running() as port:
        call = f"download('veena/base', Path({str(directory)!r}), SPARK_TTS, hub=Hub('http://127.0.0.1:{port}'))"
        command = [
            sys.executable,
            "-c",
            f"from pathlib import Path; from services.weights import *; from services.hub import Hub; {call}",
        ]
        first = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 60
        part = directory / f"{large}.part"
        while not part.exists() or part.stat().st_size <= 1_000_000:
            assert first.poll() is None and time.monotonic() < deadline
        first.kill()
        first.communicate()
        assert not (directory / NAME).exists()
        done, repo.slow = {path for path, _ in repo.requests} - {large}, False
        repo.requests.clear()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (again,) = [wanted for path, wanted in repo.requests if path == large]
    assert again is not None and int(again.removeprefix("bytes=").rstrip("-")) >= 1_000_000
    assert done.isdisjoint(path for path, _ in repo.requests)
    assert verify_manifest(directory) is not None


def test_bytes_with_a_wrong_checksum_are_refused(fetch, repo, tmp_path):
    for path in ("LLM/model.safetensors", "config.yaml"):
        repo.corrupt = {path}
        with pytest.raises(StartupError, match=rf"{path}: .*checksum"):
            fetch(tmp_path / path)
        assert not {path, f"{path}.part", NAME} & files_under(tmp_path / path)


def test_missing_repository_revision_and_file_are_named(fetch, repo):
    with pytest.raises(StartupError, match="no such repository"):
        fetch(name="veena/other")
    with pytest.raises(StartupError, match="no revision v9"):
        fetch(revision="v9")
    del repo.files["BiCodec/model.safetensors"]
    with pytest.raises(StartupError, match=r"has no BiCodec/model\.safetensors"):
        fetch()
    with pytest.raises(StartupError, match=r"has no config\.json"):
        fetch(layout=AP_BWE)
    with pytest.raises(StartupError, match="the hub does not answer"):
        download("veena/base", Path("nowhere"), SPARK_TTS, hub=Hub("http://127.0.0.1:9"))


def test_repository_without_voices_takes_a_given_file(fetch, repo, tmp_path):
    del repo.files["voices.yaml"]
    with pytest.raises(StartupError, match=r"has no voices\.yaml; give one with --voices"):
        fetch()
    (tmp_path / "own.yaml").write_text("mine")
    fetch(voices=tmp_path / "own.yaml")
    assert (tmp_path / "weights/voices.yaml").read_text() == "mine"
    assert verify_manifest(tmp_path / "weights")


def test_super_resolution_has_two_files(fetch, repo, tmp_path):
    repo.files |= {"config.json": b"{}", "g_16kto48k": BIG, "do_16kto48k": BIG}
    fetch(layout=AP_BWE)
    assert files_under(tmp_path / "weights") == {"config.json", "g_16kto48k", NAME}


@pytest.mark.skipif(os.geteuid() != 0, reason="NOT CHECKED: a full disk is mounted, which needs root")
def test_full_disk_is_reported_before_anything_is_fetched(fetch, repo, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], check=True)
    try:
        with pytest.raises(StartupError, match="no room: 3 MB are to come"):
            fetch(directory=disk)
        assert repo.requests == []
    finally:
        subprocess.run(["umount", disk], check=True)


def test_pinned_revision_goes_to_a_directory_of_its_name(repo, tmp_path):
    with repo.running() as port:
        hub = Hub(f"http://127.0.0.1:{port}")
        for moving in ("main", COMMIT[:12], COMMIT.upper()):
            with pytest.raises(StartupError, match="full hash of a commit"):
                download_pinned("veena/base", moving, tmp_path, SPARK_TTS, hub=hub, report=print)
        download_pinned("veena/base", COMMIT, tmp_path, SPARK_TTS, hub=hub, report=print)
    assert verify_manifest(tmp_path / COMMIT, revision=COMMIT)


def test_command_downloads_a_repository(repo, tmp_path):
    with repo.running() as port:
        command = ["download", "veena/base", str(tmp_path), "--endpoint", f"http://127.0.0.1:{port}"]
        result = CliRunner().invoke(app, command)
    assert result.exit_code == 0 and f"8 files, 3 MB, revision {COMMIT}" in result.output
    assert CliRunner().invoke(app, ["verify", str(tmp_path), "--revision", COMMIT]).exit_code == 0
    result = CliRunner().invoke(app, ["verify", str(tmp_path), "--revision", "f" * 40])
    assert isinstance(result.exception, CheckpointInvalid)


def test_unwritable_directory_is_named(fetch, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StartupError, match="file"):
        fetch(directory=tmp_path / "file")


@pytest.mark.parametrize("path", ["LLM/model.safetensors", "voices.yaml"])
def test_changed_file_is_found_when_a_server_starts(fetch, tmp_path, path):
    fetch()
    root = tmp_path / "weights"
    content = (root / path).read_bytes()
    for damaged, reason in ((content[:-1] + b"?", "damaged"), (content[:-1], "bytes"), (None, "No such file")):
        (root / path).unlink()
        if damaged is not None:
            (root / path).write_bytes(damaged)
        with pytest.raises(CheckpointInvalid, match=rf"{path}: .*{reason}"):
            verify_manifest(root)
        (root / path).write_bytes(content)
    assert verify_manifest(root)


def test_manifest_of_another_revision_is_refused(fetch, tmp_path):
    fetch()
    with pytest.raises(CheckpointInvalid, match=f"revision {COMMIT}, but {'f' * 40} is required"):
        verify_manifest(tmp_path / "weights", revision="f" * 40)
    with pytest.raises(CheckpointInvalid, match="missing, but revision"):
        verify_manifest(tmp_path, revision=COMMIT)
    shutil.copy(tmp_path / "weights" / NAME, tmp_path / NAME)
    (tmp_path / NAME).write_text(json.dumps({"repo": 1}))
    with pytest.raises(CheckpointInvalid, match=NAME):
        verify_manifest(tmp_path)


def test_file_longer_than_listed_is_not_written(fetch, repo, tmp_path):
    repo.listed_sizes["LLM/model.safetensors"] = 10
    with pytest.raises(StartupError, match="more than the 10 bytes that the hub lists"):
        fetch()
    assert sum(path.stat().st_size for path in (tmp_path / "weights").rglob("*") if path.is_file()) < 10_000


def test_file_without_a_checksum_is_refused(fetch, repo):
    repo.without_checksum.add("LLM/tokenizer.json")
    with pytest.raises(StartupError, match="the hub lists no checksum"):
        fetch()
    assert repo.requests == []


@pytest.mark.parametrize("revision", ["../../x", "a/../../b", "", "-x", "a b", "x\ny", "main?x=1"])
def test_revision_that_is_none_is_refused(fetch, repo, revision):
    with pytest.raises(StartupError, match="a branch, a tag or a commit is needed"):
        fetch(revision=revision)


@pytest.mark.parametrize("name", ["../x", "veena", "veena/../x", "/veena/base", "veena/base/..", "v e/x"])
def test_repository_that_is_none_is_refused(fetch, name):
    with pytest.raises(StartupError, match="`owner/name`"):
        fetch(name=name)


@pytest.mark.parametrize(
    ("card", "licence", "said"),
    [
        ({"license": "cc-by-nc-sa-4.0"}, "cc-by-nc-sa-4.0", "cc-by-nc-sa-4.0: no commercial use"),
        ({"license": "apache-2.0", "tags": ["tts"]}, "apache-2.0", "apache-2.0"),
        ({"license": ["mit", "apache-2.0"]}, "mit or apache-2.0", "mit or apache-2.0"),
        ({"license": "other", "license_name": "veena-non-commercial"}, "veena-non-commercial", "no commercial use"),
        ({}, None, "CC BY-NC-SA 4.0: no commercial use"),
        (None, None, "not stated"),
    ],
)
def test_download_names_the_licence_and_keeps_it(fetch, repo, tmp_path, card, licence, said):
    repo.card, lines = card, []
    assert fetch(report=lines.append).licence == licence
    assert (lines[-1].startswith("licence: ") and lines[-1].endswith(said)) or said in lines[-1]
    told = CliRunner().invoke(app, ["doctor"], env={"CHECKPOINT": str(tmp_path / "weights"), "PORT": "0"}).output
    assert (licence or "not stated") in told


def test_published_weights_are_known_not_to_be_for_commercial_use(repo, fetch):
    repo.name = "SparkAudio/Spark-TTS-0.5B"
    assert fetch(name=repo.name).licence == "cc-by-nc-sa-4.0"


@pytest.fixture
def with_a_model(repo, tmp_path):
    """Give the repository a language model that can be read."""
    path = tmp_path / "model.safetensors"
    save_file({"weight": np.linspace(-1, 1, 500_000, dtype=np.float32)}, path)
    repo.files["LLM/model.safetensors"] = path.read_bytes()
    return len(repo.files["LLM/model.safetensors"])


def test_language_model_is_stored_in_bfloat16_on_demand(fetch, repo, with_a_model, tmp_path):
    lines, root = [], tmp_path / "weights"
    manifest = fetch(bfloat16=True, report=lines.append)
    (model,) = [file for file in manifest.files if file.rounded_from]
    assert model.path == "LLM/model.safetensors" and model.size < 0.51 * with_a_model
    assert "LLM/model.safetensors: bfloat16, 1.0 MB" in lines
    assert verify_manifest(root, revision=COMMIT) == manifest
    repo.requests.clear()
    assert fetch(bfloat16=True) == manifest and repo.requests == []


def test_interrupted_download_in_bfloat16_fetches_nothing_twice(fetch, repo, with_a_model):
    repo.corrupt = {"BiCodec/model.safetensors"}
    with pytest.raises(StartupError, match="checksum"):
        fetch(bfloat16=True)
    repo.corrupt.clear()
    repo.requests.clear()
    assert any(file.rounded_from for file in fetch(bfloat16=True).files)
    assert "LLM/model.safetensors" not in {path for path, _ in repo.requests}


def test_rounded_model_is_fetched_again_where_the_published_one_is_wanted(fetch, repo, with_a_model, tmp_path):
    fetch(bfloat16=True)
    repo.requests.clear()
    assert not any(file.rounded_from for file in fetch().files)
    assert [path for path, _ in repo.requests] == ["LLM/model.safetensors"]
    assert '"rounded_from"' not in (tmp_path / "weights" / NAME).read_text()


def test_command_stores_bfloat16_and_says_so(repo, with_a_model, tmp_path):
    with repo.running() as port:
        command = [
            "download",
            "veena/base",
            str(tmp_path / "w"),
            "--bfloat16",
            "--endpoint",
            f"http://127.0.0.1:{port}",
        ]
        assert "bfloat16, 1.0 MB" in CliRunner().invoke(app, command).output
    told = CliRunner().invoke(app, ["verify", str(tmp_path / "w")]).output
    assert "LLM/model.safetensors in bfloat16" in " ".join(told.split())
