"""Scores: sounds, lengths and pitch of a line as a speaker speaks it, from the teacher's pitch.

The teacher's contour is kept, scaled to the speaker's range. The end of a line is set by its kind, because the teachers
hardly raise questions: it rises in a question for yes or no and falls elsewhere.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.demo_voice.codes import codes, has_pitch, whispered
from training.demo_voice.manners import NEUTRAL, Manner, SoundNote
from training.demo_voice.phases import REACH_HZ, slots
from training.demo_voice.phones import FRAME_S, FRAMES_PER_PHONE
from training.demo_voice.speakers import Speaker

Array = npt.NDArray[np.float64]
END_S = 0.5
"""Last seconds of voiced sound, in which the kind of a line shows."""
FALL, RISE = (2.0, -5.0), (-5.0, 8.0)
"""Semitones at the begin and at the end of that time."""
SOUND_PAUSE = 6
"""Frames of silence between the sound of a tag and the speech beside it."""
EDGE_HZ = 1.5
"""Distance kept from the largest pitch that slots can tell."""
OPEN_WORDS = {
    "en": "who what when where why which whose whom how or".split(),
    "hi": "कौन कहाँ कहां कब क्यों कैसे कैसा कैसी कितना कितने कितनी किस किसका किसकी किसके किसने किसको किन".split(),
    "te": "ఎవరు ఎవరి ఎవరిని ఎక్కడ ఎక్కడికి ఎప్పుడు ఎందుకు ఎలా ఎంత ఎంతమంది ఏమి ఏమిటి ఎన్ని ఏది ఏ".split(),
}
"""Question words, and "or". A question with one of them falls at its end; in English one in the first three words."""
_OPENING = 3
_ANYWHERE = frozenset((*OPEN_WORDS["hi"], *OPEN_WORDS["te"], "or"))
_SENTENCE = re.compile(r"[.!?।]\s+")


@dataclass(frozen=True, slots=True)
class Line:
    """Text with its phones, their lengths in frames and the teacher's pitch in each frame, in semitones."""

    text: str
    phones: tuple[int, ...]
    frames: tuple[int, ...]
    semitones: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Sounds of a speaker with their lengths in frames, and the pitch of each frame in Hz."""

    sounds: tuple[int, ...]
    frames: tuple[int, ...]
    hz: tuple[float, ...]
    middle_hz: float

    @property
    def tokens(self) -> list[int]:
        """Return the semantic tokens, one for each frame."""
        voiced = [has_pitch(sound) for sound, n in zip(self.sounds, self.frames, strict=True) for _ in range(n)]
        return codes(self.sounds, self.frames, slots(self.hz, voiced, self.middle_hz))


def asks(text: str) -> bool:
    """Report whether the last sentence of a text is a question for yes or no."""
    last = _SENTENCE.split(text.strip())[-1].strip(" \"')")
    words = re.sub(r"[,.;:!?]", " ", last.lower()).split()
    opened = _ANYWHERE.intersection(words) or set(OPEN_WORDS["en"]).intersection(words[:_OPENING])
    return last.endswith("?") and not opened


def ended(contour: Array, voiced: npt.NDArray[np.bool_], *, rises: bool) -> Array:
    """Return a contour whose end rises or falls; frames that are not `voiced` do not count."""
    heard = np.cumsum(voiced)
    count = min(round(END_S / FRAME_S), max(4, heard[-1] * 2 // 3))
    place = np.clip((heard - (heard[-1] - count)) / count, 0, 1)
    low, high = RISE if rises else FALL
    aim = low + (high - low) * place**3
    share = np.clip(3 * place, 0, 1)
    return contour * (1 - share) + aim * share


def lasting(frames: Sequence[int], rate: float) -> list[int]:
    """Return lengths divided by the rate of speech, rounded so that their sum is kept, at least 1 each."""
    edges = np.round(np.cumsum([0, *frames]) / rate).astype(int)
    return np.clip(np.diff(edges), 1, FRAMES_PER_PHONE).tolist()


def score(line: Line, speaker: Speaker, manner: Manner = NEUTRAL) -> Score:
    """Return the line as `speaker` speaks it."""
    voiced = np.repeat([has_pitch(phone) for phone in line.phones], line.frames)
    contour = ended(np.array(line.semitones), voiced, rises=asks(line.text))
    frames = lasting(line.frames, speaker.rate * manner.rate)
    starts = np.cumsum([0, *line.frames])
    places = [
        starts[i] + (np.arange(new) + 0.5) * old / new - 0.5
        for i, (old, new) in enumerate(zip(line.frames, frames, strict=True))
    ]
    moved = np.interp(np.concatenate(places), np.arange(len(contour)), contour)
    sounds = tuple(map(whispered, line.phones)) if manner.whispered else line.phones
    return Score(sounds, tuple(frames), pitches(moved, speaker, manner), speaker.middle_hz)


def pitches(semitones: Array, speaker: Speaker, manner: Manner = NEUTRAL) -> tuple[float, ...]:
    """Return the pitch of each frame in Hz, within the speaker's reach, from semitones above the usual pitch."""
    hz = speaker.pitch_hz * 2 ** ((speaker.range * manner.range * semitones + manner.shift) / 12)
    return tuple(limited(hz, speaker.middle_hz).tolist())


def with_sound(sung: Score, speaker: Speaker, notes: Sequence[SoundNote], *, at_end: bool) -> Score:
    """Return the score with the sound of a tag, and a pause, before its first or behind its last phone."""
    sounds, frames = [note.sound for note in notes], [note.frames for note in notes]
    semitones = np.concatenate([note.semitones for note in notes])
    hz = pitches(semitones, speaker)
    pause = (speaker.pitch_hz,) * SOUND_PAUSE
    if at_end:
        sounds, frames, hz = [0, *sounds], [SOUND_PAUSE, *frames], (*pause, *hz)
    else:
        sounds, frames, hz = [*sounds, 0], [*frames, SOUND_PAUSE], (*hz, *pause)
    cut = len(sung.sounds) - 1 if at_end else 1
    place = sum(sung.frames[:cut])
    return Score(
        (*sung.sounds[:cut], *sounds, *sung.sounds[cut:]),
        (*sung.frames[:cut], *frames, *sung.frames[cut:]),
        (*sung.hz[:place], *hz, *sung.hz[place:]),
        sung.middle_hz,
    )


def limited(hz: Array, middle_hz: float) -> Array:
    """Return the pitch softly limited to what slots can tell around the speaker's middle.

    A harder limit (the fourth power and root) left high voices at one pitch for up to 2 s.
    """
    reach = REACH_HZ - EDGE_HZ
    distance = (hz - middle_hz) / reach
    soft: Array = middle_hz + reach * distance / np.sqrt(1 + distance**2)
    return soft
