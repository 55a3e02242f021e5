"""Types of the strings in requests, each with its check.

Control characters and lone surrogates are refused: logs, headers and databases reject them, and a lone surrogate has no
UTF-8 form. Errors repeat the names of known fields, and shorten names that a client invented.
"""

import re
from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

NOT_CLEAN = "control characters other than newline, tab and return, and lone surrogates, are not allowed"
MAX_SHOWN = 64
"""Characters of a client's name that an error repeats."""

MAX_FIELDS = 64
"""Fields of a client's object: no model has half as many, and pydantic makes an error of each unknown one (4 µs)."""

_NOT_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_NOT_IN_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_GROUPS = ("query", "path", "header", "cookie")


def is_clean(text: str) -> bool:
    """Return whether a text holds no control character but newline, tab and return, and no lone surrogate."""
    return _NOT_IN_TEXT.search(text) is None


def _check_name(name: str) -> str:
    if _NOT_IN_NAME.search(name):
        raise PydanticCustomError("control_characters", "control characters and lone surrogates are not allowed")
    return name


def _check_lines(text: str) -> str:
    if not is_clean(text):
        raise PydanticCustomError("control_characters", NOT_CLEAN)
    return text


Lines = Annotated[str, AfterValidator(_check_lines)]
"""A string of several lines that is not spoken. Spoken text has a stricter check, `check_text`."""
Name = Annotated[str, AfterValidator(_check_name)]
"""A string of one line, such as a name or an id: the type of every string of a request that is not text."""


class ClientModel(BaseModel):
    """JSON object that a client sends. Unknown fields are refused; far too many of them before each makes an error."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _check_size(cls, fields: object) -> object:
        return check_entries(fields, MAX_FIELDS)


def check_entries(entries: object, limit: int) -> object:
    """Return `entries`; raise PydanticCustomError if it is an object of more than `limit` entries."""
    if isinstance(entries, dict) and len(entries) > limit:
        raise PydanticCustomError("too_many_entries", f"at most {limit} entries are allowed")
    return entries


def place_of(loc: Sequence[int | str]) -> str:
    """Return the place of a pydantic error: the field and the index in a list, without keys that a client chose."""
    parts = [part for part in loc if part != "body"]
    known = 2 if parts and parts[0] in _GROUPS else 1
    named = parts[:known] + [part for part in parts[known : known + 1] if isinstance(part, int)]
    return shown(".".join(map(str, named))) or "body"


def shown(name: str) -> str:
    """Return a name in the form that errors repeat: short, without control characters."""
    return _NOT_IN_NAME.sub("?", name if len(name) <= MAX_SHOWN else f"{name[:MAX_SHOWN]}…")
