"""What is written -> what is spoken, in pieces. Pure: no model, no clock, no I/O."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Literal

from processing.chunks import chunk
from processing.emotion import settle_tags
from processing.lexicon import Lexicon, read_lexicon
from processing.normalise import normalise
from processing.pauses import pause_after
from shared.errors import ValidationFailed
from shared.types import TextChunk, Utterance

UnknownTags = Literal["drop", "refuse"]


@dataclass(frozen=True, slots=True)
class ScriptRules:
    """What holds for every text: sizes in characters, the checkpoint's emotions, the service's lexicon."""

    threshold: int
    target: int
    emotions: Collection[str] = ()
    unknown_emotions: UnknownTags = "drop"
    lexicon: Lexicon = field(default_factory=Lexicon)


@dataclass(slots=True)
class Script:
    """The text as it will be spoken, and its pieces; `whole_text`: one above the threshold was left whole.

    It grows while text arrives; `pauses_s`, the rest after each chunk, grows with it.
    """

    spoken: str
    chunks: tuple[TextChunk, ...]
    whole_text: bool
    pauses_s: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self.pauses_s = [pause_after(chunk.text) for chunk in self.chunks]

    def add(self, later: "Script") -> tuple[TextChunk, ...]:
        """Go on with `later`; gives its chunks as they are numbered here. A space parts what has none."""
        first = len(self.chunks)
        chunks = list(later.chunks)
        if chunks and not self.spoken[-1:].isspace():
            chunks[0] = replace(chunks[0], text=f" {chunks[0].text}")
        added = tuple(replace(chunk, index=first + chunk.index) for chunk in chunks)
        self.spoken += "".join(chunk.text for chunk in added)
        self.chunks += added
        self.pauses_s += later.pauses_s
        return added


def write_script(utterance: Utterance, rules: ScriptRules) -> Script:
    """Settle tags, normalise and split the text of `utterance`.

    Raises ValidationFailed: an unknown tag where those are refused, a bad lexicon, a text with nothing to speak in it.
    """
    spoken = settle_tags(utterance.text, known=rules.emotions, unknown=rules.unknown_emotions)
    lexicon = read_lexicon(utterance.lexicon, over=rules.lexicon) if utterance.lexicon else rules.lexicon
    if utterance.normalize:
        spoken = normalise(spoken, lexicon=lexicon)
    if not any(map(str.isalnum, spoken)):
        raise ValidationFailed("text: holds nothing that can be spoken")
    if utterance.chunking:
        pieces = chunk(spoken, threshold=rules.threshold, target=rules.target)
        return Script(spoken, tuple(pieces), whole_text=False)
    return Script(spoken, (TextChunk(0, spoken, last=True),), whole_text=len(spoken) > rules.threshold)
