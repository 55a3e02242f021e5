"""Types of the texts of requests that are spoken, with their checks."""

import re
from functools import partial
from typing import Annotated

from pydantic import AfterValidator, StringConstraints, ValidatorFunctionWrapHandler, WrapValidator

from api.strings import NOT_CLEAN, is_clean
from shared.errors import TextTooLong, ValidationFailed
from shared.passages import SourcedText
from shared.source_map import SourceMap

MAX_TEXT = 50_000
"""Longest text of a request, in characters."""
_CONTROL_TOKEN = re.compile(r"<\|[^|<>\s]*\|>")
_TOKEN_PREFIX = re.compile(r"<(?:\|[^|<>\s]*(?P<closing>\|)?)?\Z")


def check_text(text: str, *, field: str = "text", most: int = MAX_TEXT) -> str:
    """Return a text that may be spoken. Raise TextTooLong, and ValidationFailed for control characters and tokens."""
    where: dict[str, object] = {"field": field}
    if len(text) > most:
        raise TextTooLong(
            f"{field} has {len(text)} characters; at most {most} are spoken in one request", details=where
        )
    if not is_clean(text):
        raise ValidationFailed(f"{field}: {NOT_CLEAN}", details=where)
    if _CONTROL_TOKEN.search(text):
        raise ValidationFailed(f"{field}: control tokens of the form <|…|> are not allowed", details=where)
    return text


def token_prefix(text: str) -> str:
    """Return the beginning of a control token at the end of `text`, without its name; "" if there is none.

    To check the text that follows, put this beginning before it; the rest of `text` is not needed.
    """
    prefix = _TOKEN_PREFIX.search(text)
    if prefix is None:
        return ""
    return "<||" if prefix["closing"] else prefix[0][:2]


def _trimmed(value: object, check: ValidatorFunctionWrapHandler) -> str:
    """Return a text without the white space around it; the places of its characters are those of the text sent."""
    text: str = check(value)
    if isinstance(value, str) and (begin := value.find(text[:1])) > 0:
        return SourcedText.of(text, SourceMap.verbatim(len(text), begin))
    return text


SpokenText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    AfterValidator(check_text),
    WrapValidator(_trimmed),
]
SpokenForm = Annotated[str, AfterValidator(partial(check_text, field="lexicon"))]
