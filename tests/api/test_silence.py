"""A text without anything to speak is a short silence over every transport, and costs the engine nothing."""

import io
import json

import httpx
import numpy as np
import pytest
import soundfile

from audio.encoders import ENCODERS
from audio.silence import SILENCE_S
from tests.api.client import SPEAK, connected
from tests.api.test_sse import events_of, sound_of

TEXTS = ("...", "😀", "—", "[bored]")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("text", TEXTS)
def test_generate_gives_silence_when_nothing_can_be_spoken(common, text, stream):
    answer = common.generate(text=text, stream=stream, normalize_verbose=True)
    samples, rate = soundfile.read(io.BytesIO(answer.content))
    assert len(samples) == SILENCE_S * rate and not samples.any()
    assert answer.headers["x-text-chunks"] == "0" and answer.headers["x-spoken-text"] == ""
    assert float(answer.headers["x-ttfb-ms"]) > 0


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("format", ENCODERS)
def test_silence_is_a_valid_file_in_every_format(common, format, stream):
    answer = common.generate(text="...", stream=stream, format=format)
    assert answer.status_code == 200 and answer.content


def test_silence_has_its_length_at_every_speed_and_rate(common):
    for asked in ({"speed": 2.0}, {"speed": 0.25}, {"sample_rate": 44_100}, {"output": "48khz"}):
        answer = common.generate(text="...", format="pcm", **asked)
        assert len(answer.content) / 2 / int(answer.headers["x-sample-rate"]) == pytest.approx(SILENCE_S)


def test_json_answer_with_silence_has_no_chunks(common):
    body = {"text": "...", "speaker": "lipakshi"}
    told = httpx.post(f"{common.url}/v1/tts/generate", json=body, headers={"accept": "application/json"}).json()
    assert (told["seconds"], told["chunks"]) == (SILENCE_S, [])


def test_events_with_silence_are_complete(common):
    events = events_of(
        httpx.post(f"{common.url}/v1/tts/sse", json={"text": "...", "speaker": "lipakshi", "format": "pcm"}).text
    )
    kinds = [event["type"] for event in events]
    assert kinds[0] == "start" and kinds[-1] == "end" and set(kinds[1:-1]) == {"audio"}
    assert events[-1]["seconds"] == SILENCE_S and events[-1]["tokens"] == 0
    assert not np.frombuffer(sound_of(events), "<i2").any()


async def test_websocket_gives_silence_when_nothing_can_be_spoken(common):
    async with connected(common) as client:
        await client.socket.send(json.dumps(SPEAK | {"text": "..."}))
        assert (await client.until("end"))["seconds"] == SILENCE_S


def test_silence_runs_no_prompt_and_loses_no_audio(served):
    begun = served.metric("tokens_generated_total")
    assert served.generate(text="...", stream=True).status_code == 200
    assert served.metric("tokens_generated_total") == begun == 0
    assert served.metric("audio_duration_seconds_sum") == pytest.approx(SILENCE_S)
    stats = httpx.get(f"{served.url}/audio_debug_stats").json()
    assert stats["status"] == "ok" and not any(loss["loss_count"] for loss in stats["losses"])
