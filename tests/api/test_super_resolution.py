"""Super-resolution on a running server, with a real AP-BWE of small dimensions, over every transport."""

import base64
import io
import json
import wave
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
import torch
from websockets.sync.client import connect

from core.superres.config import SuperResConfig
from core.superres.generator import Generator
from services.sound import open_super_resolution
from shared.config import Settings
from shared.errors import CheckpointInvalid
from tests.api.conftest import Served, serving
from tests.fakes import HOP, FakeEngine

CONFIG = {"n_fft": 1024, "hop_size": 80, "win_size": 320, "ConvNeXt_channels": 16, "ConvNeXt_layers": 2}
RATES = {"lr_sampling_rate": 16_000, "hr_sampling_rate": 48_000}
CPU = torch.device("cpu")


def write_checkpoint(directory, **changes):
    directory.mkdir(exist_ok=True)
    (directory / "config.json").write_text(json.dumps(CONFIG | RATES | changes))
    torch.manual_seed(0)
    generator = Generator(SuperResConfig.read(directory / "config.json"))
    with torch.no_grad():
        generator.linear_post_mag.bias[180:] += 6  # raise the bins above 8 kHz above the noise floor
    torch.save({"generator": dict(generator.state_dict())}, directory / "g_16kto48k")
    return directory


@pytest.fixture(scope="module")
def wide(tiny, tmp_path_factory) -> Iterator[Served]:
    directory = write_checkpoint(tmp_path_factory.mktemp("wide"))
    settings = Settings(window_first=4, window_lookahead=3, super_resolution=directory)
    with serving(tiny, FakeEngine(tiny.vocabulary), settings) as one:
        yield one


def band(samples, rate):
    """Return the share of the energy above 9 kHz, beyond the resampler's transition band."""
    power = np.abs(np.fft.rfft(samples.astype(np.float64))) ** 2
    return power[len(power) * 18_000 // rate :].sum() / power.sum()


def read(content):
    with wave.open(io.BytesIO(content)) as file:
        return file.getframerate(), np.frombuffer(file.readframes(file.getnframes()), np.int16)


@pytest.mark.parametrize("stream", [False, True])
def test_48_khz_output_has_energy_above_8_khz(wide, common, stream):
    answer = wide.generate(output="48khz", seed=1, stream=stream)
    assert answer.headers["x-sr-applied"] == "true" and answer.headers["x-sample-rate"] == "48000"
    rate, samples = read(answer.content)
    assert rate == 48_000 and len(samples) == 3 * wide.engine.length * HOP
    plain = common.generate(output="48khz", seed=1, stream=stream)
    assert plain.headers["x-sr-applied"] == "false"
    rate, resampled = read(plain.content)
    assert rate == 48_000 and abs(len(resampled) - len(samples)) <= 3
    assert band(samples, rate) > 1e-3 > 1e-5 > band(resampled, rate)


def alike(pcm, other):
    """Return whether two answers differ by less than 40 dB: int8 scales depend on the pieces."""
    a, b = (np.frombuffer(content, np.int16).astype(float) for content in (pcm, other))
    return len(a) == len(b) and np.sum((a - b) ** 2) < 1e-4 * np.sum(a**2)


def test_streamed_and_whole_super_resolution_give_the_same_audio(wide):
    streamed, whole = (wide.generate(output="48khz", seed=1, stream=stream, format="pcm") for stream in (True, False))
    assert alike(streamed.content, whole.content)


def test_rate_and_speed_apply_after_super_resolution(wide):
    answer = wide.generate(output="48khz", sample_rate=24_000, speed=2.0, seed=1)
    rate, samples = read(answer.content)
    assert answer.headers["x-sr-applied"] == "true" and rate == 24_000
    assert len(samples) / rate == pytest.approx(wide.engine.length * HOP / 16_000 / 2, rel=0.05)


@pytest.mark.parametrize(
    "asked", [{}, {"output": "48khz", "sample_rate": 16_000}, {"output": "48khz", "format": "mulaw"}]
)
def test_super_resolution_does_not_run_for_rates_up_to_16_khz(wide, asked):
    assert wide.generate(seed=1, **asked).headers["x-sr-applied"] == "false"


def test_health_and_metrics_report_super_resolution(wide, common):
    told, metrics = httpx.get(f"{wide.url}/health").json(), httpx.get(f"{wide.url}/metrics").text
    assert told["super_resolution_loaded"] is True and told["super_resolution_mode"] in ("int8", "fast")
    assert "veena3_tts_super_resolution_loaded 1.0\n" in metrics
    assert f'veena3_tts_super_resolution_info{{mode="{told["super_resolution_mode"]}"}} 1.0\n' in metrics
    assert httpx.get(f"{common.url}/health").json()["super_resolution_mode"] is None


def test_every_transport_gives_the_same_audio(wide):
    body = {"text": "Hello there.", "speaker": "lipakshi", "output": "48khz", "seed": 1, "format": "pcm"}
    expected = wide.generate(**body, stream=True).content
    events = httpx.post(f"{wide.url}/v1/tts/sse", json=body).text.split("\n\n")
    told = [json.loads(line[6:]) for event in events for line in event.split("\n") if line.startswith("data: ")]
    start = told[0]
    assert start["sample_rate"] == 48_000 and start["sr_applied"] is True
    assert alike(b"".join(base64.b64decode(one["audio"]) for one in told if "audio" in one), expected)
    with connect(f"ws://127.0.0.1:{wide.port}/v1/tts/ws") as socket:
        socket.send(json.dumps(body | {"type": "speak"}))
        sound = b""
        while isinstance(message := socket.recv(timeout=30), bytes) or json.loads(message)["type"] != "end":
            if isinstance(message, bytes):
                sound += message
            elif json.loads(message)["type"] == "start":
                assert json.loads(message)["sr_applied"] is True
    assert alike(sound, expected)


def test_leaving_frees_the_engine(tiny, tmp_path):
    settings = Settings(window_first=4, window_lookahead=3, super_resolution=write_checkpoint(tmp_path / "wide"))
    with serving(tiny, FakeEngine(tiny.vocabulary, forever=True), settings) as served:
        body = {"text": "Hello.", "speaker": "lipakshi", "output": "48khz", "stream": True}
        with httpx.stream("POST", f"{served.url}/v1/tts/generate", json=body) as answer:
            next(answer.iter_bytes(4096))
        served.until(lambda: served.engine.unfinished == 0, within_s=5)
        assert served.engine.abandoned == 1


async def refusal(directory):
    with pytest.raises(CheckpointInvalid) as caught:
        async with open_super_resolution(Settings(super_resolution=directory), CPU, rate=16_000):
            pass
    assert "\n" not in str(caught.value) and str(directory) in str(caught.value)
    return str(caught.value)


async def test_unreadable_super_resolution_fails_in_one_line(tmp_path):
    assert "config.json" in await refusal(tmp_path / "nowhere")
    assert "found none" in await refusal(_without_weights(tmp_path / "bare"))
    spoilt = write_checkpoint(tmp_path / "spoilt")
    (spoilt / "g_16kto48k").write_bytes(b"no weights")
    assert "g_16kto48k: not a readable checkpoint" in await refusal(spoilt)
    assert "takes 8000 Hz, and the voice has 16000" in await refusal(
        write_checkpoint(tmp_path / "low", lr_sampling_rate=8000)
    )


def _without_weights(directory):
    (write_checkpoint(directory) / "g_16kto48k").unlink()
    return directory


async def test_super_resolution_is_not_loaded_by_default():
    async with open_super_resolution(Settings(), CPU, rate=16_000) as nothing:
        assert nothing is None
