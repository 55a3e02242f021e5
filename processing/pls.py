"""Reader of pronunciation lexicons of the W3C (PLS 1.0): spelled words with their aliases or phonemes.

The parser refuses a document type declaration, and with it every entity but the five of XML, as that of SSML does.
"""

from dataclasses import dataclass, field
from xml.parsers import expat

from processing.markup.report import Place, markup_error, shown
from processing.phonemes import ALPHABETS, UnknownPhoneme, alphabet_name, read_phonemes
from processing.respelling import DEVANAGARI, TELUGU, respell

_BLOCKS = {"hi": DEVANAGARI, "mr": DEVANAGARI, "te": TELUGU}
"""Blocks of the scripts in which phonemes are respelt, by language; others take Latin letters."""
MAX_PLS = 1_000_000
"""Longest document in bytes. Chosen: 1,000 entries of the longest kind have half of that."""


@dataclass(slots=True)
class PlsLexicon:
    """Entries of a document, its language, and its words that have no pronunciation."""

    entries: dict[str, str] = field(default_factory=dict)
    language: str = ""
    without_pronunciation: list[str] = field(default_factory=list)


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
        self._phonemes: list[str] = []
        self._alphabets: list[str] = ["", ""]  # of the lexicon, and of the open phoneme
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
            self._alphabets[0] = attributes.get("alphabet", "")
        if element == "phoneme":
            self._alphabets[1] = attributes.get("alphabet", self._alphabets[0])
        self._path.append(element)
        self._text.clear()

    def _close(self, _name: str) -> None:
        element, text = self._path.pop(), " ".join("".join(self._text).split())
        self._text.clear()
        if element == "grapheme":
            self._graphemes.append(text)
        elif element == "alias":
            self._aliases.append(text)
        elif element == "phoneme":
            self._phonemes.append(self._respelt(text))
        elif element == "lexeme":
            self._end_lexeme()

    def _end_lexeme(self) -> None:
        """Keep the words of a lexeme with its first alias, or else its first phonemes in letters."""
        if not self._graphemes:
            raise markup_error("a <lexeme> needs a <grapheme>", self._place)
        if said := [*self._aliases, *self._phonemes]:
            self._found.entries.update(dict.fromkeys(self._graphemes, said[0]))
        else:
            self._found.without_pronunciation += self._graphemes
        self._graphemes, self._aliases, self._phonemes = [], [], []

    def _respelt(self, text: str) -> str:
        """Return phonemes in the letters of the lexicon's language."""
        alphabet = alphabet_name(self._alphabets[1])
        if alphabet is None:
            raise markup_error(f"phoneme: alphabet must be one of {', '.join(ALPHABETS)}", self._place)
        try:
            return respell(read_phonemes(text, alphabet), _BLOCKS.get(self._found.language.partition("-")[0].lower()))
        except UnknownPhoneme as unknown:
            raise markup_error(f"phoneme: {unknown.reason()}", self._place) from None

    def _refuse_doctype(self, *_declaration: object) -> None:
        raise markup_error("a document type declaration is not read; leave <!DOCTYPE …> out", self._place)
