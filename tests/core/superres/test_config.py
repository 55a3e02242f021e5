import json
from pathlib import Path

import pytest

from core.superres.config import SuperResConfig
from shared.errors import CheckpointInvalid

PUBLISHED = {
    "n_fft": 1024,
    "hop_size": 80,
    "win_size": 320,
    "ConvNeXt_channels": 512,
    "ConvNeXt_layers": 8,
    "hr_sampling_rate": 48000,
    "lr_sampling_rate": 16000,
}


def write(path: Path, **changes: object) -> Path:
    file = path / "config.json"
    file.write_text(json.dumps(PUBLISHED | changes), encoding="utf-8")
    return file


def test_published_context_and_grid(tmp_path: Path) -> None:
    config = SuperResConfig.read(write(tmp_path, seed=1234))
    assert (config.bins, config.context, config.grid) == (513, 833, 80)


@pytest.mark.parametrize(("hop", "low", "grid"), [(80, 12000, 20), (90, 16000, 30), (80, 44100, 147)])
def test_grid_aligns_pieces_with_frames(tmp_path: Path, hop: int, low: int, grid: int) -> None:
    config = SuperResConfig.read(write(tmp_path, hop_size=hop, lr_sampling_rate=low))
    assert config.grid == grid
    assert config.grid * 48000 % (low * hop) == 0


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"n_fft": None}, "n_fft"),
        ({"hop_size": 0}, "hop_size"),
        ({"ConvNeXt_layers": True}, "ConvNeXt_layers"),
        ({"win_size": 2048}, "win_size"),
        ({"lr_sampling_rate": 96000}, "lr_sampling_rate"),
    ],
)
def test_refused_values_are_named(tmp_path: Path, changes: dict[str, object], named: str) -> None:
    with pytest.raises(CheckpointInvalid, match=named) as caught:
        SuperResConfig.read(write(tmp_path, **changes))
    assert "config.json" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", '{"n_fft": 10'])
def test_not_a_config(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CheckpointInvalid, match=r"config\.json"):
        SuperResConfig.read(file)
