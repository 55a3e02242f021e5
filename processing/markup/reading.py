"""Reading of a whole text with markup, in steps."""

from enum import StrEnum

from processing.markup.meanings import VoiceFinder
from processing.markup.ssml import SsmlReader
from processing.markup.tags import TagReader
from shared.passages import MarkedText, MarkupReport, SourcedText
from shared.steps import Steps

STEP = 500
"""Characters read in one step: at most 2 ms of the most expensive text, empty elements (measured)."""


class Form(StrEnum):
    """Form of a text's markup."""

    SSML = "ssml"
    TAGS = "tags"


def open_reader(form: Form, voices: VoiceFinder, *, sourced: bool = False, start: int = 0) -> SsmlReader | TagReader:
    """Return a reader of a text of this form.

    `sourced`: its passages have their sources in the text that was sent, whose character at `start` is the first here.
    """
    reader = SsmlReader if form is Form.SSML else TagReader
    return reader(voices, sourced=sourced, start=start)


def read_steps(
    text: str, form: Form, voices: VoiceFinder, *, sourced: bool = False
) -> Steps[tuple[MarkedText, MarkupReport]]:
    """Read a whole text, with sources as in `open_reader`.

    Raises ValidationFailed with line and column for wrong markup, InvalidSpeaker.
    """
    start = text.sources.runs[0].start if isinstance(text, SourcedText) else 0
    reader = open_reader(form, voices, sourced=sourced, start=start)
    for start in range(0, len(text), STEP):
        reader.feed(text[start : start + STEP])
        yield
    reader.finish()
    elements = reader.elements
    return MarkedText.of(elements.builder.take()), elements.report.report()
