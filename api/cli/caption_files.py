"""Files of captions that `veena3 say` writes beside the sound."""

from dataclasses import dataclass, field
from pathlib import Path

from processing.captions import WRITERS, SpokenWord, captions
from shared.errors import CommandFailed
from veena3_client import Event, Word
from veena3_client.events import add_words


@dataclass
class CaptionFiles:
    """Captions of one stream, and the files to which they are written, by format."""

    paths: dict[str, Path]
    _words: list[Word] = field(default_factory=list)

    @classmethod
    def of(cls, **paths: str | None) -> "CaptionFiles":
        """Return the captions for the files that are given. Raises CommandFailed for a folder that does not exist."""
        given = {format: Path(path) for format, path in paths.items() if path is not None}
        for format, path in given.items():
            if not path.parent.is_dir():
                raise CommandFailed(f"--{format}: {path.parent} is no folder")
        return cls(given)

    def receive(self, event: Event) -> None:
        """Take one event of the stream. Raises CommandFailed where the server cannot tell the times of words."""
        if self.paths and event.type in ("start", "end") and (reason := event.fields.get("alignment_unavailable")):
            raise CommandFailed(f"--{next(iter(self.paths))}: no times of words: {reason}")
        add_words(self._words, event.words)

    def write(self, text: str) -> None:
        """Write the files. `text` is the text that was sent. Raises CommandFailed."""
        words = [
            SpokenWord(
                word.word,
                word.start_s,
                word.end_s or word.start_s,
                (word.text_start, word.text_end) if word.text_start is not None and word.text_end is not None else None,
            )
            for word in self._words
        ]
        for format, path in self.paths.items():
            try:
                path.write_text(WRITERS[format](captions(words, text)), encoding="utf-8")
            except OSError as error:
                raise CommandFailed(f"{path}: {error.strerror}") from None
