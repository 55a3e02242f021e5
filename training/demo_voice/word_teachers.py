"""Phones of a text with the place of their word, by flite and espeak-ng. Knows nothing of tokens and times."""

import ctypes
from ctypes import c_char_p, c_short, c_void_p

from processing.words import find_words
from training.demo_voice.espeak import CALLBACK, END, LIKE, PHONE, EspeakVoice, Event
from training.demo_voice.flite import FliteVoice
from training.demo_voice.phones import INDIC, PAUSE

_TOKEN = b"R:SylStructure.parent.parent.R:Token.parent"


class FliteWords:
    """Voice of flite that names the word of each phone."""

    def __init__(self, name: str) -> None:
        self._voice = FliteVoice(name, waves=False)
        self._lib = self._voice.library
        self._lib.path_to_item.restype, self._lib.path_to_item.argtypes = c_void_p, (c_void_p, c_char_p)

    def phones(self, text: str) -> list[tuple[str, int]]:
        """Return the phones without pauses, each with the place of its word in the text; none if words differ."""
        places = [word.start for word in find_words(text)]
        utterance = self._lib.flite_synth_text(text.encode("ascii", "replace"), self._voice.address)
        if not utterance:
            return []
        try:
            items = self._voice.segments(utterance)
            rows = [
                (self._lib.item_feat_string(item, b"name").decode(), self._lib.path_to_item(item, _TOKEN))
                for item in items
            ]
        finally:
            self._lib.delete_utterance(utterance)
        rows = [(name, token) for name, token in rows if name != PAUSE]
        tokens = list(dict.fromkeys(token for _, token in rows))
        if len(tokens) != len(places):
            return []
        return [(name, places[tokens.index(token)]) for name, token in rows]


class EspeakWords(EspeakVoice):
    """Voice of espeak-ng that names the word of each phone."""

    def __init__(self, language: str) -> None:
        super().__init__(language)
        self._rows: list[tuple[str, int]] = []
        self._callback = CALLBACK(self._take)
        self._lib.espeak_SetSynthCallback(self._callback)

    def phones(self, text: str) -> list[tuple[str, int]]:  # type: ignore[override]
        self._rows = []
        self._run(text)
        return self._rows

    def _take(self, samples: "ctypes._Pointer[c_short]", count: int, events: "ctypes._Pointer[Event]") -> int:
        i = 0
        while events[i].type != END:
            if events[i].type == PHONE:
                name = events[i].id.text.decode(errors="replace")
                name = LIKE.get(name, name)
                if name in INDIC:
                    self._rows.append((f"indic {name}", events[i].text_position - 1))
            i += 1
        return 0
