"""Read a checkpoint's JSON and YAML files. Errors name the file. Knows nothing of the contents."""

import json
from pathlib import Path

import yaml
from pydantic import ValidationError

from shared.errors import CheckpointInvalid


def read_json(path: Path) -> object:
    """Return the parsed JSON file. Raises CheckpointInvalid for a file that cannot be read or parsed."""
    try:
        document: object = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointInvalid(f"{path}: not readable as JSON: {error}") from None
    return document


def read_yaml(path: Path) -> object:
    """Return the parsed YAML file. Raises CheckpointInvalid for a file that cannot be read or parsed."""
    try:
        document: object = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CheckpointInvalid(f"{path}: not readable as YAML: {error}") from None
    return document


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
