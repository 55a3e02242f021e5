"""The golden checkpoint, as files."""

import lzma
from pathlib import Path

import pytest

from core.bicodec.checkpoint import load_bicodec, open_bicodec
from core.bicodec.model import BiCodec

GOLDEN = Path(__file__).parents[2] / "data" / "bicodec_a"


@pytest.fixture(scope="session")
def golden_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("bicodec_a")
    (directory / "config.yaml").write_bytes((GOLDEN / "config.yaml").read_bytes())
    (directory / "model.safetensors").write_bytes(lzma.decompress((GOLDEN / "model.safetensors.xz").read_bytes()))
    return directory


@pytest.fixture(scope="session")
def golden(golden_directory: Path) -> BiCodec:
    return load_bicodec(open_bicodec(golden_directory))
