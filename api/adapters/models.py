"""Models of the vendors' requests: unknown fields are accepted, and named as without effect."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from api.errors import refusal
from api.schemas import SpeechRequest
from api.strings import ClientModel, shown
from audio.encoders import ENCODERS
from shared.errors import InvalidFormat, ValidationFailed

MAX_NAMED = 20
"""Fields that are named as without effect; a client chooses their number."""
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")  # other names are a client's inventions, and unfit for a header
M = TypeVar("M", bound=BaseModel)


class VendorModel(ClientModel):
    """JSON object of a vendor's client. `effective` are the fields that may change the audio."""

    model_config = ConfigDict(extra="allow")
    effective: ClassVar[frozenset[str]] = frozenset()

    def without_effect(self, prefix: str = "") -> list[str]:
        """Return the names of given fields that change nothing, sorted; a field of a field is behind a dot."""
        return sorted(set(self._without_effect(prefix)))[:MAX_NAMED]

    def _without_effect(self, prefix: str) -> Iterator[str]:
        for name in self.model_fields_set:
            value = getattr(self, name)
            if isinstance(value, VendorModel):
                yield from value.without_effect(f"{prefix}{name}.")
            elif value is not None and name not in self.effective and _NAME.fullmatch(name):
                yield prefix + name


def read_object(data: str) -> dict[str, Any]:
    """Return the JSON object of a message. Raise ValidationFailed."""
    try:
        fields = json.loads(data)
    except (ValueError, RecursionError):
        raise ValidationFailed("the message is not valid JSON") from None
    if not isinstance(fields, dict):
        raise ValidationFailed("a message must be a JSON object")
    return fields


def validated(model: type[M], fields: Mapping[str, Any]) -> M:
    """Return a client's object as a model. Raise the error that names a wrong field, and never its value."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)[0]
        place = shown(".".join(map(str, wrong["loc"])))  # no part of it is a client's: the models have no free keys
        raise refusal(wrong["type"], place, wrong["msg"]) from None


def speech_options(**fields: object) -> SpeechRequest:
    """Return the options of a synthesis; None stands for a default. Raise ValidationFailed, InvalidFormat."""
    return validated(SpeechRequest, given(fields))


def given(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that are not None."""
    return {name: value for name, value in fields.items() if value is not None}


def format_options(format: str, rate: int | None, *, field: str) -> dict[str, object]:
    """Return `format` and `sample_rate` of an encoder. Raise InvalidFormat for a rate that the format does not have."""
    only_rate = ENCODERS[format].only_rate
    if rate is not None and only_rate not in (None, rate):
        raise InvalidFormat(f"{field}: this encoding has {only_rate} Hz, not {rate} Hz", details={"field": field})
    return {"format": format, "sample_rate": None if only_rate else rate}
