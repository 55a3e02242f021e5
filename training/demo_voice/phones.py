"""Phones of the teachers, and their place on the grid of frames."""

from collections.abc import Sequence
from dataclasses import dataclass

FRAME_S = 0.02
FRAMES_PER_PHONE = 16
"""Frames of the longest phone; longer ones are cut."""
LEAD_FRAMES, TAIL_FRAMES = 2, 4
"""Frames of silence that are kept at the beginning and at the end."""
PAUSE = "pau"
ENGLISH = tuple(
    "pau aa ae ah ao aw ax ay b ch d dh eh er ey f g hh ih iy "
    "jh k l m n ng ow oy p r s sh t th uh uw v w y z zh".split()
)
"""Phones of flite."""
INDIC = tuple(
    "a a: aI aU a~ @ @3 b b# c c# d d# d. d.# e e: e~ E: E~ f g g# h H i i: i~ I J J# j k k# l l. m "
    "n n. N o o: o~ O O: p p# q r r. * s s. S S; t t# t. t.# u u: u~ U V v v# w x z ;".split()
)
"""Phones of espeak-ng, for Hindi and Telugu."""
PHONES = (*ENGLISH, *(f"indic {phone}" for phone in INDIC))
_VOICELESS = ("p", "t", "k", "ch", "f", "th", "s", "sh", "hh")
_VOICELESS_INDIC = ("c", "c#", "f", "k", "k#", "p", "p#", "q", "s", "s.", "S", "S;", "t", "t#", "t.", "t.#", "x", "h")
UNVOICED = frozenset(map(PHONES.index, (PAUSE, *_VOICELESS, *(f"indic {phone}" for phone in _VOICELESS_INDIC))))
"""Phones without a pitch."""
_PHONE_INDEX = {phone: i for i, phone in enumerate(PHONES)}


@dataclass(frozen=True, slots=True)
class Phone:
    """Phone with its times in seconds; `name` is one of PHONES."""

    name: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Span:
    """Phone on the 20 ms grid, and the part of the teacher's audio that it stands for."""

    phone: int
    frames: int
    start_s: float
    end_s: float


def snap(phones: Sequence[Phone]) -> list[Span]:
    """Put phones on the frame grid, at least one frame each.

    Pauses are merged, and those at both ends are trimmed to LEAD_FRAMES and TAIL_FRAMES.
    """
    merged: list[Phone] = []
    for phone in phones:
        if merged and phone.name == PAUSE == merged[-1].name:
            merged[-1] = Phone(PAUSE, merged[-1].start_s, phone.end_s)
        else:
            merged.append(phone)
    if len(merged) < 3 or merged[0].name != PAUSE or merged[-1].name != PAUSE:
        return []
    first, last = merged[0], merged[-1]
    origin = max(first.start_s, first.end_s - LEAD_FRAMES * FRAME_S)
    merged[0] = Phone(PAUSE, origin, first.end_s)
    merged[-1] = Phone(PAUSE, last.start_s, min(last.end_s, last.start_s + TAIL_FRAMES * FRAME_S))
    spans, grid = [], 0
    for phone in merged:
        frames = max(1, round((phone.end_s - origin) / FRAME_S) - grid)
        grid += frames
        spans.append(Span(_PHONE_INDEX[phone.name], min(frames, FRAMES_PER_PHONE), phone.start_s, phone.end_s))
    return spans
