"""Meaning of the semantic tokens: phone, stage in the phone and, in voiced phones, the phase of the voice.

A voiced token carries the phase of the glottal cycle at its frame's start, in slots of 1/SLOTS of a turn. Two
neighbouring slots and the middle of the speaker's pitch give the pitch between them: the decoder needs no memory. A
whispered phone has frames and no phase. Laughter and breath are sounds beside the phones, which no text has: readers of
tokens do not take them for words. All speakers share the tokens; global tokens set the speaker.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from training.demo_voice.phones import FRAMES_PER_PHONE, PHONES, UNVOICED

SLOTS = 16
STAGE_OF = (0, 1, 2, 3, 3, *[4] * (FRAMES_PER_PHONE - 5))
"""Stage of each frame of a voiced phone, coarser towards its end: half of these phones have at most four frames."""
STAGES = max(STAGE_OF) + 1
VOICELESS = tuple(sorted(UNVOICED))
VOICED = tuple(phone for phone in range(len(PHONES)) if phone not in UNVOICED)
LAUGH, BREATH, WHISPER = len(PHONES), len(PHONES) + 1, len(PHONES) + 2
"""Sounds beside the phones: a laughing vowel, a breath, and from WHISPER on each phone that is whispered."""


WHISPER_FRAMES, _AGAIN = 12, 4
"""Frames of a whispered phone; the last ones are repeated in turn: noise that repeats in every frame would hum."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Code without its slot; `step` is a stage in sounds with a pitch, a frame in the others."""

    sound: int
    step: int
    turns: bool


_PARTS = (
    *(_Part(sound, i, turns=False) for sound in VOICELESS for i in range(FRAMES_PER_PHONE)),
    *(_Part(sound, stage, turns=True) for sound in VOICED for stage in range(STAGES)),
    *(_Part(WHISPER + sound, i, turns=False) for sound in VOICED for i in range(WHISPER_FRAMES)),
    *(_Part(LAUGH, stage, turns=True) for stage in range(STAGES)),
    *(_Part(BREATH, i, turns=False) for i in range(FRAMES_PER_PHONE)),
)
PARTS = len(_PARTS)
"""Number of codes without their slots: a code is a part and a slot, which parts without a phase lack."""
_PLACE = {(one.sound, one.step): i for i, one in enumerate(_PARTS)}
_CODES = [(i, slot) for i, one in enumerate(_PARTS) for slot in (range(SLOTS) if one.turns else [-1])]
CODE_COUNT = len(_CODES)
PART_OF, SLOT_OF = np.array(_CODES).T
"""Part and slot (-1: none) of each code."""
SOUND_OF, STEP_OF = np.array([(_PARTS[i].sound, _PARTS[i].step) for i in PART_OF]).T
"""Sound, and frame or stage, of each code."""
TURNS = np.array([one.turns for one in _PARTS])
"""Whether each part has slots."""
_FIRST = np.searchsorted(PART_OF, np.arange(PARTS))
"""First code of each part."""


def has_pitch(sound: int) -> bool:
    """Report whether the codes of a sound have slots."""
    return sound < BREATH and sound not in UNVOICED


def whispered(sound: int) -> int:
    """Return the whispered sound; voiceless sounds are whispered as they are."""
    return WHISPER + sound if has_pitch(sound) else sound


def phone_of(sound: int) -> int | None:
    """Return the phone that a sound is, whispered or not; None for laughter and breath."""
    phone = sound - WHISPER if sound >= WHISPER else sound
    return phone if phone < LAUGH else None


def part(sound: int, frame: int) -> int:
    """Return the part of a code that a sound and the frame in it determine."""
    if has_pitch(sound):
        return _PLACE[sound, STAGE_OF[frame]]
    if sound >= WHISPER and frame >= WHISPER_FRAMES:
        frame = WHISPER_FRAMES - _AGAIN + frame % _AGAIN
    return _PLACE[sound, frame]


def codes(sounds: Sequence[int], frames: Sequence[int], slots: Sequence[int]) -> list[int]:
    """Return the semantic tokens of sounds with their lengths in frames; `slots` has one value for each frame."""
    parts = [part(sound, i) for sound, n in zip(sounds, frames, strict=True) for i in range(n)]
    return [int(_FIRST[p]) + (slot if TURNS[p] else 0) for p, slot in zip(parts, slots, strict=True)]


def phone_starts(tokens: Sequence[int]) -> list[tuple[int, int]]:
    """Return the phones that tokens begin, pauses among them, each with the index of its first token."""
    begun = [(phone_of(int(SOUND_OF[token])), at) for at, token in enumerate(tokens) if STEP_OF[token] == 0]
    return [(phone, at) for phone, at in begun if phone is not None]


def onsets(tokens: Sequence[int]) -> list[int]:
    """Return the phones of a token sequence, from the tokens that begin a phone."""
    return [phone for phone, _ in phone_starts(tokens)]
