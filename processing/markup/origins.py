"""Places of a document's text, in characters, from the places of the parser, in bytes."""

from processing.markup.builder import Origin


class Origins:
    """Finder of the places of texts, in the order of the document. It holds the bytes behind the last text."""

    def __init__(self, start: int) -> None:
        """`start`: number of the document's first character."""
        self._held = bytearray()
        self._byte, self._character = 0, start

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the document, in UTF-8."""
        self._held += data

    def find(self, byte: int, text: str, *, literal: bool) -> Origin:
        """Return the place of `text`, which the parser has read at `byte`.

        `literal`: it is in a CDATA section, where "&" begins no reference. A reference is longer than its character.
        """
        skipped = byte - self._byte
        self._character += len(self._held[:skipped].decode())
        del self._held[:skipped]
        self._byte, length = byte, len(text)
        if self._held.startswith(b"&") and not literal:
            length = self._held.find(b";") + 1
        elif text == "\n" and self._held.startswith(b"\r\n"):
            length = 2
        return self._character, self._character + length
