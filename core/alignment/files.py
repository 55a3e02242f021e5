"""Folder `aligner/` of a checkpoint: `config.json` with letters and offsets, `model.safetensors` with the weights."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from core.alignment.network import Floats, Weights
from core.alignment.units import FIRST_LETTER
from core.documents import check_file, first_fault, read_json
from shared.errors import CheckpointInvalid

FOLDER, CONFIG, WEIGHTS = "aligner", "config.json", "model.safetensors"
_Offset = Annotated[int, Field(ge=-16, le=16)]
_Offsets = Annotated[tuple[_Offset, ...], Field(min_length=1, max_length=33, strict=False)]
_Size = Annotated[int, Field(gt=0, le=2**20)]


class AlignerConfig(BaseModel):
    """Contents of `config.json`: letters in the order of units, offsets of both layers, dimensions,
    and the standard of the verdict (core/alignment/reading.py).
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    format: Annotated[int, Field(ge=2, le=2)] = 2
    letters: Annotated[str, Field(min_length=1, max_length=4096)]
    codes: _Size
    width: _Size
    hidden: _Size
    first_offsets: _Offsets
    second_offsets: _Offsets
    pace: Annotated[float, Field(allow_inf_nan=False)] = 0.0
    alarm: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 3.5
    jump: Annotated[float, Field(lt=0, allow_inf_nan=False)] = -12.0
    again: Annotated[float, Field(allow_inf_nan=False)] = 0.0

    @property
    def bytes(self) -> int:
        """Return the memory of the loaded network, which stores the product of embedding and first layer, float32."""
        units, layers = FIRST_LETTER + len(self.letters), len(self.second_offsets)
        table = len(self.first_offsets) * (self.codes + 1)
        return 4 * (self.hidden * (table + layers * self.hidden) + (self.hidden + 1) * (units + 1))

    @property
    def lookahead(self) -> int:
        """Return the tokens after one that its scores depend on."""
        return max(self.first_offsets) + max(self.second_offsets)

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shapes of the tensors."""
        units, hidden = FIRST_LETTER + len(self.letters), self.hidden
        return {
            "embedding": (self.codes + 1, self.width),
            "first": (len(self.first_offsets), self.width, hidden),
            "first_bias": (hidden,),
            "second": (len(self.second_offsets), hidden, hidden),
            "second_bias": (hidden,),
            "output": (hidden, units + 1),
            "output_bias": (units + 1,),
            "log_prior": (units,),
        }


def read_aligner_config(folder: Path) -> AlignerConfig:
    """Read `config.json`. Raises CheckpointInvalid: one line with the file and the fault."""
    path = folder / CONFIG
    try:
        return AlignerConfig.model_validate(read_json(path))
    except ValidationError as error:
        raise CheckpointInvalid(f"{path}: {first_fault(error)}") from None


def read_weights(folder: Path, config: AlignerConfig) -> Weights:
    """Read and check the weights, in float32. Raises CheckpointInvalid."""
    path = folder / WEIGHTS
    check_file(path)
    try:
        tensors = load_file(path)
    except (OSError, SafetensorError, TypeError, KeyError) as error:
        raise CheckpointInvalid(f"{path}: {error}") from None
    for name, shape in config.shapes().items():
        if name not in tensors:
            raise CheckpointInvalid(f"{path}: {name} {list(shape)} is missing")
        if tensors[name].shape != shape:
            raise CheckpointInvalid(f"{path}: {name} has shape {list(tensors[name].shape)}, expected {list(shape)}")
        if not np.isfinite(tensors[name]).all():
            raise CheckpointInvalid(f"{path}: {name} has values that are not finite")
    floats = {name: tensors[name].astype(np.float32) for name in config.shapes()}
    return Weights(config.first_offsets, config.second_offsets, **floats)


def write_aligner(folder: Path, config: AlignerConfig, tensors: Mapping[str, Floats]) -> None:
    """Write both files, the weights in float16; the config last, so that half a folder is never read."""
    folder.mkdir(parents=True, exist_ok=True)
    halves = {name: np.ascontiguousarray(tensors[name], np.float16) for name in config.shapes()}
    partial = folder / f"{WEIGHTS}.partial"
    save_file(halves, partial)
    partial.replace(folder / WEIGHTS)
    write_aligner_config(folder, config)


def write_aligner_config(folder: Path, config: AlignerConfig) -> None:
    """Write `config.json` beside the weights that are there."""
    text = json.dumps(config.model_dump(exclude={"format"}) | {"format": config.format}, ensure_ascii=False, indent=1)
    (folder / CONFIG).write_text(text + "\n", "utf-8")
