"""Teachers' phones with their pitch: flite tells the pitch that it predicts, WORLD measures espeak-ng's."""

import ctypes
import mmap
import re
from collections.abc import Sequence
from ctypes import POINTER, Structure, c_char_p, c_float, c_int, c_size_t, c_void_p
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from training.demo_voice.espeak import EspeakVoice
from training.demo_voice.flite import RATE, ClusterDb, FliteVoice
from training.demo_voice.phones import UNVOICED, Phone, Span, snap
from training.demo_voice.teachers import ENGLISH_VOICE, RUNS

Array = npt.NDArray[np.float64]
STEP_S = 0.005
"""Seconds between two values of a teacher's pitch: the frame of flite's voices."""
MIDDLE_HZ = {"en": 100.0, "hi": 96.0, "te": 96.0}
"""Middle of each teacher's pitch: the medians of some sentences."""
SMOOTH = 7
"""Steps of the running median that removes the tracker's errors."""
LOW_HZ, HIGH_HZ = 50.0, 300.0
_COMMA_FRAMES = 10


@dataclass(frozen=True, slots=True)
class Note:
    """Phone on the grid with the teacher's pitch in each of its frames, in semitones above its middle."""

    span: Span
    semitones: tuple[float, ...]


class PitchedTeacher(Protocol):
    """Synthesizer that tells phones and, every STEP_S, its pitch in Hz, 0 where it has none."""

    def sing(self, text: str) -> tuple[list[Phone], Array]: ...


class _Track(Structure):
    _fields_ = (
        ("type", c_char_p),
        ("num_frames", c_int),
        ("num_channels", c_int),
        ("times", POINTER(c_float)),
        ("frames", POINTER(POINTER(c_float))),
    )


class PitchedFlite(FliteVoice):
    """Voice of flite with the first channel of its parameters, which is the pitch; it has no spectra and no sound.

    Twice as fast as with sound (measured); the pitch and the times are equal.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name, waves=True)
        model = ctypes.cast(self.model_address, POINTER(ClusterDb)).contents
        page = self.model_address & -mmap.PAGESIZE
        size = self.model_address + ctypes.sizeof(ClusterDb) - page
        if ctypes.CDLL(None).mprotect(c_void_p(page), c_size_t(size), mmap.PROT_READ | mmap.PROT_WRITE):
            raise OSError("the voice's constants cannot be changed")
        model.num_param_models, model.sample_rate = 0, round(1 / STEP_S)
        self.library.val_track.restype, self.library.val_track.argtypes = c_void_p, (c_void_p,)

    def sing(self, text: str) -> tuple[list[Phone], Array]:
        utterance = self.library.flite_synth_text(text.encode("ascii", "replace"), self.address)
        if not utterance:
            return [], np.zeros(0)
        try:
            features = ctypes.cast(utterance, POINTER(c_void_p))[0]
            track = self.library.val_track(self.library.feat_val(features, b"param_track"))
            content = ctypes.cast(track, POINTER(_Track)).contents
            f0 = np.array([content.frames[i][0] for i in range(content.num_frames)], float)
            return self._timed(utterance), f0
        finally:
            self.library.delete_utterance(utterance)


class PitchedEspeak(EspeakVoice):
    """Voice of espeak-ng with the pitch of its sound."""

    def sing(self, text: str) -> tuple[list[Phone], Array]:
        samples, phones = self.speak(text)
        return phones, measured(samples)


def measured(samples: Array) -> Array:
    """Return the pitch of a sound at 16 kHz every STEP_S, in Hz, 0 where there is none."""
    import pyworld  # of the extra `train`; evaluations of a voice's tokens work without it

    f0, _ = pyworld.dio(samples, RATE, f0_floor=LOW_HZ, f0_ceil=HIGH_HZ, frame_period=1000 * STEP_S, speed=4)
    pitch: Array = f0
    return pitch


def notes(phones: Sequence[Phone], f0: Array, middle_hz: float) -> list[Note]:
    """Return phones on the grid with their pitch, continued through gaps; empty if `snap` returns no spans."""
    spans = snap(phones)
    places = np.arange(len(f0))
    known = f0 > 0
    for span in spans:
        if span.phone in UNVOICED:
            known[round(span.start_s / STEP_S) : round(span.end_s / STEP_S)] = False
    level = 0.0 * places
    if known.any():
        level = np.interp(places, places[known], 12 * np.log2(f0[known] / middle_hz))
        around = np.lib.stride_tricks.sliding_window_view(np.pad(level, SMOOTH // 2, mode="edge"), SMOOTH)
        level = np.median(around, axis=1)
    row = []
    for span in spans:
        edges = np.linspace(span.start_s, span.end_s, span.frames + 1) / STEP_S
        centres = (edges[:-1] + edges[1:]) / 2
        row.append(Note(span, tuple(np.round(np.interp(centres, places, level), 2).tolist())))
    return row


class MelodyTeacher:
    """Teacher of one of `teachers.LANGUAGES`; in `hi-en` and `te-en`, flite reads runs of Latin letters."""

    def __init__(self, language: str) -> None:
        own, _, guest = language.partition("-")
        self._own, self._own_middle = self._open(own)
        self._guest = self._open(guest) if guest else None

    @staticmethod
    def _open(language: str) -> tuple[PitchedTeacher, float]:
        teacher = PitchedFlite(ENGLISH_VOICE) if language == "en" else PitchedEspeak(language)
        return teacher, MIDDLE_HZ[language]

    def notes(self, text: str) -> list[Note]:
        """Return the phones of a text; none if a teacher returns no phones."""
        if self._guest is None:
            return notes(*self._own.sing(text), self._own_middle)
        row: list[Note] = []
        comma = False
        for run in RUNS.findall(text):
            if not re.search(r"\w", run):
                comma = comma or "," in run
                continue
            latin = run[0].isascii() and run[0].isalpha()
            teacher, middle_hz = self._guest if latin else (self._own, self._own_middle)
            part = notes(*teacher.sing(run.strip(" ,")), middle_hz)
            if not part:
                return []
            if row:
                pause = [_pause(row[-1])] if comma or run.startswith(",") else []
                row = [*row[:-1], *pause, *part[1:]]
            else:
                row = part
            comma = run.rstrip().endswith(",")
        return row


def _pause(note: Note) -> Note:
    return Note(replace(note.span, frames=_COMMA_FRAMES), note.semitones[:1] * _COMMA_FRAMES)
