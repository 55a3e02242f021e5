import numpy as np
import pytest
from safetensors.numpy import save_file
from typer.testing import CliRunner

from api.cli.main import app
from core.checkpoint.manifest import NAME, verify_manifest
from shared.errors import StartupError
from tests.services.conftest import COMMIT


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
