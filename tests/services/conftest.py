import os

import pytest

from services.hub import Hub
from services.weights import SPARK_TTS, download
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
