"""`veena3 normalize` and `veena3 chunks`: a text's spoken form, and its split into chunks."""

import json
from collections.abc import Iterator
from typing import Annotated, TypedDict

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
from processing.normalise import normalise_steps
from processing.normalise.trace import Change, Trace
from processing.sentences import sentences
from shared.errors import CommandFailed, RequestError
from shared.steps import finish
from shared.types import AUTO, Reading

TextArgument = Annotated[
    str | None, typer.Argument(metavar="TEXT", help="text; without it, each line of standard input is a text")
]
AsJson = Annotated[bool, typer.Option("--json", help="print one JSON object per line")]


def normalize(
    text: TextArgument = None,
    as_json: AsJson = False,
    rules: Annotated[bool, typer.Option(help="print each part that changes, its words and its rules")] = False,
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
            trace = Trace()
            try:
                made = finish(normalise_steps(written, reading=reading, trace=trace if rules else None))
            except RequestError as error:
                raise CommandFailed(error.message, code=error.code) from None
            spans = [_span(written, made.spoken, change) for change in trace.changes]
            answer: dict[str, object] = {"text": written, "spoken": made.spoken, "language": made.language}
            typer.echo(_json(answer | ({"spans": spans} if rules else {})) if as_json else made.spoken)
            for span in () if as_json else spans:
                typer.echo(f"  {span['written']!r} -> {span['spoken']!r} ({', '.join(span['rules'])})")


class Span(TypedDict):
    """Part of a text that changes, its words and the rules that made them."""

    written: str
    spoken: str
    rules: list[str]


def _span(written: str, spoken: str, change: Change) -> Span:
    return {
        "written": written[change.start : change.end],
        "spoken": spoken[change.spoken_start : change.spoken_end],
        "rules": list(change.rules),
    }


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
