"""Options of commands that say how a text is read."""

from typing import Annotated, Literal

import typer

from api.reading import LANGUAGES
from processing.normalise.language import language_tag
from shared.errors import CommandFailed, ValidationFailed

Language = Annotated[
    str | None, typer.Option(help=f"language of figures: {', '.join(LANGUAGES)}; default: the voice's, or auto")
]
DateOrder = Annotated[Literal["dmy", "mdy"], typer.Option(help="order of a date such as 05/08/2025")]
NumberScale = Annotated[Literal["auto", "lakh", "million"], typer.Option(help="words of large numbers")]
DigitGrouping = Annotated[int | None, typer.Option(min=1, max=6, help="digits of a code between two pauses")]
RepeatedDigits = Annotated[Literal["single", "double"], typer.Option(help='double: 55 in a code is "double five"')]


def checked_language(language: str | None) -> str | None:
    """Return the tag of a language that is read, or None. Raises CommandFailed."""
    try:
        return language and language_tag(language)
    except ValidationFailed as error:
        raise CommandFailed(f"--{error.message}") from None
