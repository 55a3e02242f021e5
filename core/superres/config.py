"""The numbers of one AP-BWE checkpoint, read from the `config.json` beside it. Knows nothing of tensors."""

from dataclasses import dataclass
from math import ceil, gcd
from pathlib import Path
from typing import Self

from core.documents import read_json
from shared.errors import CheckpointInvalid

CONV_REACH = 3
"""Frames that a kernel of seven sees on each side."""
LOWPASS_ZEROS = 6
LOWPASS_ROLLOFF = 0.99


@dataclass(frozen=True, slots=True)
class SuperResConfig:
    """Rates in Hz; `n_fft`, `hop` and `win` in samples at `high_rate`."""

    n_fft: int
    hop: int
    win: int
    channels: int
    layers: int
    low_rate: int
    high_rate: int

    @property
    def bins(self) -> int:
        return self.n_fft // 2 + 1

    @property
    def grid(self) -> int:
        """Low-rate samples whose multiples are the only places where a piece may start.

        Anywhere else the frames of the piece lie between the frames of the whole, and its sound differs completely.
        """
        common = gcd(self.low_rate, self.high_rate)
        low_step, high_step = self.low_rate // common, self.high_rate // common
        return low_step * self.hop // gcd(self.hop, high_step)

    @property
    def context(self) -> int:
        """Low-rate samples on each side that a sample of the result depends on (833 as published)."""
        frames = CONV_REACH * (1 + self.layers)
        high = frames * self.hop + 2 * (self.win // 2 - 1)
        resampler = ceil(LOWPASS_ZEROS / LOWPASS_ROLLOFF)
        return ceil(high * self.low_rate / self.high_rate) + resampler

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read `config.json`. Training keys are ignored. Raises CheckpointInvalid."""
        raw = read_json(path)
        if not isinstance(raw, dict):
            raise CheckpointInvalid(f"{path}: not a JSON object")
        config = cls(
            n_fft=_positive(raw, "n_fft", path),
            hop=_positive(raw, "hop_size", path),
            win=_positive(raw, "win_size", path),
            channels=_positive(raw, "ConvNeXt_channels", path),
            layers=_positive(raw, "ConvNeXt_layers", path),
            low_rate=_positive(raw, "lr_sampling_rate", path),
            high_rate=_positive(raw, "hr_sampling_rate", path),
        )
        if not config.hop <= config.win <= config.n_fft:
            raise CheckpointInvalid(f"{path}: hop_size <= win_size <= n_fft does not hold")
        if config.low_rate > config.high_rate:
            raise CheckpointInvalid(f"{path}: lr_sampling_rate is above hr_sampling_rate")
        return config


def _positive(raw: dict[str, object], key: str, path: Path) -> int:
    value = raw.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise CheckpointInvalid(f"{path}: {key} must be a positive integer, not {value!r}")
    return value
