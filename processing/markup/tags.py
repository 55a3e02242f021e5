"""Reader of single tags in plain text, as ElevenLabs' and Cartesia's clients write them.

Everything but the known tags is text: "a < b", "<html>", "&". A tag that was not closed ends with the text. Time is
linear in the text, however it is cut.
"""

import re

from processing.markup.elements import ElementReader
from processing.markup.meanings import EMPTY, VoiceFinder
from processing.markup.report import Place, markup_error

KNOWN = frozenset(
    "break mark sub say-as spell phoneme prosody emphasis lang voice speed volume emotion".split()
)  # no element here has paragraphs or sentences: punctuation shows them
MAX_TAG = 400
"""Longest tag in characters. Chosen: the longest value has 256. A longer one is text."""
_NAME = f"(?:{'|'.join(sorted(KNOWN, key=len, reverse=True))})"
_VALUE = r"""(?:"[^"<]{0,300}"|'[^'<]{0,300}')"""
_TAG = re.compile(
    rf"<(?P<end>/)?(?P<name>{_NAME})(?P<attributes>(?:\s{{1,8}}[A-Za-z][A-Za-z:-]{{0,31}}\s?=\s?{_VALUE}){{0,8}})\s{{0,8}}(?P<empty>/)?>"
)
_ATTRIBUTE = re.compile(rf"([A-Za-z][A-Za-z:-]{{0,31}})\s?=\s?({_VALUE})")
_BEGUN = re.compile(rf"</?(?:{_NAME}(?:[\s/][^<>]*)?|[a-z-]{{0,12}})\Z")


class TagReader:
    """Reader of one text. Raises ValidationFailed for a wrong value, with its place, and InvalidSpeaker."""

    def __init__(self, voices: VoiceFinder, *, sourced: bool = False, start: int = 0) -> None:
        """`sourced`: passages have their sources, in a text whose first character was the one at `start`."""
        self.elements = ElementReader(voices, known=KNOWN, sourced=sourced)
        self._held = ""
        self._at = start
        self._line, self._column = 1, 1

    @property
    def place(self) -> Place:
        return Place(self._line, self._column)

    def feed(self, text: str) -> None:
        """Read the next piece; a tag that it may begin at its end is held."""
        whole = self._held + text
        begun = _BEGUN.search(whole, max(0, whole.rfind("<")), len(whole)) if "<" in whole[-MAX_TAG:] else None
        upto = begun.start() if begun else len(whole)
        self._read(whole[:upto])
        self._held = whole[upto:]

    def finish(self) -> None:
        """End the text, and the elements that are open."""
        self._read(self._held)
        self._held = ""
        while self.elements.innermost:
            self.elements.close()
        self.elements.builder.finish(self.place)

    def _read(self, text: str) -> None:
        done = 0
        for tag in _TAG.finditer(text):
            self._take(text[done : tag.start()])
            self._apply(tag)
            self._move(tag[0])
            done = tag.end()
        self._take(text[done:])

    def _take(self, text: str) -> None:
        if text:
            self.elements.text(text, self.place, (self._at, self._at + len(text)))
            self._move(text)

    def _apply(self, tag: re.Match[str]) -> None:
        name = tag["name"]
        if tag["end"]:
            if self.elements.innermost == name:
                self.elements.close()
            elif name not in EMPTY:
                raise markup_error(f"</{name}> closes nothing", self.place)
            return
        attributes = {key: value[1:-1] for key, value in _ATTRIBUTE.findall(tag["attributes"])}
        self.elements.open(name, attributes, self.place)
        if tag["empty"] or name in EMPTY:
            self.elements.close()

    def _move(self, text: str) -> None:
        self._at += len(text)
        lines = text.count("\n")
        self._line += lines
        self._column = len(text) - text.rfind("\n") if lines else self._column + len(text)
