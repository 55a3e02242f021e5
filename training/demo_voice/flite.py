"""Teacher of English: flite's clustergen voices through ctypes. Knows nothing of tokens.

`waves=False` skips the vocoder and computes phone times from the voice's duration trees, 10 times as fast; the times
equal those of the full synthesis. The structures mirror flite 2.2's public headers (cst_cg.h, cst_wave.h).
"""

import ctypes
from ctypes import POINTER, Structure, c_char_p, c_float, c_int, c_short, c_void_p

import numpy as np
import numpy.typing as npt

from training.demo_voice.phones import Phone

RATE = 16_000
_UTTERANCE_FUNCTION = ctypes.CFUNCTYPE(c_void_p, c_void_p)


class _Voice(Structure):
    _fields_ = (("name", c_char_p), ("features", c_void_p))


class _Wave(Structure):
    _fields_ = (
        ("type", c_char_p),
        ("sample_rate", c_int),
        ("num_samples", c_int),
        ("num_channels", c_int),
        ("samples", POINTER(c_short)),
    )


class _DurationStat(Structure):
    _fields_ = (("phone", c_char_p), ("mean", c_float), ("stddev", c_float))


class ClusterDb(Structure):
    """Fields of cst_cg_db up to the last one used here."""

    _fields_ = (
        ("name", c_char_p),
        ("types", c_void_p),
        ("num_types", c_int),
        ("sample_rate", c_int),
        ("f0_mean", c_float),
        ("f0_stddev", c_float),
        ("num_f0_models", c_int),
        ("f0_trees", c_void_p),
        ("num_param_models", c_int),
        ("param_trees", c_void_p),
        ("spamf0_accent_tree", c_void_p),
        ("spamf0_phrase_tree", c_void_p),
        ("num_channels", c_void_p),
        ("num_frames", c_void_p),
        ("model_vectors", c_void_p),
        ("num_channels_spamf0_accent", c_int),
        ("num_frames_spamf0_accent", c_int),
        ("spamf0_accent_vectors", c_void_p),
        ("model_min", c_void_p),
        ("model_range", c_void_p),
        ("qtable", c_void_p),
        ("model_shape", c_int),
        ("frame_advance", c_float),
        ("num_dur_models", c_int),
        ("dur_stats", POINTER(POINTER(POINTER(_DurationStat)))),
        ("dur_cart", POINTER(c_void_p)),
        ("phone_states", POINTER(POINTER(c_char_p))),
    )


def _library() -> ctypes.CDLL:
    lib = ctypes.CDLL("libflite.so.1", ctypes.RTLD_GLOBAL)
    pointers = {
        "flite_synth_text": (c_char_p, c_void_p),
        "utt_relation": (c_void_p, c_char_p),
        "utt_relation_create": (c_void_p, c_char_p),
        "utt_wave": (c_void_p,),
        "relation_head": (c_void_p,),
        "relation_append": (c_void_p, c_void_p),
        "item_next": (c_void_p,),
        "item_add_daughter": (c_void_p, c_void_p),
        "cart_interpret": (c_void_p, c_void_p),
        "feat_val": (c_void_p, c_char_p),
        "val_cg_db": (c_void_p,),
        "uttfunc_val": (c_void_p,),
    }
    for name, arguments in pointers.items():
        function = getattr(lib, name)
        function.restype, function.argtypes = c_void_p, arguments
    lib.feat_set.argtypes = (c_void_p, c_char_p, c_void_p)
    lib.item_set_string.argtypes = (c_void_p, c_char_p, c_char_p)
    lib.item_set_int.argtypes = (c_void_p, c_char_p, c_int)
    lib.item_feat_string.restype, lib.item_feat_string.argtypes = c_char_p, (c_void_p, c_char_p)
    lib.item_feat_float.restype, lib.item_feat_float.argtypes = c_float, (c_void_p, c_char_p)
    lib.val_float.restype, lib.val_float.argtypes = c_float, (c_void_p,)
    lib.delete_utterance.argtypes = (c_void_p,)
    lib.flite_init()
    return lib


class FliteVoice:
    """Voice of flite (`slt`, `rms`, `awb`). A process can use a voice either with waves or without."""

    def __init__(self, name: str, *, waves: bool) -> None:
        self.library = lib = _library()
        register = getattr(ctypes.CDLL(f"libflite_cmu_us_{name}.so.1"), f"register_cmu_us_{name}")
        register.restype, register.argtypes = c_void_p, (c_char_p,)
        self.address = register(None)
        features = ctypes.cast(self.address, POINTER(_Voice)).contents.features
        self._waves = waves
        if not waves:
            self._no_synthesis = _UTTERANCE_FUNCTION(lambda utterance: utterance)
            function = ctypes.cast(self._no_synthesis, c_void_p)
            lib.feat_set(features, b"wave_synth_func", lib.uttfunc_val(function))
        self.model_address: int = lib.val_cg_db(lib.feat_val(features, b"cg_db"))
        self._read_duration_model(self.model_address)

    def _read_duration_model(self, address: int) -> None:
        db = ctypes.cast(address, POINTER(ClusterDb)).contents
        self._frame_s: float = db.frame_advance
        self._trees = [db.dur_cart[i] for i in range(db.num_dur_models)]
        self._stats: dict[bytes, tuple[float, float]] = {}
        i = 0
        while db.dur_stats[0][i]:
            stat = db.dur_stats[0][i].contents
            self._stats.setdefault(stat.phone, (stat.mean, stat.stddev))
            i += 1
        self._states: dict[bytes, list[bytes]] = {}
        i = 0
        while db.phone_states[i]:
            row, names = db.phone_states[i], list[bytes]()
            while row[len(names)]:
                names.append(row[len(names)])
            self._states.setdefault(names[0], names[1:])
            i += 1

    def phones(self, text: str) -> list[Phone]:
        """Return the phones of `text` with their times, including the pauses at both ends."""
        utterance = self.library.flite_synth_text(text.encode("ascii", "replace"), self.address)
        if not utterance:
            return []
        try:
            return self._timed(utterance) if self._waves else self._predicted(utterance)
        finally:
            self.library.delete_utterance(utterance)

    def speak(self, text: str) -> tuple[npt.NDArray[np.float64], list[Phone]]:
        """Return a waveform at 16 kHz in (-1, 1) and the phones; needs `waves=True`."""
        utterance = self.library.flite_synth_text(text.encode("ascii", "replace"), self.address)
        try:
            wave = ctypes.cast(self.library.utt_wave(utterance), POINTER(_Wave)).contents
            samples = np.ctypeslib.as_array(wave.samples, (wave.num_samples,)) / 32768.0
            return samples, self._timed(utterance)
        finally:
            self.library.delete_utterance(utterance)

    def segments(self, utterance: int) -> list[int]:
        items, item = [], self.library.relation_head(self.library.utt_relation(utterance, b"Segment"))
        while item:
            items.append(item)
            item = self.library.item_next(item)
        return items

    def _timed(self, utterance: int) -> list[Phone]:
        phones, start = [], 0.0
        for item in self.segments(utterance):
            end = self.library.item_feat_float(item, b"end")
            phones.append(Phone(self.library.item_feat_string(item, b"name").decode(), start, end))
            start = end
        return phones

    def _predicted(self, utterance: int) -> list[Phone]:
        lib = self.library
        all_states = lib.utt_relation_create(utterance, b"HMMstate")
        by_segment = lib.utt_relation_create(utterance, b"segstate")
        segments: list[tuple[bytes, list[tuple[int, bytes]]]] = []
        for item in self.segments(utterance):
            parent, name = lib.relation_append(by_segment, item), lib.item_feat_string(item, b"name")
            states = []
            for position, state_name in enumerate(self._states[name], start=1):
                state = lib.relation_append(all_states, None)
                lib.item_add_daughter(parent, state)
                lib.item_set_string(state, b"name", state_name)
                lib.item_set_int(state, b"statepos", position)
                states.append((state, state_name))
            segments.append((name, states))
        phones, start = [], 0.0  # the trees look at neighbouring states, so all of them must exist by now
        for name, states in segments:
            end = start + sum(self._state_s(state, state_name) for state, state_name in states)
            phones.append(Phone(name.decode(), start, end))
            start = end
        return phones

    def _state_s(self, state: int, name: bytes) -> float:
        lib = self.library
        z = sum(lib.val_float(lib.cart_interpret(state, tree)) for tree in self._trees) / len(self._trees)
        mean, deviation = self._stats[name]
        return max(self._frame_s, float(z) * deviation + mean)
