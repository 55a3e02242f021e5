"""Golden arrays of BiCodec: a checkpoint directory, its weights compressed or not, with npz files of both sides."""

import lzma
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from core.bicodec.checkpoint import BiCodecCheckpoint, load_bicodec, open_bicodec
from shared.errors import CheckpointInvalid
from tools.vectors.arrays import Arrays, Rules, check_arrays, check_digest, read_arrays
from tools.vectors.detokenize import DetokenizeVectors
from tools.vectors.tokenize import SemanticVectors, SpeakerVectors
from tools.vectors.verdict import ArrayCheck

CONFIG = "config.yaml"
WEIGHTS = "model.safetensors"
PACKED = "model.safetensors.xz"


def check_bicodec(directory: Path, place: str) -> Iterator[ArrayCheck]:
    """Check every array of every npz file in a BiCodec directory. Raises CheckpointInvalid."""
    files = {path.name: read_arrays(path) for path in sorted(directory.glob("*.npz"))}
    with _unpacked(directory) as checkpoint:
        rules = _rules(checkpoint, files)
        for name, arrays in files.items():
            yield from check_arrays(f"{place}{name}", arrays, rules[name])


def _rules(checkpoint: BiCodecCheckpoint, files: dict[str, Arrays]) -> dict[str, Rules]:
    """Return the rules of each file, chosen by its inputs: speech, features, or neither for the decode side."""
    model = load_bicodec(checkpoint)
    speaker = {name: arrays for name, arrays in files.items() if _holds(arrays, r"ref\d*(_\w+)?_wav")}
    semantic = {name: arrays for name, arrays in files.items() if _holds(arrays, r"feat(_\w+)?")}
    decode = {name: arrays for name, arrays in files.items() if name not in speaker.keys() | semantic.keys()}
    decode_rules = DetokenizeVectors(model, _pooled(decode), _pooled(speaker | semantic)).rules
    return {
        **dict.fromkeys(decode, decode_rules),
        **{name: SpeakerVectors(checkpoint, model, arrays).rules for name, arrays in speaker.items()},
        **{name: SemanticVectors(checkpoint, arrays).rules for name, arrays in semantic.items()},
    }


def _holds(arrays: Arrays, pattern: str) -> bool:
    return any(re.fullmatch(pattern, name) for name in arrays)


def _pooled(files: dict[str, Arrays]) -> Arrays:
    return Arrays({name: array for arrays in files.values() for name, array in arrays.items()})


@contextmanager
def _unpacked(directory: Path) -> Iterator[BiCodecCheckpoint]:
    """Open the directory as a checkpoint; compressed weights are unpacked to a temporary directory meanwhile."""
    if not (directory / PACKED).exists():
        check_digest(directory, WEIGHTS, directory / WEIGHTS)
        yield open_bicodec(directory)
        return
    with TemporaryDirectory() as name:
        copy = Path(name)
        try:
            with lzma.open(directory / PACKED) as source, (copy / WEIGHTS).open("wb") as target:
                shutil.copyfileobj(source, target)
            if (directory / CONFIG).exists():
                shutil.copyfile(directory / CONFIG, copy / CONFIG)
        except (OSError, EOFError, lzma.LZMAError) as error:
            raise CheckpointInvalid(f"{directory / PACKED}: cannot be unpacked: {error}") from error
        check_digest(directory, WEIGHTS, copy / WEIGHTS)
        try:
            yield open_bicodec(copy)
        except CheckpointInvalid as error:
            raise CheckpointInvalid(str(error).replace(str(copy), str(directory))) from error
