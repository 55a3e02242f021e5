"""What is written -> what is spoken, in pieces. Pure: no model, no clock, no I/O."""

from collections.abc import Collection
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Script:
    """The text as it will be spoken, and its pieces; `whole_text`: one above the threshold was left whole."""

    spoken: str
    chunks: tuple[TextChunk, ...]
    whole_text: bool

    @property
    def pauses_s(self) -> list[float]:
        """The rest after each chunk."""
        return [pause_after(chunk.text) for chunk in self.chunks]


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
