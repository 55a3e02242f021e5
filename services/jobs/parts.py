"""Parts of a job's text: whole sentences where there are any, each spoken as one request. Pure, no I/O."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain, pairwise

from pydantic import TypeAdapter

from processing.chunks import find_chunks
from processing.pauses import PAUSES_S, pause_after
from shared.passages import Insert, Mark, MarkedText, Passage
from shared.steps import Steps
from shared.types import Utterance, Voice

PART_CHARACTERS = 1_500
"""Characters that a part should have: 2 minutes of speech, which is what a killed process loses. Chosen."""
MOST_CHARACTERS = 2_000
"""Most characters of a part, beside white space."""
LONGEST_SEAM_S = 0.6
"""Seconds of a pause of the markup that are made between two parts; the rest is at the end of the first one's audio."""
SEED_SHIFT = 1_000_003
"""Difference of the seeds of two attempts. Chosen beyond those of the chunks of a part."""
FORMATS = {"pcm-f32": "pcm-f32"}
"""Formats in which parts are stored, by the job's format; `pcm` for all others."""

_OPTIONS = TypeAdapter(Utterance)
_PASSAGES = TypeAdapter(tuple[Passage, ...])
for _adapter in (_OPTIONS, _PASSAGES):
    _adapter.rebuild(_types_namespace={"Voice": Voice})  # shared/passages.py names it without importing it


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its text, the passages of a text with markup, and the pause behind it in seconds."""

    text: str
    passages: tuple[Passage, ...]
    pause_s: float


def write_body_steps(utterance: Utterance) -> Steps[tuple[str, int]]:
    """Return a job's parts as JSON lines, the first with the options that all share, and the number of parts."""
    options = replace(utterance, text="", passages=(), markup=None, stream=False)
    lines = [_OPTIONS.dump_json(options).decode()]
    parts = _marked_parts(utterance.passages) if utterance.passages else _plain_parts(utterance.text)
    for part in parts:
        passages = _PASSAGES.dump_python(part.passages, mode="json")
        lines.append(json.dumps([part.text, passages, part.pause_s], ensure_ascii=False))
        yield
    return "\n".join(lines), len(lines) - 1


class JobBody:
    """The parts of a job, as `write_body_steps` wrote them."""

    def __init__(self, body: str) -> None:
        options, *self._lines = body.split("\n")
        self.options = _OPTIONS.validate_json(options)

    def utterance(self, number: int, *, attempt: int = 0) -> Utterance:
        """Return the utterance of a part, whose sound is stored as samples. Each attempt has another seed."""
        part, options = self.part(number), self.options
        text = MarkedText.of(part.passages) if part.passages else part.text
        sampling = replace(options.sampling, seed=(options.sampling.seed + SEED_SHIFT * attempt) % 2**32)
        format = FORMATS.get(options.format, "pcm")
        return replace(options, text=text, passages=part.passages, sampling=sampling, format=format)

    def part(self, number: int) -> Part:
        """Return a part by its number, from 0."""
        text, passages, pause_s = json.loads(self._lines[number])
        return Part(text, _PASSAGES.validate_python(passages), pause_s)


def _plain_parts(text: str) -> Iterator[Part]:
    for piece in find_chunks(text, threshold=MOST_CHARACTERS, target=PART_CHARACTERS):
        yield Part(piece.text, (), pause_after(piece.text))


def _marked_parts(passages: Sequence[Passage]) -> Iterator[Part]:
    """Yield parts of whole passages; those that are longer than a part are divided."""
    group: list[Passage] = []
    size = 0
    for passage in chain.from_iterable(map(_divided, passages)):
        if group and size + len(passage.text) > MOST_CHARACTERS:
            yield _of_passages(group)
            group, size = [], 0
        group.append(passage)
        size += len(passage.text)
    if group:
        yield _of_passages(group)


def _of_passages(group: Sequence[Passage]) -> Part:
    last = group[-1]
    pause_s = PAUSES_S["\n"] if last.ends_paragraph else pause_after(last.text)
    if last.pause_s is not None:
        pause_s = min(last.pause_s, LONGEST_SEAM_S)
    return Part("", tuple(group), pause_s)


def _divided(passage: Passage) -> Iterator[Passage]:
    """Yield a passage in pieces of a part's length. A span with its own spoken form stays whole."""
    if len(passage.text) <= MOST_CHARACTERS:
        yield passage
        return
    pieces = find_chunks(passage.text, threshold=MOST_CHARACTERS, target=PART_CHARACTERS)
    ends = accumulate(len(piece.text) for piece in pieces)
    whole = len(passage.text)
    cuts = [end for end in ends if end == whole or not any(one.start < end < one.end for one in passage.inserts)]
    for start, end in pairwise((0, *cuts)):
        last = end == whole
        yield replace(
            passage,
            text=passage.text[start:end],
            inserts=tuple(
                Insert(one.start - start, one.end - start, one.spoken)
                for one in passage.inserts
                if start <= one.start and one.end <= end
            ),
            marks=tuple(
                Mark(mark.name, mark.at - start)
                for mark in passage.marks
                if start <= mark.at and (mark.at < end or last)
            ),
            pause_s=passage.pause_s if last else None,
            ends_paragraph=passage.ends_paragraph and last,
            lead_s=passage.lead_s if start == 0 else 0.0,
        )
