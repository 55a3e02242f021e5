import base64
import io
import itertools
import time
import wave
from concurrent.futures import ThreadPoolExecutor

import av
import httpx
import numpy as np
import pytest
import soundfile

from audio.encoders import ENCODERS
from tests.fakes import HOP

MEDIA_TYPE_AND_BEGINNING = {
    **{"wav": ("audio/wav", b"RIFF"), "mulaw": ("audio/wav", b"RIFF"), "opus": ("audio/ogg", b"OggS")},
    **{"mp3": ("audio/mpeg", b""), "flac": ("audio/flac", b"fLaC"), "aac": ("audio/aac", b"\xff\xf1")},
    **{"mp4": ("audio/mp4", b"\0\0\0"), "webm": ("audio/webm", b"\x1aE\xdf\xa3"), "mulaw-raw": ("audio/basic", b"")},
}
"""A new format: its media type, and the first bytes of a file; without `pcm`, which no decoder recognises."""


def samples_of(body: bytes) -> np.ndarray:
    with wave.open(io.BytesIO(body)) as file:
        return np.frombuffer(file.readframes(10**9), "<i2")


def test_whole_file_is_exact_and_described_by_its_headers(common):
    answer = common.generate(seed=7)
    assert answer.status_code == 200
    h = answer.headers
    assert h["content-type"] == "audio/wav"
    assert int(h["content-length"]) == int(h["x-audio-bytes"]) == len(answer.content)
    samples, rate = soundfile.read(io.BytesIO(answer.content), dtype="int16")
    assert rate == 16_000 and len(samples) == common.engine.length * HOP
    np.testing.assert_array_equal(samples, samples_of(answer.content))
    assert float(h["x-audio-seconds"]) == pytest.approx(len(samples) / rate, abs=1e-3)
    expected = {
        **{"x-seed": "7", "x-speaker": "lipakshi", "x-format": "wav", "x-sample-rate": "16000", "x-stream": "false"},
        **{"x-text-chunked": "false", "x-text-chunks": "1", "x-chunking-enabled": "true", "x-sr-applied": "false"},
    }
    assert {name: h[name] for name in expected} == expected
    assert h["x-model-version"] == "veena3-built-1" and h["x-app-version"] and h["x-request-id"]
    assert float(h["x-ttfb-ms"]) > 0 and float(h["x-rtf"]) > 0
    assert [part.split(";")[0] for part in h["server-timing"].split(", ")] == [
        *("queue", "normalize", "first_token", "first_audio")
    ]


def test_streamed_and_whole_give_the_same_samples_for_the_same_seed(common):
    whole = common.generate(seed=3).content
    streamed = common.generate(seed=3, stream=True)
    assert "content-length" not in streamed.headers
    np.testing.assert_array_equal(samples_of(streamed.content), samples_of(whole))
    read, _ = soundfile.read(io.BytesIO(streamed.content), dtype="int16")
    np.testing.assert_array_equal(read, samples_of(whole))
    assert common.generate(seed=4).content != whole


def test_answer_without_a_seed_has_a_random_one_in_its_header(common):
    first, second = common.generate(), common.generate()
    assert first.headers["x-seed"] != second.headers["x-seed"]
    assert common.generate(seed=int(first.headers["x-seed"])).content == first.content


def test_first_audio_arrives_before_the_last_token(served):
    served.engine.length, served.engine.delay_s, served.engine.batch = 100, 0.01, 1
    begun = time.perf_counter()
    with httpx.stream(
        "POST",
        f"{served.url}/v1/tts/generate",
        json={"text": "Slowly.", "speaker": "lipakshi", "stream": True},
    ) as answer:
        arrivals = [time.perf_counter() - begun for _ in answer.iter_raw()]
    assert arrivals[0] < 0.4 * arrivals[-1]
    assert arrivals[-1] > 1.0
    assert len(arrivals) >= 4


def test_json_answer_has_the_position_of_each_chunk(common):
    text = " ".join(f"Sentence number {word} is spoken here." for word in ["one", "two", "three", "four"] * 5)
    body = {"text": text, "speaker": "lipakshi", "seed": 1, "normalize_verbose": True}
    answer = httpx.post(f"{common.url}/v1/tts/generate", json=body, headers={"Accept": "application/json"})
    assert answer.headers["content-type"] == "application/json"
    told = answer.json()
    audio = base64.b64decode(told["audio_b64"])
    assert told["content_type"] == "audio/wav" and told["sample_rate"] == 16_000 and told["seed"] == 1
    assert told["seconds"] == pytest.approx(len(samples_of(audio)) / 16_000)
    chunks = told["chunks"]
    assert len(chunks) > 1 and [c["index"] for c in chunks] == list(range(len(chunks)))
    assert "".join(c["text"] for c in chunks) == told["spoken_text"]
    assert chunks[0]["start_s"] == 0 and chunks[-1]["end_s"] == pytest.approx(told["seconds"])
    assert all(a["end_s"] == b["start_s"] for a, b in itertools.pairwise(chunks))
    assert int(answer.headers["x-text-chunks"]) == len(chunks)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("asked", "rate", "ratio"),
    [
        ({"output": "48khz"}, 48_000, 1.0),
        ({"sample_rate": 8000}, 8000, 1.0),
        ({"sample_rate": 44_100, "speed": 2.0}, 44_100, 0.5),
        ({"speed": 0.5}, 16_000, 2.0),
    ],
)
def test_rate_and_speed_set_the_duration(common, stream, asked, rate, ratio):
    answer = common.generate(seed=1, stream=stream, **asked)
    with wave.open(io.BytesIO(answer.content)) as file:
        assert file.getframerate() == rate
    seconds = len(samples_of(answer.content)) / rate
    assert seconds == pytest.approx(ratio * common.engine.length * HOP / 16_000, rel=0.03)
    assert answer.headers["x-sr-applied"] == "false" and answer.headers["x-sample-rate"] == str(rate)


def test_pcm_is_the_wav_without_its_header(common):
    wav, pcm = common.generate(seed=5), common.generate(seed=5, format="pcm")
    assert pcm.headers["content-type"] == "audio/pcm;rate=16000;channels=1"
    assert wav.content[44:] == pcm.content
    exact = common.generate(seed=5, format="pcm-f32")
    assert exact.headers["content-type"].startswith("audio/pcm;rate=16000;channels=1;encoding=float")
    np.testing.assert_array_equal(
        np.rint(np.frombuffer(exact.content, "<f4") * 32767), np.frombuffer(pcm.content, "<i2")
    )
    mulaw, raw = common.generate(seed=5, format="mulaw"), common.generate(seed=5, format="mulaw-raw")
    assert raw.headers["content-type"] == "audio/basic" and mulaw.content.endswith(b"data" + size_of(raw) + raw.content)


def size_of(answer):
    return len(answer.content).to_bytes(4, "little")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("format", [name for name in ENCODERS if name not in ("pcm", "pcm-f32", "mulaw-raw")])
def test_every_format_decodes_streamed_and_whole(common, format, stream):
    type_, begins = MEDIA_TYPE_AND_BEGINNING[format]
    answer = common.generate(seed=5, format=format, stream=stream)
    assert answer.status_code == 200 and answer.headers["content-type"] == type_
    assert answer.headers["x-format"] == format and answer.content.startswith(begins)
    assert answer.headers["x-sample-rate"] == str(ENCODERS[format].only_rate or 16_000)
    with av.open(io.BytesIO(answer.content)) as file:
        frames = list(file.decode(audio=0))
    seconds = sum(frame.samples for frame in frames) / frames[0].sample_rate
    assert seconds == pytest.approx(common.engine.length * HOP / 16_000, abs=0.15)


def test_long_text_without_chunking_has_a_warning(common):
    text = "word " * 100
    answer = common.generate(text=text, chunking=False)
    assert answer.headers["warning"].startswith("199") and answer.headers["x-text-chunks"] == "1"
    assert "warning" not in common.generate(text=text).headers


def test_concurrent_requests_give_the_same_audio_as_single_ones(common):
    alone = [common.generate(seed=n).content for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda n: common.generate(seed=n).content, range(6)))
    assert alone == together


def test_openapi_describes_the_contract(common):
    described = httpx.get(f"{common.url}/openapi.json").json()
    operation = described["paths"]["/v1/tts/generate"]["post"]
    assert set(operation["responses"]) == {"200", "400", "401", "403", "404", "413", "429", "500", "503", "504"}
    request = described["components"]["schemas"]["GenerateRequest"]
    assert request["additionalProperties"] is False and set(request["required"]) == {"text"}
    defaults = {name: field["default"] for name, field in request["properties"].items() if field.get("default")}
    reading = {"date_order": "dmy", "number_scale": "auto", "repeated_digits": "single"}
    rest = {"format": "wav", "output": "16khz", "normalize": True, "chunking": True, "speed": 1.0}
    assert defaults == reading | rest | {"input_type": "text"}
