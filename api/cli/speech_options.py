"""Options of the commands that speak a text at a server. Their values are fields of its request."""

from enum import StrEnum
from typing import Annotated

import typer

from audio.encoders import ENCODERS


class InputType(StrEnum):
    """Form of a text, as the field `input_type` of a request."""

    TEXT = "text"
    SSML = "ssml"
    TAGS = "tags"


Speaker = Annotated[str | None, typer.Option(help="id or alias of a voice; default: the server's first")]
Format = Annotated[
    str | None, typer.Option(help=f"one of {', '.join(ENCODERS)}; default: by the name of --out, else wav")
]
Speed = Annotated[float, typer.Option(help="0.25 to 4, at the same pitch")]
Seed = Annotated[int | None, typer.Option(help="the same text and seed give the same sound")]
Markup = Annotated[InputType, typer.Option(help="markup of the text")]
