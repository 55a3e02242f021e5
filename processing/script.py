"""What is written -> what is spoken, in pieces. Pure: no model, no clock, no I/O."""

from dataclasses import dataclass

from processing.chunks import chunk
from processing.normalise import normalise
from processing.pauses import pause_after
from shared.types import TextChunk, Utterance


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


def write_script(utterance: Utterance, *, threshold: int, target: int) -> Script:
    """Normalise and split the text of `utterance`; sizes in characters."""
    spoken = normalise(utterance.text) if utterance.normalize else utterance.text
    if utterance.chunking:
        return Script(spoken, tuple(chunk(spoken, threshold=threshold, target=target)), whole_text=False)
    return Script(spoken, (TextChunk(0, spoken, last=True),), whole_text=len(spoken) > threshold)
