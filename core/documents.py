"""Read a checkpoint's JSON and YAML files. Errors name the file. Knows nothing of the contents."""

import json
from pathlib import Path

import yaml
from pydantic import ValidationError

from shared.errors import CheckpointInvalid

MAX_JSON_BYTES = 64 * 2**20
"""A published tokenizer.json has 14 MB."""
MAX_YAML_BYTES = 512 * 2**10
"""A sheet of 1,000 voices with their tokens has 250 KB, which takes 2 s to read."""


def read_text(path: Path, *, limit: int = MAX_JSON_BYTES) -> str:
    """Return the text of a regular file of at most `limit` bytes. Raises CheckpointInvalid."""
    check_file(path)
    try:
        if path.stat().st_size > limit:
            raise CheckpointInvalid(f"{path}: more than {limit} bytes")
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CheckpointInvalid(f"{path}: not readable: {error}") from None


def check_file(path: Path) -> None:
    """Raise CheckpointInvalid unless `path` is a regular file: a pipe or a device would be read without end."""
    try:
        if path.exists() and not path.is_file():
            raise CheckpointInvalid(f"{path}: not a regular file")
    except (OSError, ValueError) as error:
        raise CheckpointInvalid(f"{path}: {error}") from None


def read_json(path: Path) -> object:
    """Return the parsed JSON file. Raises CheckpointInvalid for a file that cannot be read or parsed."""
    text = read_text(path)
    try:
        document: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CheckpointInvalid(f"{path}: not readable as JSON: {_short(error)}") from None
    return document


def read_yaml(path: Path) -> object:
    """Return the parsed YAML file. Raises CheckpointInvalid for a file that cannot be read or parsed."""
    text = read_text(path, limit=MAX_YAML_BYTES)
    try:
        document: object = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        raise CheckpointInvalid(f"{path}: not readable as YAML: {_short(error)}") from None
    return document


def _short(error: Exception) -> str:
    return "nested too deep" if isinstance(error, RecursionError) else str(error)[:300]


def first_fault(error: ValidationError) -> str:
    """Return one line that names the first invalid field and the reason."""
    fault = error.errors(include_url=False)[0]
    place = ".".join(map(str, fault["loc"])) or "the document"
    match fault["type"]:
        case "missing":
            return f"{place} is missing"
        case "extra_forbidden":
            return f"unknown key {place}"
        case "value_error":
            return f"{place}: {fault['ctx']['error']}"
    return f"{place}: {fault['msg']}"
