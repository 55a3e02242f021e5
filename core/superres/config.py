"""The numbers of one AP-BWE checkpoint, read from the `config.json` beside it. Knows nothing of tensors."""

from math import ceil, gcd
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.documents import first_fault, read_json
from shared.errors import CheckpointInvalid

CONV_REACH = 3
"""Frames that a kernel of seven sees on each side."""
LOWPASS_ZEROS = 6
LOWPASS_ROLLOFF = 0.99

_Positive = Annotated[int, Field(gt=0, lt=2**24)]
_Layers = Annotated[int, Field(gt=0, le=1000)]


class SuperResConfig(BaseModel):
    """Rates in Hz; `n_fft`, `hop` and `win` in samples at `high_rate`. Other keys of the file are for training."""

    model_config = ConfigDict(strict=True, frozen=True, validate_by_name=True)

    n_fft: _Positive
    hop: _Positive = Field(alias="hop_size")
    win: _Positive = Field(alias="win_size")
    channels: _Positive = Field(alias="ConvNeXt_channels")
    layers: _Layers = Field(alias="ConvNeXt_layers")
    low_rate: _Positive = Field(alias="lr_sampling_rate")
    high_rate: _Positive = Field(alias="hr_sampling_rate")

    @model_validator(mode="after")
    def _is_coherent(self) -> Self:
        if not self.hop <= self.win <= self.n_fft:
            raise ValueError("hop_size <= win_size <= n_fft does not hold")
        if self.low_rate > self.high_rate:
            raise ValueError("lr_sampling_rate is above hr_sampling_rate")
        return self

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
        """Read `config.json`. Raises CheckpointInvalid."""
        try:
            return cls.model_validate(read_json(path))
        except ValidationError as error:
            raise CheckpointInvalid(f"{path}: {first_fault(error)}") from None
