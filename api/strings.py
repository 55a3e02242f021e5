"""Strings that clients send: what each of them is checked for, once, whatever field it stands in.

Control characters and lone surrogates are refused: logs, headers and databases do not take them, and a lone surrogate
has no UTF-8 at all. Errors name fields as the service knows them; what a client invented is shown in short.
"""

import re
from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

NOT_CLEAN = "control characters other than newline, tab and return, and lone surrogates, are not allowed"
SHOWN = 64  # characters of a name that a client invented, in an error

_NOT_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_NOT_IN_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_GROUPS = ("query", "path", "header", "cookie")


def is_clean(text: str) -> bool:
    """Return whether a text of several lines holds nothing but characters."""
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
"""A string of several lines that is not spoken. What is spoken is held to more, by `check_text`."""
Name = Annotated[str, AfterValidator(_check_name)]
"""A string of one line, such as a name or an id. Every string of a request is of this type, or is checked as text."""


def place_of(loc: Sequence[int | str]) -> str:
    """Return where an error of pydantic lies: the field, and the index in a list; never a key that a client made up."""
    parts = [part for part in loc if part != "body"]
    known = 2 if parts and parts[0] in _GROUPS else 1
    named = parts[:known] + [part for part in parts[known : known + 1] if isinstance(part, int)]
    return shown(".".join(map(str, named))) or "body"


def shown(name: str) -> str:
    """Return a name that may be a client's as an error repeats it: short, and clean."""
    return _NOT_IN_NAME.sub("?", name if len(name) <= SHOWN else f"{name[:SHOWN]}…")
