"""Teacher of Hindi and Telugu: espeak-ng through ctypes. Knows nothing of tokens.

The structures mirror espeak-ng's public header (speak_lib.h). A process can use one voice at a time.
"""

import ctypes
from ctypes import POINTER, Structure, Union, c_char, c_char_p, c_int, c_short, c_uint, c_void_p

import numpy as np
import numpy.typing as npt
import soxr

from training.demo_voice.flite import RATE
from training.demo_voice.phones import INDIC, PAUSE, Phone

_SYNCHRONOUS, _WITH_PHONES, _UTF8 = 2, 1, 1
END, PHONE = 0, 7
_BUFFER_MS, _SPEED, _WORDS_A_MINUTE = 500, 1, 165
_EDGE_S = 0.1
LIKE = {"@2": "@", "@-": "@", "E": "E:", "Q": "q", "n^": "n", "O~": "o~", "0": "O"}
"""Rare phones -> their replacements; phones in neither list are omitted."""


class _Name(Union):
    _fields_ = (("number", c_int), ("name", c_char_p), ("text", c_char * 8))


class Event(Structure):
    _fields_ = (
        ("type", c_int),
        ("identifier", c_uint),
        ("text_position", c_int),
        ("length", c_int),
        ("audio_ms", c_int),
        ("sample", c_int),
        ("user_data", c_void_p),
        ("id", _Name),
    )


CALLBACK = ctypes.CFUNCTYPE(c_int, POINTER(c_short), c_int, POINTER(Event))


class EspeakVoice:
    """Voice of espeak-ng for `language` (`hi`, `te`)."""

    def __init__(self, language: str) -> None:
        self._lib = lib = ctypes.CDLL("libespeak-ng.so.1")
        self._rate = lib.espeak_Initialize(_SYNCHRONOUS, _BUFFER_MS, None, _WITH_PHONES)
        self._pieces: list[npt.NDArray[np.int16]] = []
        self._events: list[tuple[str, float]] = []
        self._callback = CALLBACK(self._collect)
        lib.espeak_SetSynthCallback(self._callback)
        if lib.espeak_SetVoiceByName(language.encode()):
            raise OSError(f"espeak-ng has no voice {language}")
        lib.espeak_SetParameter(_SPEED, _WORDS_A_MINUTE, 0)

    def speak(self, text: str) -> tuple[npt.NDArray[np.float64], list[Phone]]:
        """Return a waveform at 16 kHz in (-1, 1) and the phones, with pauses of 0.1 s or more at both ends."""
        row, duration_s = self._run(text)
        samples = np.concatenate([np.zeros(0, np.int16), *self._pieces]) / 32768.0
        padded = np.pad(samples, round(_EDGE_S * self._rate))
        resampled: npt.NDArray[np.float64] = soxr.resample(padded, self._rate, RATE)
        return resampled, _phones(row, duration_s)

    def phones(self, text: str) -> list[Phone]:
        """Return the phones with their times."""
        return _phones(*self._run(text))

    def _run(self, text: str) -> tuple[list[tuple[str, float]], float]:
        self._pieces.clear()
        self._events.clear()
        data = text.encode()
        self._lib.espeak_Synth(data, len(data) + 1, 0, 1, 0, _UTF8, None, None)
        return self._events, sum(map(len, self._pieces)) / self._rate

    def _collect(self, samples: "ctypes._Pointer[c_short]", count: int, events: "ctypes._Pointer[Event]") -> int:
        if samples and count > 0:
            self._pieces.append(np.ctypeslib.as_array(samples, (count,)).copy())
        i = 0
        while events[i].type != END:
            if events[i].type == PHONE:
                self._events.append((events[i].id.text.decode(errors="replace"), events[i].audio_ms / 1000))
            i += 1
        return 0


def _phones(events: list[tuple[str, float]], duration_s: float) -> list[Phone]:
    """Return the phones of events, which give start times: a phone ends where the next one starts."""
    row: list[tuple[str, float]] = [(PAUSE, 0.0)]
    for name, start_s in events:
        known = LIKE.get(name, name)
        if known in INDIC:
            row.append((f"indic {known}", start_s + _EDGE_S))
        elif known.startswith("_"):
            row.append((PAUSE, start_s + _EDGE_S))
    row.append((PAUSE, duration_s + _EDGE_S))
    ends = [*(start_s for _, start_s in row[1:]), duration_s + 2 * _EDGE_S]
    return [Phone(name, start_s, end_s) for (name, start_s), end_s in zip(row, ends, strict=True)]
