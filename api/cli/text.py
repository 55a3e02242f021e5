"""`veena3 normalize` and `veena3 chunks`: what the service makes of a text before it is spoken."""

import json
import sys
from collections.abc import Iterator
from typing import Annotated

import typer

from processing.chunks import TARGET, THRESHOLD, chunk
from processing.normalise import normalise_fully
from processing.sentences import sentences
from shared.errors import CommandFailed, TextTooLong

Text = Annotated[str | None, typer.Argument(help="the text; without it, each line of standard input is one")]
AsJson = Annotated[bool, typer.Option("--json", help="one JSON object a line")]


def normalize(text: Text = None, as_json: AsJson = False) -> None:
    """Print texts as they will be spoken; with --json: text, spoken, language."""
    for written in _texts(text):
        try:
            made = normalise_fully(written)
        except TextTooLong as error:
            raise CommandFailed(error.message, code=error.code) from None
        answer = {"text": written, "spoken": made.spoken, "language": made.language}
        typer.echo(_json(answer) if as_json else made.spoken)


def chunks(
    text: Text = None,
    as_json: AsJson = False,
    threshold: Annotated[int, typer.Option(help="characters above which a text is split")] = THRESHOLD,
    target: Annotated[int, typer.Option(help="characters a piece should have")] = TARGET,
) -> None:
    """Print the pieces that texts are spoken in, one a line; with --json: text, sentences, chunks."""
    for written in _texts(text):
        pieces = [piece.text for piece in chunk(written, threshold=threshold, target=target)]
        answer = {"text": written, "sentences": sentences(written), "chunks": pieces}
        for line in [_json(answer)] if as_json else pieces:
            typer.echo(line)


def _texts(given: str | None) -> Iterator[str]:
    return iter([given]) if given is not None else (line.rstrip("\r\n") for line in sys.stdin)


def _json(answer: object) -> str:
    return json.dumps(answer, ensure_ascii=False)
