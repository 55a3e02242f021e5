"""Rate and gain of single chunks, as their delivery asks. Knows nothing of markup."""

from collections.abc import Iterable, Iterator

from audio.speed import SpeedChanger
from shared.passages import PLAIN
from shared.types import Pcm, TextChunk


class DeliveryStage:
    """Stage that speaks each chunk at the rate and gain of its delivery. A plain chunk passes unchanged.

    It stands behind the leveller, which would take a gain for a difference of the model's.
    """

    def __init__(self) -> None:
        self._delivery = PLAIN
        self._changer: SpeedChanger | None = None

    def feed(self, item: TextChunk | Pcm) -> Iterator[TextChunk | Pcm]:
        if isinstance(item, TextChunk):
            yield from self.finish()
            self._delivery = item.delivery
            yield item
            return
        if self._delivery.rate != 1.0:
            self._changer = self._changer or SpeedChanger(rate=item.rate, speed=self._delivery.rate)
            yield from self._loud(self._changer.feed(item))
        else:
            yield from self._loud((item,))

    def finish(self) -> Iterator[Pcm]:
        """Yield the rest of a chunk."""
        changer, self._changer = self._changer, None
        if changer:
            yield from self._loud(changer.finish())

    def _loud(self, blocks: Iterable[Pcm]) -> Iterator[Pcm]:
        gain = self._delivery.gain
        for block in blocks:
            yield block if gain == 1.0 else Pcm(block.samples * gain, block.rate)
