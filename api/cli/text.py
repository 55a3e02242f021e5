"""`veena3 normalize` and `veena3 chunks`: a text's spoken form, and its split into chunks."""

import json
from collections.abc import Iterator
from typing import Annotated

import typer

from api.cli.reading import (
    DateOrder,
    DigitGrouping,
    Language,
    NumberScale,
    RepeatedDigits,
    checked_language,
)
from api.cli.stdio import check_text, output_errors, read_lines
from processing.chunks import TARGET, THRESHOLD, chunk
from processing.normalise import normalise_fully
from processing.sentences import sentences
from shared.errors import CommandFailed, TextTooLong
from shared.types import AUTO, Reading

TextArgument = Annotated[
    str | None, typer.Argument(metavar="TEXT", help="text; without it, each line of standard input is a text")
]
AsJson = Annotated[bool, typer.Option("--json", help="print one JSON object per line")]


def normalize(
    text: TextArgument = None,
    as_json: AsJson = False,
    language: Language = None,
    date_order: DateOrder = "dmy",
    number_scale: NumberScale = "auto",
    digit_grouping: DigitGrouping = None,
    repeated_digits: RepeatedDigits = "single",
) -> None:
    """Print texts in their spoken form; with --json: text, spoken, language."""
    reading = Reading(checked_language(language) or AUTO, date_order, number_scale, digit_grouping, repeated_digits)
    with output_errors():
        for written in _texts(text):
            try:
                made = normalise_fully(written, reading=reading)
            except TextTooLong as error:
                raise CommandFailed(error.message, code=error.code) from None
            answer = {"text": written, "spoken": made.spoken, "language": made.language}
            typer.echo(_json(answer) if as_json else made.spoken)


def chunks(
    text: TextArgument = None,
    as_json: AsJson = False,
    threshold: Annotated[int, typer.Option(help="characters above which a text is split")] = THRESHOLD,
    target: Annotated[int, typer.Option(help="characters that a chunk should have")] = TARGET,
) -> None:
    """Print the chunks that texts are spoken in, one per line; with --json: text, sentences, chunks."""
    if not 1 <= target <= threshold:
        raise CommandFailed("--target must be at least 1 and at most --threshold")
    with output_errors():
        for written in _texts(text):
            found = [one.text for one in chunk(written, threshold=threshold, target=target)]
            answer = {"text": written, "sentences": sentences(written), "chunks": found}
            for line in [_json(answer)] if as_json else found:
                typer.echo(line)


def _texts(given: str | None) -> Iterator[str]:
    return iter([check_text(given)]) if given is not None else read_lines()


def _json(answer: object) -> str:
    return json.dumps(answer, ensure_ascii=False)
