"""What the demo voice's tokens mean: a semantic token is (phone, frame in the phone), the globals name the speaker.

Another language appends its phones to PHONES (codes already trained keep their numbers), another speaker is a row more
in SPEAKERS.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from training.demo_voice.flite import Phone

FRAME_S = 0.02
FRAMES_PER_PHONE = 16  # longer phones are cut to this, so the language model never has to count beyond an index
LEAD_FRAMES, TAIL_FRAMES = 2, 4
PAUSE = "pau"
PHONES = (
    *(
        PAUSE,
        "aa",
        "ae",
        "ah",
        "ao",
        "aw",
        "ax",
        "ay",
        "b",
        "ch",
        "d",
        "dh",
        "eh",
        "er",
        "ey",
        "f",
        "g",
        "hh",
        "ih",
        "iy",
    ),
    *("jh", "k", "l", "m", "n", "ng", "ow", "oy", "p", "r", "s", "sh", "t", "th", "uh", "uw", "v", "w", "y", "z", "zh"),
)
CODE_COUNT = len(PHONES) * FRAMES_PER_PHONE
GLOBAL_TOKENS, GLOBAL_LEVELS = 32, (4, 4)
_PHONE_INDEX = {phone: i for i, phone in enumerate(PHONES)}


@dataclass(frozen=True, slots=True)
class Speaker:
    """A voice of the demo and where it comes from. `pitch_hz` is a multiple of 50: whole periods in a frame.

    `gain` brings the teacher's level to a root mean square of about 0.09.
    """

    id: str
    name: str
    teacher: str
    pitch_hz: int
    gain: float
    gender: str
    description: str
    aliases: tuple[str, ...]

    @property
    def global_tokens(self) -> list[int]:
        """32 digits below 16, fixed by the speaker's id."""
        return [byte % 16 for byte in hashlib.sha256(self.id.encode()).digest()]


SPEAKERS: tuple[Speaker, ...] = (
    Speaker(
        id="lipakshi",
        name="Lipakshi",
        teacher="slt",
        pitch_hz=200,
        gain=0.45,
        gender="female",
        description="Clear, even female voice; synthetic demonstration quality.",
        aliases=("alloy", "coral", "fable", "marin", "nova", "sage", "shimmer"),
    ),
    Speaker(
        id="Bittu",
        name="Bittu",
        teacher="rms",
        pitch_hz=100,
        gain=0.9,
        gender="male",
        description="Calm, low male voice; synthetic demonstration quality.",
        aliases=("ash", "ballad", "cedar", "echo", "onyx", "verse"),
    ),
)


@dataclass(frozen=True, slots=True)
class Span:
    """A phone on the 20 ms grid and the stretch of the teacher's audio that it stands for."""

    phone: int
    frames: int
    start_s: float
    end_s: float


def snap(phones: Sequence[Phone]) -> list[Span]:
    """Phones on the frame grid: pauses merged, both ends trimmed to LEAD_FRAMES and TAIL_FRAMES, one frame at least."""
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


def codes(phones: Sequence[int], frames: Sequence[int]) -> list[int]:
    """Semantic tokens of phones with their lengths in frames, one a frame."""
    return [p * FRAMES_PER_PHONE + i for p, n in zip(phones, frames, strict=True) for i in range(n)]


def onsets(tokens: Sequence[int]) -> list[int]:
    """Phones of a token row, read from the tokens with frame index 0: what the recognition error is counted on."""
    return [token // FRAMES_PER_PHONE for token in tokens if token % FRAMES_PER_PHONE == 0]
