"""Whole sentences of a text with markup that arrives in pieces. A tag that is cut between two pieces is held.

An element may stay open through any number of sentences; its effect is on each of them.
"""

from collections.abc import Iterable

from processing.arriving import SentenceSegmenter
from processing.markup.meanings import VoiceFinder
from processing.markup.reading import Form, open_reader
from shared.errors import RequestError
from shared.passages import MarkedText, MarkupReport, Passage
from shared.steps import Steps


class MarkupSegmenter:
    """Segmenter of one text with markup, beside `SentenceSegmenter` for plain text.

    After an error in the markup, every further piece raises the same error; the text before it may be taken.
    """

    def __init__(self, form: Form, voices: VoiceFinder, *, sourced: bool = False) -> None:
        self._reader = open_reader(form, voices, sourced=sourced)
        self._builder = self._reader.elements.builder
        self._sentences = SentenceSegmenter()
        self._seen = ""  # part of the open passage that the segmenter has
        self._ready = 0  # characters of it that are whole sentences
        self._closures = 0
        self._held: list[Passage] = []  # passages without a letter or a digit, such as a pause alone
        self._error: RequestError | None = None

    @property
    def report(self) -> MarkupReport:
        """Return the report of the markup so far."""
        return self._reader.elements.report.report()

    def feed_steps(self, text: str) -> Steps[str]:
        """Take the next piece; return the sentences that are now complete, as one MarkedText, or "".

        Raises ValidationFailed for wrong markup, InvalidSpeaker.
        """
        if self._error:
            raise self._error
        try:
            self._reader.feed(text)
        except RequestError as error:
            self._error = error
            raise
        yield
        return (yield from self._sentence_steps())

    def flush(self) -> str:
        """Return the rest of the text so far. Open elements stay open."""
        self._builder.close(self._reader.place)
        return self._give(self._builder.take())

    def finish(self) -> str:
        """Return the rest of the text at its end. Raises ValidationFailed if an element is open."""
        if self._error is None:
            try:
                self._reader.finish()
            except RequestError as error:
                self._error = error
                raise
        return self.flush()

    def _sentence_steps(self) -> Steps[str]:
        builder = self._builder
        if builder.closures > self._closures or not builder.text.startswith(self._seen):
            if builder.closures == self._closures:  # the end of a sentence was added
                builder.cut(len(builder.text))
            self._restart()
        fresh = builder.text[len(self._seen) :]
        self._seen = builder.text
        self._ready += len((yield from self._sentences.feed_steps(fresh)))
        if self._ready:
            length = len(builder.text)
            builder.cut(self._ready)
            cut = length - len(builder.text)
            self._ready, self._seen = self._ready - cut, builder.text
        return self._give(builder.take_complete())

    def _restart(self) -> None:
        self._sentences, self._seen, self._ready = SentenceSegmenter(), "", 0
        self._closures = self._builder.closures

    def _give(self, passages: Iterable[Passage]) -> str:
        self._held += passages
        if not any(map(str.isalnum, (sign for passage in self._held for sign in passage.text))):
            return ""
        given, self._held = MarkedText.of(self._held), []
        return given
