"""Meaning of the semantic tokens: phone, stage in the phone and, in voiced phones, the phase of the voice.

A voiced token carries the phase of the glottal cycle at its frame's start, in slots of 1/SLOTS of a turn. Two
neighbouring slots and the middle of the speaker's pitch give the pitch between them: the decoder needs no memory. All
speakers share the tokens; global tokens set the speaker.
"""

from collections.abc import Sequence

import numpy as np

from training.demo_voice.codes import FRAMES_PER_PHONE, PHONES, UNVOICED

SLOTS = 16
STAGE_OF = (0, 1, 2, 3, 3, *[4] * (FRAMES_PER_PHONE - 5))
"""Stage of each frame of a voiced phone, coarser towards its end: half of these phones have at most four frames."""
STAGES = max(STAGE_OF) + 1
VOICELESS = tuple(sorted(UNVOICED))
VOICED = tuple(phone for phone in range(len(PHONES)) if phone not in UNVOICED)
FIRST_VOICED = len(VOICELESS) * FRAMES_PER_PHONE
CODE_COUNT = FIRST_VOICED + len(VOICED) * STAGES * SLOTS
PARTS = FIRST_VOICED + len(VOICED) * STAGES
"""Number of codes without their slots: a code is a part and a slot, which voiceless parts lack."""
_PLACE = {phone: i for row in (VOICELESS, VOICED) for i, phone in enumerate(row)}


def part(phone: int, frame: int) -> int:
    """Return the part of a code that a phone and the frame in it determine."""
    if phone in UNVOICED:
        return _PLACE[phone] * FRAMES_PER_PHONE + frame
    return FIRST_VOICED + _PLACE[phone] * STAGES + STAGE_OF[frame]


def codes(phones: Sequence[int], frames: Sequence[int], slots: Sequence[int]) -> list[int]:
    """Return the semantic tokens of phones with their lengths in frames; `slots` has one value for each frame."""
    parts = [part(phone, i) for phone, n in zip(phones, frames, strict=True) for i in range(n)]
    return [p if p < FIRST_VOICED else voiced_code(p, slot) for p, slot in zip(parts, slots, strict=True)]


def voiced_code(voiced_part: int, slot: int) -> int:
    """Return the code of a voiced part with a slot."""
    return FIRST_VOICED + (voiced_part - FIRST_VOICED) * SLOTS + slot


def _tables() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rows = [
        (p * FRAMES_PER_PHONE + i, -1, phone, i) for p, phone in enumerate(VOICELESS) for i in range(FRAMES_PER_PHONE)
    ]
    for p, phone in enumerate(VOICED):
        for stage in range(STAGES):
            rows += [(FIRST_VOICED + p * STAGES + stage, slot, phone, stage) for slot in range(SLOTS)]
    parts, slots, phones, stages = np.array(rows).T
    return parts, slots, phones, stages


PART_OF, SLOT_OF, PHONE_OF, STEP_OF = _tables()
"""Part, slot (-1: none), phone, and frame or stage of each code."""


def onsets(tokens: Sequence[int]) -> list[int]:
    """Return the phones of a token sequence, from the tokens that begin a phone."""
    return [int(PHONE_OF[token]) for token in tokens if STEP_OF[token] == 0]
