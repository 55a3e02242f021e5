"""Decode an uploaded recording under limits. The bytes are hostile: `process.py` runs this in a process of its own."""

import io
import time
from collections.abc import Iterator
from dataclasses import dataclass

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError

from audio.reference import Waveform
from shared.errors import RecordingUnusable

CONTAINERS = (
    "wav,w64,aiff,caf,au,voc,mp3,flac,ogg,aac,ac3,eac3,amr,gsm,tta,wv,ape,"
    "matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,asf,avi,flv,mpeg,mpegts,nut"
)
"""FFmpeg's names of the containers that are read. Playlists are not among them: they name other files and addresses."""
MAX_CHANNELS = 8
"""Largest number of channels. Chosen: it bounds the memory of a short file."""
RATES = (4_000, 384_000)
"""Smallest and largest rate in Hz. Chosen: below a telephone's, above a studio's."""
DECODE_S = 10.0
"""Seconds that decoding may take. Chosen: 60 s of sound take less than one."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """First channel of a recording (N,), in [-1, 1] unless it is float, at `rate` Hz."""

    wave: Waveform
    rate: int
    channels: int


def decode_recording(data: bytes, *, max_s: float) -> Decoded:
    """Return the first channel of the first audio stream.

    Raises RecordingUnusable for data that are no sound, are damaged, empty or longer than `max_s` seconds, have too
    many channels, an odd rate or samples that are not finite.
    """
    if not data:
        raise RecordingUnusable("audio: the file is empty")
    pieces: list[Waveform] = []
    rate = channels = length = 0
    deadline = time.monotonic() + DECODE_S
    for piece, rate, channels in _pieces(data):  # noqa: B007 - the last ones are used below
        pieces.append(piece)
        length += len(piece)
        if length > max_s * rate:
            raise RecordingUnusable(f"audio: longer than {max_s:g} s")
        if time.monotonic() > deadline:
            raise RecordingUnusable(f"audio: decoding takes longer than {DECODE_S:g} s")
    if not length:
        raise RecordingUnusable("audio: the file holds no sound")
    wave = np.concatenate(pieces)
    if not np.isfinite(wave).all():
        raise RecordingUnusable("audio: holds samples that are not finite")
    return Decoded(wave, rate, channels)


def _pieces(data: bytes) -> Iterator[tuple[Waveform, int, int]]:
    """Yield the first channel of each frame, with rate and channels. Raises RecordingUnusable."""
    try:
        with av.open(
            io.BytesIO(data), "r", options={"format_whitelist": CONTAINERS}, metadata_errors="replace"
        ) as file:
            if not file.streams.audio:
                raise RecordingUnusable("audio: the file has no audio stream")
            stream = file.streams.audio[0]
            yield from _frames(file, stream)
    except RecordingUnusable:
        raise
    except FFmpegError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise RecordingUnusable(f"audio: not a readable sound file ({reason:.100})") from None
    except (ValueError, OverflowError, AttributeError) as error:
        raise RecordingUnusable(f"audio: not a readable sound file ({type(error).__name__})") from None


def _frames(file: InputContainer, stream: AudioStream) -> Iterator[tuple[Waveform, int, int]]:
    form: tuple[int, int] | None = None
    for frame in file.decode(stream):
        channels, rate = len(frame.layout.channels), frame.sample_rate
        if channels > MAX_CHANNELS:
            raise RecordingUnusable(f"audio: {channels} channels; at most {MAX_CHANNELS} are read")
        if not RATES[0] <= rate <= RATES[1]:
            raise RecordingUnusable(f"audio: a rate of {rate} Hz; {RATES[0]} to {RATES[1]} Hz are read")
        if form is not None and form != (channels, rate):
            raise RecordingUnusable("audio: rate or channels change within the file")
        form = channels, rate
        yield _first_channel(frame, channels), rate, channels


def _first_channel(frame: av.AudioFrame, channels: int) -> Waveform:
    samples = frame.to_ndarray()
    one = samples[0] if frame.format.is_planar else samples.reshape(-1)[::channels]
    if one.dtype == np.uint8:
        return (one.astype(np.float64) - 128) / 128
    if np.issubdtype(one.dtype, np.integer):
        return one.astype(np.float64) / -float(np.iinfo(one.dtype).min)
    return one.astype(np.float64)
