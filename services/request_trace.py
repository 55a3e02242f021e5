"""Trace of one request: the counts of its stages, and the differences between what one gave and the next took.

Holds neither text nor sound, so that traces of ended requests can be kept.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Self

from core.request_state import ClientStats, Phase, RequestState, Stages, StageStats

ROUNDING = 2
"""Samples by which the length may differ after a change of speed and of rate, each of which rounds it."""
UNITS = {  # of a stage's steps, of what it takes and of what it gives; in the order of `Stages`, by public names
    "engine": ("deltas", "", "tokens"),
    "codec": ("windows", "tokens_in", "samples"),
    "chunker": ("blocks", "samples_in", "samples"),  # `Stages.joiner`
    "encoder": ("pieces", "samples_in", "bytes"),
    "transport": ("sent", "", "bytes"),
}

Tally = Counter[tuple[str, str]]
"""Counts by (stage, event), and units by ("A → B", "gave" | "lost" | "in_flight" | "abandoned")."""


@dataclass(frozen=True, slots=True)
class StageLoss:
    """Units that one stage gave, how many of them the next one did not take, and why (`fate`)."""

    between: str
    gave: int
    missing: int
    fate: str

    def tally(self) -> Tally:
        return Counter({(self.between, "gave"): self.gave, (self.between, self.fate): max(self.missing, 0)})


@dataclass(frozen=True, slots=True)
class RequestTrace:
    """The counts of one request, at the time it was taken. `client` grows as the player reports events."""

    id: str
    voice_id: str
    stream: bool
    rate: int
    speed: float
    hop: int
    traceparent: str
    arrived_at: float
    started_at: float
    phase: Phase
    retried: bool
    cut_tokens: int
    """Tokens of babble behind the last word of a chunk, which are not decoded."""
    joined_samples: int
    """Samples at the answer's rate that the joined sound comes to."""
    stages: Stages
    client: ClientStats

    @classmethod
    def of(cls, request: RequestState) -> Self:
        """Trace a request as it is now."""
        utterance = request.utterance
        seconds = request.timeline.samples / request.samples_per_s if request.samples_per_s else 0.0
        return cls(
            id=request.id,
            voice_id=utterance.voice.id,
            stream=utterance.stream,
            rate=utterance.rate,
            speed=utterance.speed,
            hop=request.hop,
            traceparent=request.arrival.traceparent,
            arrived_at=request.arrival.at,
            started_at=request.started_at,
            phase=request.phase,
            retried=request.retries > 0,
            cut_tokens=request.completeness.cut_tokens,
            joined_samples=round(seconds * utterance.rate),
            stages=request.stages,
            client=request.client,
        )

    def counts(self) -> Iterator[tuple[str, StageStats, dict[str, int]]]:
        """Yield each stage in order, with its counts by unit."""
        for field, (stage, names) in zip(fields(self.stages), UNITS.items(), strict=True):
            stats: StageStats = getattr(self.stages, field.name)
            given = self.joined_samples if stats is self.stages.joiner else stats.given
            units = zip(names, (stats.steps, stats.taken, given), strict=True)
            yield stage, stats, {unit: count for unit, count in units if unit}

    def tally(self) -> Tally:
        """Return all counts and losses."""
        tally: Tally = Counter({("client", event): count for event, count in self.client.events.items()})
        for stage, _, units in self.counts():
            tally.update({(stage, unit): count for unit, count in units.items()})
        for loss in self.losses():
            tally.update(loss.tally())
        return tally

    def losses(self) -> Iterator[StageLoss]:
        """Yield the difference between each two stages: in samples up to the encoder, in bytes behind it."""
        stages = self.stages
        sound = self._fate(ended=self.phase is not Phase.SPEAKING)
        sent = self._fate(ended=self.phase in (Phase.SENT, Phase.ABANDONED))
        attempt = "abandoned" if self.retried and sound == "lost" else sound  # a retried attempt was spoken in part
        generated = (stages.engine.given - self.cut_tokens) * self.hop
        yield StageLoss("engine → codec", generated, generated - stages.codec.given, attempt)
        yield StageLoss("codec → chunker", stages.codec.given, stages.codec.given - stages.joiner.taken, attempt)
        missing = self.joined_samples - stages.encoder.taken
        missing = 0 if self._is_rounding(missing) else missing
        yield StageLoss("chunker → encoder", self.joined_samples, missing, sound)
        encoded = stages.encoder.given
        yield StageLoss("encoder → transport", encoded, encoded - stages.transport.given, sent)
        if self.client.events:
            received = self.client.bytes
            given = stages.transport.given
            yield StageLoss("transport → client", given, given - received, self._fate(ended=self.client.ended))

    def _fate(self, *, ended: bool) -> str:
        """Name the reason why something is missing."""
        return "abandoned" if self.phase is Phase.ABANDONED else "lost" if ended else "in_flight"

    def _is_rounding(self, missing: int) -> bool:
        """Report whether rounded lengths alone account for so many samples."""
        return missing <= (1 if self.speed == 1.0 else ROUNDING)
