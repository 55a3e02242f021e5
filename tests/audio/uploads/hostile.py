"""Sixty uploads of which no voice can be made, each for a reason of its own."""

import gzip
import io
import json
import struct
import zipfile
from collections.abc import Iterator

import av
import numpy as np

from tests.cloning_checkpoint import sound_file, speech_like

MIB = 1024 * 1024
RATE = 16_000


def hostile_uploads() -> dict[str, bytes]:
    """Return the uploads by name."""
    return dict([*_other_types(), *_playlists(), *_wrong_headers(), *_wrong_samples(), *_damaged(), *_bombs()])


def wav_header(
    *, tag: int = 1, channels: int = 1, rate: int = RATE, bits: int = 16, data: bytes = b"", size: int | None = None
) -> bytes:
    """Return a WAV whose header says what the caller wants."""
    block = max(1, channels * bits // 8) & 0xFFFF
    form = struct.pack("<HHIIHH", tag, channels, rate & 0xFFFFFFFF, (rate * block) & 0xFFFFFFFF, block, bits)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form
    body += b"data" + struct.pack("<I", len(data) if size is None else size) + data
    return b"RIFF" + struct.pack("<I", len(body) & 0xFFFFFFFF) + body


def encoded(wave: np.ndarray, container: str, codec: str, *, rate: int = RATE) -> bytes:
    """Return `wave` in a container of FFmpeg's."""
    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate, layout="mono")
        samples = np.clip(wave * 32767, -32768, 32767).astype(np.int16)
        for start in range(0, len(samples), 48_000):
            frame = av.AudioFrame.from_ndarray(samples[None, start : start + 48_000], "s16", "mono")
            frame.sample_rate = rate
            for packet in stream.encode(frame):
                output.mux(packet)
        for packet in stream.encode(None):
            output.mux(packet)
    return file.getvalue()


def _other_types() -> Iterator[tuple[str, bytes]]:
    yield "empty", b""
    yield "one byte", b"R"
    yield "html", b"<!doctype html><html><body>" + b"<p>voice</p>" * 1000
    yield "json", json.dumps({"audio": [0.0] * 1000}).encode()
    yield "svg", b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'
    yield (
        "png",
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 65535, 65535, 8, 6, 0, 0, 0) + bytes(500),
    )
    yield "gif", b"GIF89a" + struct.pack("<HH", 65535, 65535) + bytes(1000)
    yield "pdf", b"%PDF-1.7\n" + b"1 0 obj\n<<>>\nendobj\n" * 200
    yield "elf", b"\x7fELF" + bytes(4000)
    yield "script", b"#!/bin/sh\nrm -rf /\n"
    yield "subtitles", b"1\n00:00:01,000 --> 00:00:04,000\nHello\n" * 50
    yield "random", np.random.default_rng(1).bytes(MIB)
    yield "zip", _zipped(b"voice" * 1000)
    yield "video without sound", _video()


def _playlists() -> Iterator[tuple[str, bytes]]:
    yield "hls of a file", b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
    yield (
        "hls of an address",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:1/a.ts\n#EXT-X-ENDLIST\n",
    )
    yield "ffconcat", b"ffconcat version 1.0\nfile '/etc/passwd'\n"
    yield "dash", b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>file:///</BaseURL></MPD>'
    yield "sdp", b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n"
    yield "smooth streaming", b'<?xml version="1.0"?><SmoothStreamingMedia MajorVersion="2"></SmoothStreamingMedia>'


def _wrong_headers() -> Iterator[tuple[str, bytes]]:
    sound = (speech_like() * 32767).astype("<i2").tobytes()
    yield "no samples", wav_header()
    yield "32 channels", wav_header(channels=32, data=sound)
    yield "65535 channels", wav_header(channels=65535, data=sound)
    yield "no channels", wav_header(channels=0, data=sound)
    yield "rate 0", wav_header(rate=0, data=sound)
    yield "rate 1", wav_header(rate=1, data=sound)
    yield "rate 4 GHz", wav_header(rate=0xFFFFFFFF, data=sound)
    yield "0 bits", wav_header(bits=0, data=sound)
    yield "255 bits", wav_header(bits=255, data=sound)
    yield "unknown codec", wav_header(tag=0x1234, data=sound)
    yield "header alone, huge size", wav_header(size=0xFFFFFFFF)
    yield "no fmt", b"RIFF" + struct.pack("<I", 5000) + b"WAVEdata" + struct.pack("<I", 4000) + sound[:4000]
    yield "lists without end", b"RIFF\xff\xff\xff\xffWAVE" + b"LIST\x00\x00\x00\x00" * 20_000
    yield "au of huge offset", b".snd" + struct.pack(">IIIII", 0xFFFFFFF0, 1000, 3, RATE, 1) + bytes(1000)
    yield (
        "aiff of infinite rate",
        b"FORM" + struct.pack(">I", 60) + b"AIFFCOMM" + struct.pack(">IhIh", 18, 1, 9, 16) + b"\x7f\xff" * 5,
    )
    yield "flac of 2^36 samples", b"fLaC\x80\x00\x00\x22" + bytes(10) + b"\x03\xe8\x00\xff" + b"\xff" * 4 + bytes(16)
    yield (
        "mp4 of a huge table",
        struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"M4A ", 0, b"M4A ", b"isom")
        + struct.pack(">I4s", 0x7FFFFFFF, b"moov")
        + b"\xff" * 5000,
    )
    yield "matroska of a huge element", b"\x1aE\xdf\xa3\x01\xff\xff\xff\xff\xff\xff\xfe" + b"\xff" * 5000
    yield "id3 of 256 MiB", b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + bytes(5000)


def _wrong_samples() -> Iterator[tuple[str, bytes]]:
    speech, random = speech_like(), np.random.default_rng(2)
    yield "nan", _floats(np.where(np.arange(len(speech)) == 500, np.nan, speech))
    yield "all nan", _floats(np.full(RATE * 5, np.nan))
    yield "infinite", _floats(np.where(np.arange(len(speech)) == 500, np.inf, speech))
    yield "1e30", _floats(speech * 1e30)
    yield "silence", sound_file(np.zeros(RATE * 8))
    yield "constant", sound_file(np.full(RATE * 8, 0.5))
    yield "white noise", sound_file(random.standard_normal(RATE * 8) * 0.1)
    yield "too quiet", sound_file(speech * 0.001)
    yield "clipped", sound_file(np.clip(speech * 30, -1, 1))
    yield "too short", sound_file(speech[: RATE // 2])
    yield "one sample", sound_file(np.array([0.5]))
    yield "a click", sound_file(np.where(np.arange(RATE * 8) == 9, 1.0, 0.0))
    yield "61 s", sound_file(np.tile(speech, 11))


def _damaged() -> Iterator[tuple[str, bytes]]:
    speech = speech_like(seconds=8)
    mp3, ogg, flac = (sound_file(speech, format=name) for name in ("MP3", "OGG", "FLAC"))
    yield "mp3 cut", mp3[:500]
    yield "ogg cut", ogg[:2000]
    yield "flac cut", flac[:6000]
    yield "mp4 without its table", encoded(speech, "mp4", "aac")[:5000]
    yield "webm cut", encoded(speech, "webm", "libopus", rate=48_000)[:600]
    yield "wav in reverse", sound_file(speech)[::-1]


def _bombs() -> Iterator[tuple[str, bytes]]:
    yield "gzip bomb", gzip.compress(bytes(50 * MIB))
    yield "zip bomb", _zipped(bytes(50 * MIB))
    minute = encoded(np.zeros(8_000 * 60), "flac", "flac", rate=8_000)
    yield "10 h of flac", minute + minute[minute.index(b"\xff\xf8", 42) :] * 599
    yield "22 minutes of telephone", wav_header(tag=7, rate=8_000, bits=8, data=bytes(10 * MIB))
    yield "10 MiB of zeros", bytes(10 * MIB)
    yield "10 MiB of sync words", b"\xff\xfb\x90\x00" * (10 * MIB // 4)


def _floats(wave: np.ndarray) -> bytes:
    return wav_header(tag=3, bits=32, data=wave.astype("<f4").tobytes())


def _zipped(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../voice.wav", data)
    return file.getvalue()


def _video() -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="avi") as output:
        stream = output.add_stream("mjpeg", rate=25)
        stream.width = stream.height = 16
        stream.pix_fmt = "yuvj420p"
        for packet in stream.encode(av.VideoFrame(16, 16, "yuvj420p")):
            output.mux(packet)
        for packet in stream.encode(None):
            output.mux(packet)
    return file.getvalue()
