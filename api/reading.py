"""Fields of a request that say how its text is read: the language, and the options of dates, numbers and digits."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from api.strings import ClientModel, Name
from processing.normalise.language import TAGS, language_tag, spoken_tag
from shared.types import AUTO, Reading, Voice

LANGUAGES = (*TAGS, AUTO)
LanguageTag = Annotated[Name, AfterValidator(language_tag)]


class ReadingFields(ClientModel):
    """Fields of every request with a text."""

    language: LanguageTag | None = Field(
        None,
        description=f"language in which figures and abbreviations are read: {', '.join(TAGS)}, or {AUTO}; "
        f"default: the voice's, else {AUTO}, which chooses it for each sentence by its script and words",
        json_schema_extra={"examples": list(LANGUAGES)},
    )
    date_order: Literal["dmy", "mdy"] = Field("dmy", description="order of a date such as `05/08/2025`")
    number_scale: Literal["auto", "lakh", "million"] = Field(
        "auto", description="words of large numbers and amounts; `auto` follows the commas and the currency"
    )
    digit_grouping: int | None = Field(
        None, ge=1, le=6, description="digits of a code or telephone number between two pauses; default: by its kind"
    )
    repeated_digits: Literal["single", "double"] = Field(
        "single", description='`double`: 55 and 555 in a code are "double five" and "triple five"'
    )

    def reading(self, voice: Voice | None) -> Reading:
        """Return the options for a text that `voice` speaks, or any voice.

        Raise ValidationFailed for a language that it does not speak.
        """
        own, spoken = (voice.language, voice.languages) if voice else (None, ())
        return Reading(
            language=spoken_tag(self.language or own or AUTO, spoken),
            date_order=self.date_order,
            number_scale=self.number_scale,
            digit_grouping=self.digit_grouping,
            repeated_digits=self.repeated_digits,
        )
