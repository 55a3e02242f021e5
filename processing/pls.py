"""Reader of pronunciation lexicons of the W3C (PLS 1.0): spelled words and their aliases.

The parser refuses a document type declaration, and with it every entity but the five of XML, as that of SSML does.
"""

from dataclasses import dataclass, field
from xml.parsers import expat

from processing.markup.report import Place, markup_error, shown

MAX_PLS = 1_000_000
"""Longest document in bytes. Chosen: 1,000 entries of the longest kind have half of that."""


@dataclass(slots=True)
class PlsLexicon:
    """Entries of a document, its language, and its words without an alias: the checkpoint takes no phonemes."""

    entries: dict[str, str] = field(default_factory=dict)
    language: str = ""
    without_alias: list[str] = field(default_factory=list)


def read_pls(document: bytes) -> PlsLexicon:
    """Return the lexicon of a document. Raises ValidationFailed with line and column for a wrong one."""
    return _Reader().read(document)


class _Reader:
    def __init__(self) -> None:
        self._found = PlsLexicon()
        self._path: list[str] = []
        self._text: list[str] = []
        self._graphemes: list[str] = []
        self._aliases: list[str] = []
        self._parser = parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._open
        parser.EndElementHandler = self._close
        parser.CharacterDataHandler = self._text.append
        parser.StartDoctypeDeclHandler = self._refuse_doctype

    def read(self, document: bytes) -> PlsLexicon:
        if len(document) > MAX_PLS:
            raise markup_error(f"the lexicon has more than {MAX_PLS} bytes", Place())
        try:
            self._parser.Parse(document, True)
        except expat.ExpatError as error:
            reason = expat.errors.messages.get(error.code, "not well-formed")
            raise markup_error(reason, Place(error.lineno, error.offset + 1)) from None
        return self._found

    @property
    def _place(self) -> Place:
        return Place(self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1)

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        element = name.rpartition(":")[2]
        if not self._path:
            if element != "lexicon":
                raise markup_error(f"the root must be <lexicon>, not <{shown(name)}>", self._place)
            self._found.language = attributes.get("xml:lang", "")[:35]
        self._path.append(element)
        self._text.clear()

    def _close(self, _name: str) -> None:
        element, text = self._path.pop(), " ".join("".join(self._text).split())
        self._text.clear()
        if element == "grapheme":
            self._graphemes.append(text)
        elif element == "alias":
            self._aliases.append(text)
        elif element == "lexeme":
            self._end_lexeme()

    def _end_lexeme(self) -> None:
        """Keep the words of a lexeme with its first alias; W3C prefers the first of several."""
        if not self._graphemes:
            raise markup_error("a <lexeme> needs a <grapheme>", self._place)
        if self._aliases:
            self._found.entries.update(dict.fromkeys(self._graphemes, self._aliases[0]))
        else:
            self._found.without_alias += self._graphemes
        self._graphemes, self._aliases = [], []

    def _refuse_doctype(self, *_declaration: object) -> None:
        raise markup_error("a document type declaration is not read; leave <!DOCTYPE …> out", self._place)
