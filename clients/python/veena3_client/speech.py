"""A whole piece of speech."""

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from veena3_client.checks import MAX_RATE, seconds, string, whole
from veena3_client.events import Event, Word, words_of
from veena3_client.player import Player
from veena3_client.samples import SampleDecoder

if TYPE_CHECKING:
    from veena3_client.samples import Samples


@dataclass(frozen=True, slots=True)
class Speech:
    """Audio of a text. `seconds` and `seed` are None where the transport does not give them.

    `words` are the times of words, where the server gives them. `fields` are the headers of the answer, or the fields
    of a JSON answer without its audio. `events` are those of a stream that was read to its end, without its audio.
    """

    audio: bytes = field(repr=False)
    format: str
    sample_rate: int
    seconds: float | None = None
    seed: int | None = None
    request_id: str | None = None
    words: tuple[Word, ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict, repr=False)
    events: tuple[Event, ...] = field(default=(), repr=False)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the audio to a file. Raises OSError."""
        Path(path).write_bytes(self.audio)

    def play(self) -> None:
        """Play the audio with a player of this machine, to its end. Raises PlaybackError."""
        player = Player(self.format)
        try:
            player.write(self.audio)
            player.finish(self.seconds)
        finally:
            player.close()

    def to_numpy(self) -> "Samples":
        """Return the samples, from -1 to 1. Shape: (samples,). Raises UsageError for compressed formats."""
        return SampleDecoder(self.format).feed(self.audio)


def speech_of(audio: bytes, headers: Mapping[str, str]) -> Speech:
    """Return the speech of a whole file. Raises ValueError for headers that no Veena3 server sends."""
    rate = whole({"rate": int(headers.get("x-sample-rate", ""))}, "rate", least=1, most=MAX_RATE)
    return Speech(
        audio,
        string(headers, "x-format"),
        rate,
        seconds=float(headers["x-audio-seconds"]) if "x-audio-seconds" in headers else None,
        seed=int(headers["x-seed"]) if "x-seed" in headers else None,
        request_id=headers.get("x-request-id"),
        fields=dict(headers),
    )


def speech_of_json(fields: Mapping[str, Any], headers: Mapping[str, str]) -> Speech:
    """Return the speech of a whole file in JSON. Raises ValueError for fields that no Veena3 server sends."""
    seed = fields.get("seed")
    return Speech(
        base64.b64decode(string(fields, "audio_b64"), validate=True),
        string(headers, "x-format") if "x-format" in headers else "wav",
        whole(fields, "sample_rate", least=1, most=MAX_RATE),
        seconds=seconds(fields, "seconds"),
        seed=seed if isinstance(seed, int) else None,
        request_id=headers.get("x-request-id"),
        words=tuple(words_of(fields)),
        fields={name: value for name, value in fields.items() if name != "audio_b64"},
    )
