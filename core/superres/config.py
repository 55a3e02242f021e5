"""Read an AP-BWE checkpoint's architecture from its `config.json`. Knows nothing of tensors."""

from math import ceil, gcd
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.documents import first_fault, read_json
from shared.errors import CheckpointInvalid

KERNEL_RADIUS = 3
"""Frames that a kernel of seven taps reads on each side."""
LOWPASS_ZEROS = 6
"""Zero crossings on each side of the resampler's filter, with which AP-BWE was trained."""
LOWPASS_ROLLOFF = 0.99
"""Cut-off of that filter, as a share of the lower Nyquist frequency."""

_Positive = Annotated[int, Field(gt=0, lt=2**24)]
_Layers = Annotated[int, Field(gt=0, le=1000)]


class SuperResConfig(BaseModel):
    """Architecture. Rates in Hz; `n_fft`, `hop` and `win` in samples at `high_rate`. Training keys are ignored."""

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
        """Return the grid in low-rate samples: a piece may start only at a multiple of it.

        Elsewhere the piece's frames lie between the frames of the whole signal, and its result differs completely.
        """
        common = gcd(self.low_rate, self.high_rate)
        low_step, high_step = self.low_rate // common, self.high_rate // common
        return low_step * self.hop // gcd(self.hop, high_step)

    @property
    def context(self) -> int:
        """Return the low-rate samples on each side of a sample of the result on which it depends; 833 as published."""
        frames = KERNEL_RADIUS * (1 + self.layers)
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
