"""Script of a request: its text as it will be spoken, in chunks. Pure: no model, no clock, no I/O."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Literal

from processing.chunks import find_chunks
from processing.emotion import resolve_tags
from processing.lexicon import Lexicon, read_lexicon
from processing.normalise import normalise_steps
from processing.normalise.language import LanguageChooser
from processing.pauses import pause_after
from processing.rich_text import read_rich_text_steps
from shared.errors import ValidationFailed
from shared.steps import Steps, finish
from shared.types import TextChunk, Utterance

UnknownTags = Literal["drop", "refuse"]


@dataclass(frozen=True, slots=True)
class ScriptRules:
    """Rules for every text: chunk sizes in characters, the checkpoint's emotions, the service's lexicon."""

    threshold: int
    target: int
    emotions: Collection[str] = ()
    unknown_emotions: UnknownTags = "drop"
    lexicon: Lexicon = field(default_factory=Lexicon)


@dataclass(slots=True)
class Script:
    """Text as it will be spoken, with its chunks and `pauses_s`, the pause after each chunk in seconds.

    `whole_text`: the text is above the threshold, and chunking is off. `rules` includes the utterance's lexicon and
    applies to text that arrives later, which `add` appends.
    """

    spoken: str
    chunks: tuple[TextChunk, ...]
    whole_text: bool
    rules: ScriptRules = field(repr=False)
    pauses_s: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self.pauses_s = [pause_after(chunk.text) for chunk in self.chunks]

    def add(self, later: "Script") -> tuple[TextChunk, ...]:
        """Append `later` and return its chunks, numbered on from this script's; a space separates the two."""
        first = len(self.chunks)
        chunks = list(later.chunks)
        if chunks and self.spoken and not self.spoken[-1].isspace():
            chunks[0] = replace(chunks[0], text=f" {chunks[0].text}")
        added = tuple(replace(chunk, index=first + chunk.index) for chunk in chunks)
        self.spoken += "".join(chunk.text for chunk in added)
        self.chunks += added
        self.pauses_s += later.pauses_s
        return added


def write_script(utterance: Utterance, rules: ScriptRules) -> Script:
    """Resolve tags in the text of `utterance`, normalise it and split it into chunks.

    A text without letters or digits has no chunks. Raises ValidationFailed for a refused tag, a bad lexicon, a language
    that the voice does not speak, and figures that cannot be read.
    """
    return finish(write_steps(utterance, rules))


def write_steps(utterance: Utterance, rules: ScriptRules) -> Steps[Script]:
    """Do the work of `write_script` in steps of a sentence or a chunk."""
    text = (yield from read_rich_text_steps(utterance.text)) if utterance.normalize else utterance.text
    spoken = resolve_tags(text, known=rules.emotions, unknown=rules.unknown_emotions)
    if utterance.lexicon:
        rules = replace(rules, lexicon=read_lexicon(utterance.lexicon, over=rules.lexicon))
    yield
    languages, declared = utterance.voice.languages, utterance.reading.language
    if utterance.normalize:
        made = yield from normalise_steps(spoken, lexicon=rules.lexicon, reading=utterance.reading, spoken=languages)
        spoken = made.spoken
        if made.unread:
            raise ValidationFailed(
                f"text: figures in {made.unread} text cannot be read; write them in words, or set normalize to false",
                details={"field": "text"},
            )
    else:
        LanguageChooser(spoken, declared=declared, spoken=languages).reader_of(spoken)
    if not any(map(str.isalnum, spoken)):
        return Script("", (), whole_text=False, rules=rules)
    if not utterance.chunking:
        whole_text = len(spoken) > rules.threshold
        return Script(spoken, (TextChunk(0, spoken, last=True),), whole_text=whole_text, rules=rules)
    chunks: list[TextChunk] = []
    for chunk in find_chunks(spoken, threshold=rules.threshold, target=rules.target):
        chunks.append(chunk)
        yield
    return Script(spoken, tuple(chunks), whole_text=False, rules=rules)
