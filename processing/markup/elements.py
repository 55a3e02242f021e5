"""Elements of the markup in order: their nesting and its bounds. `meanings.py` says what each element does."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from processing.markup.builder import Origin, PassageBuilder
from processing.markup.meanings import BEGIN, EMPTY, END, LANGUAGE, SILENT, TEXT_ALONE, Frame, Target, VoiceFinder
from processing.markup.report import Place, ReportBuilder, markup_error, shown
from processing.normalise.language import language_tag
from shared.errors import ValidationFailed
from shared.source_map import SourceMap

MAX_DEPTH = 32
"""Most elements inside one another. Chosen: documents of vendors nest five deep."""
MAX_ELEMENTS = 10_000
"""Most elements of a text. Chosen: one for five characters of the longest text."""


class ElementReader:
    """Reader of elements in the order of the document, for both forms of markup.

    `known` are the names that may occur; other names with a prefix belong to other vendors: their text is spoken, and
    the report names them. `root` must be around everything, if there is one. Raises ValidationFailed, InvalidSpeaker.
    """

    def __init__(
        self, voices: VoiceFinder, *, known: Collection[str], root: str | None = None, sourced: bool = False
    ) -> None:
        self.builder, self.report = PassageBuilder(sources=SourceMap() if sourced else None), ReportBuilder()
        self._target = Target(self.builder, self.report, voices)
        self._known, self._root = known, root
        self._frames: list[Frame] = []
        self._elements = 0

    @property
    def innermost(self) -> str | None:
        """Return the name of the innermost open element."""
        return self._frames[-1].name if self._frames else None

    @property
    def holds_text(self) -> bool:
        """Report whether the text of an open element waits for its end."""
        return bool(self._frames) and self._frames[-1].text is not None

    def open(self, name: str, attributes: Mapping[str, str], place: Place) -> None:
        """Open an element."""
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise markup_error(f"the text has more than {MAX_ELEMENTS} elements", place)
        if len(self._frames) >= MAX_DEPTH:
            raise markup_error(f"elements are nested deeper than {MAX_DEPTH}", place)
        around = self._frames[-1] if self._frames else None
        self._check_place(name, around, place)
        frame = Frame(name, attributes, place, self.builder.manner, self.builder.written)
        frame.silent = name in SILENT or (around is not None and around.silent)
        frame.text = [] if name in TEXT_ALONE else None
        self._frames.append(frame)
        if frame.silent:
            return
        if language := attributes.get(LANGUAGE, "").strip():
            self._speak_in(language, place)
        if name in self._known:
            BEGIN[name](self._target, frame)
        else:
            self.report.ignore(shown(name), "an element of another vendor: its text is spoken", place)

    def close(self) -> None:
        """Close the innermost element."""
        frame = self._frames.pop()
        if frame.silent:
            return
        if frame.name in END:
            END[frame.name](self._target, frame)
        self.builder.change(frame.before, frame.place)

    def text(self, text: str, place: Place, origin: Origin) -> None:
        """Take text of the innermost element."""
        frame = self._frames[-1] if self._frames else None
        if frame is None:
            self.builder.add_text(text, origin)
        elif frame.text is not None:
            frame.origin = (frame.origin[0] if frame.text else origin[0], origin[1])
            frame.text.append(text)
        elif frame.name in EMPTY and text.strip():
            raise markup_error(f"<{frame.name}> must be empty", place)
        elif not frame.silent:
            self.builder.add_text(text, origin)

    def _speak_in(self, language: str, place: Place) -> None:
        """Read the text that follows in a language; one that is not known is reported."""
        try:
            tag = language_tag(language.partition("-")[0])
        except ValidationFailed:
            reason = "a language that is not read here; the text shows its language"
            self.report.ignore(f"{LANGUAGE} {shown(language)}", reason, place)
            tag = ""
        self.builder.change(replace(self.builder.manner, language=tag), place)

    def _check_place(self, name: str, around: Frame | None, place: Place) -> None:
        if name not in self._known and ":" not in name:
            known = ", ".join(sorted(self._known))
            raise markup_error(f"<{shown(name)}> is unknown; known are {known}", place)
        if self._root is not None and around is None and name != self._root:
            raise markup_error(f"the outermost element must be <{self._root}>", place)
        if around is None:
            return
        if name == self._root:
            raise markup_error(f"<{name}> inside another element", place)
        if around.text is not None:
            raise markup_error(f"<{shown(around.name)}> holds text alone", place)
        if around.name in EMPTY:
            raise markup_error(f"<{around.name}> must be empty", place)
