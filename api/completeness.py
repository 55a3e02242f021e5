"""Completeness in answers and events: whether every word was spoken."""

from pydantic import BaseModel, ConfigDict, Field

from core.completeness import Completeness
from core.request_state import RequestState

Entry = dict[str, object]


class CompletenessInfo(BaseModel):
    """Whether every word was spoken, as far as it was checked: where the checkpoint has an aligner."""

    model_config = ConfigDict(extra="forbid", strict=True)

    score: float = Field(ge=0, le=1, description="share of the words that were spoken once and in order")
    chunks: int = Field(description="chunks of text that were checked")
    incomplete: int = Field(description="chunks of these that were heard with a fault")
    faults: dict[str, int] = Field(description="faults that were heard, by kind: omitted, repeated, foreign, tail")
    retried: int = Field(description="chunks that were generated again before they were heard")
    retry_tokens: int = Field(description="tokens that this took")
    babble_cut: int = Field(description="chunks whose babble behind the last word was cut")


def completeness_entry(found: Completeness) -> Entry | None:
    """Return what was found in the form of answers; None if nothing was checked."""
    if not found.chunks:
        return None
    return {
        "score": round(found.score, 4),
        "chunks": found.chunks,
        "incomplete": found.incomplete,
        "faults": {kind.value: count for kind, count in found.faults.items()},
        "retried": found.retried,
        "retry_tokens": found.retry_tokens,
        "babble_cut": found.babble_cut,
    }


def judged(request: RequestState) -> Completeness:
    """Return what was found of a request; nothing where the aligner failed before all of it was checked."""
    return Completeness() if request.alignment_failed else request.completeness


def completeness_header(request: RequestState) -> dict[str, str]:
    """Return the header of a whole file with the score; none if nothing was checked."""
    found = judged(request)
    return {"X-Completeness": f"{found.score:.4f}"} if found.chunks else {}
