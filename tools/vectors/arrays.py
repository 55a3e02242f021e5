"""The arrays of one vectors directory, and the rules that say what each is by its name.

A name is matched whole against patterns, so directories with other lengths and tags are read by the same rules; a name
that matches none is reported as not understood, never passed over.
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

Judge = Callable[[re.Match[str], Array], Verdict | list[Verdict]]
Rules = Mapping[str, Judge]
"""Pattern of a whole name to what its array is compared with; the first match decides."""


class NotGiven(Exception):
    """An array that another one is computed from is not in the directory."""


class Arrays(dict[str, Array]):
    """The arrays of one file or several by name."""

    def tensor(self, name: str, *alternatives: str) -> Tensor:
        """The first of the names that is there. Raises NotGiven."""
        for candidate in (name, *alternatives):
            if candidate in self:
                return torch.from_numpy(self[candidate])
        raise NotGiven(" or ".join((name, *alternatives)))


def read_arrays(path: Path) -> Arrays:
    """Every array of an npz file, or none where there is no file. Raises CheckpointInvalid for a broken one."""
    if not path.exists():
        return Arrays()
    try:
        # Opened here, because the library leaves a file open that turns out to be broken.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as content:
            return Arrays({name: content[name] for name in content.files})
    except (OSError, ValueError, TypeError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise CheckpointInvalid(f"{path}: not a readable npz file: {error}") from error


def judged(place: str, arrays: Arrays, rules: Rules) -> Iterator[ArrayCheck]:
    """A check for every array of the file at `place`, at least one each."""
    for name, array in arrays.items():
        verdicts = _verdicts(name, array, rules)
        for verdict in verdicts if isinstance(verdicts, list) else [verdicts]:
            yield verdict.of(f"{place}:{name}")


def _verdicts(name: str, array: Array, rules: Rules) -> Verdict | list[Verdict]:
    for pattern, judge in rules.items():
        if match := re.fullmatch(pattern, name):
            try:
                with torch.inference_mode():
                    return judge(match, array)
            except NotGiven as missing:
                return failed(f"cannot be computed: there is no {missing}")
            except (ValueError, TypeError, LookupError, RuntimeError) as error:
                # An input that the model refuses makes this array wrong, not the directory unreadable.
                return failed(f"cannot be computed: {' '.join(str(error).split())[:200]}")
    return failed("not understood")


def check_digest(directory: Path, name: str, path: Path) -> None:
    """Compare `path` with the SHA-256 that `meta.json` may give for the file `name`. Raises CheckpointInvalid."""
    meta = directory / "meta.json"
    if not meta.exists():
        return
    content = read_json(meta)
    key = re.sub(r"\W", "_", name) + "_sha256"
    wanted = content.get(key) if isinstance(content, dict) else None
    if wanted is None:
        return
    found = sha256_of(path)
    if found != wanted:
        raise CheckpointInvalid(f"{directory / name}: SHA-256 is {found}, {meta.name} says {wanted}")
