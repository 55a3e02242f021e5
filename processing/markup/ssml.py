"""Reader of SSML documents, whole or in pieces.

The parser is expat without everything that makes XML dangerous: a document type declaration, and with it every entity
but the five of XML, is refused before it is read, nothing is fetched, and depth, elements and the length of a tag are
bounded. Time is linear in the document, however it is cut.
"""

from xml.parsers import expat

from processing.markup.elements import ElementReader
from processing.markup.meanings import BEGIN, VoiceFinder
from processing.markup.origins import Origins
from processing.markup.report import Place, markup_error, shown

MAX_TAG = 2_048
"""Longest tag, comment or reference in bytes of UTF-8. Chosen: the root with all its name spaces has 400."""
KNOWN = frozenset(BEGIN) - {"spell", "speed", "volume", "emotion"}
_NAMESPACE = "http://www.w3.org/2001/10/synthesis"


class SsmlReader:
    """Reader of one document. Raises ValidationFailed with line and column for wrong markup, InvalidSpeaker."""

    def __init__(self, voices: VoiceFinder, *, sourced: bool = False, start: int = 0) -> None:
        """`sourced`: passages have their sources, in a text whose first character was the one at `start`."""
        self.elements = ElementReader(voices, known=KNOWN, root="speak", sourced=sourced)
        self._origins = Origins(start) if sourced else None
        self._parser = parser = expat.ParserCreate("utf-8")
        parser.buffer_text = not sourced  # the place of text is known where it is given out unjoined
        if hasattr(parser, "SetReparseDeferralEnabled"):  # expat 2.6 delays tags; MAX_TAG bounds the cost without
            parser.SetReparseDeferralEnabled(False)
        parser.StartElementHandler = self._open
        parser.EndElementHandler = self._close
        parser.CharacterDataHandler = self._text
        parser.StartCdataSectionHandler, parser.EndCdataSectionHandler = self._begin_cdata, self._end_cdata
        self._in_cdata = False
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._prefixes: tuple[str, ...] = ()
        self._fed = 0  # bytes

    def feed(self, text: str) -> None:
        """Read the next piece of the document."""
        self._parse(text, final=False)
        if self._fed - self._parser.CurrentByteIndex > MAX_TAG:
            raise markup_error(f"a tag is longer than {MAX_TAG} bytes", self.place)

    def finish(self) -> None:
        """End the document."""
        self._parse("", final=True)
        self.elements.builder.finish(self.place)

    @property
    def place(self) -> Place:
        """Return the place that the parser has reached."""
        return Place(self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1)

    def _parse(self, text: str, *, final: bool) -> None:
        data = text.encode()
        self._fed += len(data)
        if self._origins:
            self._origins.feed(data)
        try:
            self._parser.Parse(data, final)
        except expat.ExpatError as error:
            reason = expat.errors.messages.get(error.code, "not well-formed")
            if final and self.elements.innermost:
                reason = f"<{shown(self.elements.innermost)}> is not closed"
            raise markup_error(reason, Place(error.lineno, error.offset + 1)) from None

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        if not self.elements.innermost:
            declared = (key for key, value in attributes.items() if key.startswith("xmlns:") and value == _NAMESPACE)
            self._prefixes = tuple(f"{key.removeprefix('xmlns:')}:" for key in declared)
        for prefix in self._prefixes:
            name = name.removeprefix(prefix)
        self.elements.open(name, attributes, self.place)

    def _close(self, _name: str) -> None:
        self.elements.close()

    def _text(self, text: str) -> None:
        byte, literal = self._parser.CurrentByteIndex, self._in_cdata
        origin = self._origins.find(byte, text, literal=literal) if self._origins else (0, 0)
        self.elements.text(text, self.place, origin)

    def _begin_cdata(self) -> None:
        self._in_cdata = True

    def _end_cdata(self) -> None:
        self._in_cdata = False

    def _refuse_doctype(self, *_declaration: object) -> None:
        raise markup_error("a document type declaration is not read; leave <!DOCTYPE …> out", self.place)
