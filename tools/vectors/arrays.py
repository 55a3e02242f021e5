"""Arrays of one directory of golden vectors, and rules that choose a comparison by an array's name.

Patterns match whole names, so that the same rules read directories with other lengths and tags. An array whose name
matches no pattern fails as "not understood".
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from core.checkpoint.manifest import sha256_of
from core.documents import read_json
from shared.errors import CheckpointInvalid
from tools.vectors.verdict import Array, ArrayCheck, Verdict, failed

Comparison = Callable[[re.Match[str], Array], Verdict | list[Verdict]]
Rules = Mapping[str, Comparison]
"""Pattern of a whole name -> comparison of its array; the first match is used."""


class MissingArray(Exception):
    """Missing array that another one is computed from."""


class Arrays(dict[str, Array]):
    """Arrays of one file or several, by name."""

    def tensor(self, name: str, *alternatives: str) -> Tensor:
        """Return the first of these arrays that exists. Raises MissingArray."""
        for candidate in (name, *alternatives):
            if candidate in self:
                return torch.from_numpy(self[candidate])
        raise MissingArray(" or ".join((name, *alternatives)))


def read_arrays(path: Path) -> Arrays:
    """Return all arrays of an npz file, none if there is no file. Raises CheckpointInvalid for an unreadable one."""
    if not path.exists():
        return Arrays()
    try:
        # Opened here, because numpy leaves an unreadable file open.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as content:
            return Arrays({name: content[name] for name in content.files})
    except (OSError, ValueError, TypeError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise CheckpointInvalid(f"{path}: not a readable npz file: {error}") from error


def check_arrays(place: str, arrays: Arrays, rules: Rules) -> Iterator[ArrayCheck]:
    """Yield at least one check for every array of the file at `place`."""
    for name, array in arrays.items():
        verdicts = _verdicts(name, array, rules)
        for verdict in verdicts if isinstance(verdicts, list) else [verdicts]:
            yield verdict.of(f"{place}:{name}")


def _verdicts(name: str, array: Array, rules: Rules) -> Verdict | list[Verdict]:
    for pattern, compare in rules.items():
        if match := re.fullmatch(pattern, name):
            try:
                with torch.inference_mode():
                    return compare(match, array)
            except MissingArray as missing:
                return failed(f"cannot be computed: there is no {missing}")
            except (ValueError, TypeError, LookupError, RuntimeError) as error:
                # An input that the model refuses fails this array only.
                return failed(f"cannot be computed: {' '.join(str(error).split())[:200]}")
    return failed("not understood")


def check_digest(directory: Path, name: str, path: Path) -> None:
    """Compare `path` with the SHA-256 in `meta.json` for the file `name`, if any. Raises CheckpointInvalid."""
    meta = directory / "meta.json"
    if not meta.exists():
        return
    content = read_json(meta)
    key = re.sub(r"\W", "_", name) + "_sha256"
    expected = content.get(key) if isinstance(content, dict) else None
    if expected is None:
        return
    found = sha256_of(path)
    if found != expected:
        raise CheckpointInvalid(f"{directory / name}: SHA-256 is {found}, {meta.name} says {expected}")
