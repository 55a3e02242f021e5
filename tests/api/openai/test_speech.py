"""OpenAI's official client with a running server."""

import base64
import io
import json
from typing import get_args

import httpx
import numpy as np
import openai
import pytest
import soundfile

from api.openai.schemas import ResponseFormat, SpeechCreate
from audio.encoders import ENCODERS
from audio.silence import SILENCE_S
from tests.fakes import HOP

RATE = 24_000
MEDIA_TYPES = {
    **{"mp3": "audio/mpeg", "opus": "audio/ogg", "aac": "audio/aac", "flac": "audio/flac", "wav": "audio/wav"},
    **{"mp4": "audio/mp4", "webm": "audio/webm"},
    "pcm": "audio/pcm;rate=24000;channels=1",
    "pcm-f32": "audio/pcm;rate=24000;channels=1;encoding=float;bits=32",
}


@pytest.fixture
def client(common):
    with openai.OpenAI(base_url=f"{common.url}/v1", api_key="none", max_retries=0) as one:
        yield one


def create(client, **more):
    asked = {"model": "tts-1", "voice": "lipakshi", "input": "Hello there."} | more
    return client.audio.speech.create(**asked)


def seconds(common):
    return common.engine.length * HOP / 16_000


def test_route_takes_every_format_of_any_rate():
    assert set(get_args(ResponseFormat)) == {name for name, format in ENCODERS.items() if format.only_rate is None}


def test_every_format_has_its_media_type(client, common):
    for name in get_args(ResponseFormat):
        answer = create(client, response_format=name)
        assert answer.response.headers["content-type"] == MEDIA_TYPES[name] and len(answer.content) > 500
    assert create(client).response.headers["x-format"] == "mp3"
    wav = create(client, response_format="wav").content
    samples, rate = soundfile.read(io.BytesIO(wav))
    assert rate == RATE and len(samples) / rate == pytest.approx(seconds(common), abs=0.01)


def test_pcm_is_24_khz_and_equals_generate(client, common):
    told = create(client, response_format="pcm", extra_body={"seed": 5})
    ours = common.generate(seed=5, format="pcm", sample_rate=RATE, stream=True)
    assert told.content == ours.content
    shared = ("x-speaker", "x-sample-rate", "x-model-version", "x-stream")
    assert [told.response.headers[name] for name in shared] == [ours.headers[name] for name in shared]


def test_stream_false_gives_a_whole_file(client, common):
    answer = create(client, response_format="flac", extra_body={"stream": False})
    assert int(answer.response.headers["content-length"]) == len(answer.content)
    samples, rate = soundfile.read(io.BytesIO(answer.content))  # refuses a FLAC that does not know its length
    assert len(samples) == common.engine.length * HOP * RATE // 16_000 and rate == RATE


def test_flac_is_a_whole_file_unless_a_stream_is_asked_for(client):
    default, streamed = (create(client, response_format="flac", extra_body=more) for more in ({}, {"stream": True}))
    assert len(soundfile.read(io.BytesIO(default.content))[0]) > 0
    assert [answer.response.headers["x-stream"] for answer in (default, streamed)] == ["false", "true"]


def test_speed_applies_and_instructions_are_ignored(client, common):
    fast = create(client, response_format="pcm", speed=2, instructions="Speak like a pirate.")
    assert len(fast.content) / 2 / RATE == pytest.approx(seconds(common) / 2, rel=0.1)
    assert fast.response.headers["warning"] == '199 veena3 "without effect: instructions"'


@pytest.mark.parametrize("stream_format", ["audio", "sse"])
def test_unknown_fields_are_ignored_and_named_in_the_answer(client, stream_format):
    more = {"colour": 1, "user": "u-1", "text": "not spoken", 'a"b\r\n': 2, "stream_format": stream_format}
    answer = create(client, response_format="pcm", extra_body=more)
    assert answer.response.headers["warning"] == '199 veena3 "without effect: colour, user, text"'
    assert "warning" not in create(client, response_format="pcm").response.headers


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"speed": "2.0"}, "speed", 2.0),
        ({"speed": None, "instructions": None, "seed": None}, "speed", 1.0),
        ({"response_format": None}, "format", "mp3"),
        ({"model": None}, "model", None),
    ],
)
def test_request_takes_numbers_as_strings_and_null_as_left_out(change, field, value):
    asked = {"model": "tts-1", "voice": "lipakshi", "input": "Hello."} | change
    assert getattr(SpeechCreate.model_validate(asked), field) == value


def test_request_without_a_model_speaks_with_the_loaded_one(common):
    answer = httpx.post(f"{common.url}/v1/audio/speech", json={"voice": "lipakshi", "input": "Hello."})
    assert answer.status_code == 200 and answer.headers["x-seed"].isdigit()


def test_input_without_anything_to_speak_is_a_silence(client):
    pcm = create(client, input="...", response_format="pcm").content
    assert len(pcm) / 2 / RATE == SILENCE_S and not any(pcm)


@pytest.mark.parametrize("voice", ["nova", {"id": "lipakshi"}, "lipakshi"])
def test_voice_is_given_by_alias_id_or_object(client, voice):
    answer = create(client, voice=voice)
    assert answer.response.headers["x-speaker"]


def test_openai_voices_are_aliases(client, common):
    by_alias = {
        alias: voice["id"]
        for voice in httpx.get(f"{common.url}/v1/voices").json()["voices"]
        for alias in voice["aliases"]
    }
    for name in "alloy ash ballad cedar coral echo fable marin nova onyx sage shimmer verse".split():
        assert create(client, voice=name).response.headers["x-speaker"] == by_alias[name]
        assert create(client, voice=name.upper()).response.headers["x-speaker"] == by_alias[name]


def test_stream_arrives_while_it_is_generated(served):
    """The first bytes arrive although the engine never ends."""
    served.engine.forever, served.engine.delay_s = True, 0.001
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key="none") as client:
        asked = {"model": "tts-1", "voice": "lipakshi", "input": "Hello.", "response_format": "pcm"}
        with client.audio.speech.with_streaming_response.create(**asked) as answer:
            pieces = answer.iter_bytes(1024)
            assert len(next(pieces)) == 1024 and served.engine.unfinished == 1
    served.until(lambda: served.engine.unfinished == 0)


async def test_async_client_streams(common):
    async with openai.AsyncOpenAI(base_url=f"{common.url}/v1", api_key="none", max_retries=0) as client:
        asked = {"model": "gpt-4o-mini-tts", "voice": "lipakshi", "input": "Hello there.", "response_format": "pcm"}
        whole = await client.audio.speech.create(**asked, extra_body={"seed": 1})
        async with client.audio.speech.with_streaming_response.create(**asked, extra_body={"seed": 1}) as answer:
            assert b"".join([piece async for piece in answer.iter_bytes()]) == whole.content


def events_of(lines) -> list[dict]:
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]


def test_events_hold_the_audio_and_end_with_usage(client):
    asked = {"model": "gpt-4o-mini-tts", "voice": "lipakshi", "input": "Hello there.", "response_format": "pcm"}
    with client.audio.speech.with_streaming_response.create(
        **asked, stream_format="sse", extra_body={"seed": 2}
    ) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        *deltas, done = events_of(answer.iter_lines())
    assert {event["type"] for event in deltas} == {"speech.audio.delta"}
    sound = b"".join(base64.b64decode(event["audio"]) for event in deltas)
    assert sound == create(client, response_format="pcm", extra_body={"seed": 2}).content
    usage = done["usage"]
    assert done["type"] == "speech.audio.done" and usage["input_tokens"] > 0 and usage["output_tokens"] > 0
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]


def test_failure_is_the_last_event_and_breaks_audio_off(served):
    served.engine.fail_after = 40
    asked = {"model": "tts-1", "voice": "lipakshi", "input": "Hello.", "response_format": "pcm"}
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key="none") as client:
        with client.audio.speech.with_streaming_response.create(**asked, stream_format="sse") as answer:
            *_, last = events_of(answer.iter_lines())
        assert last["type"] == "error" and last["error"]["code"] == "gpu_fault"
        served.engine.dead = False
        with pytest.raises(openai.APIConnectionError):
            client.with_options(max_retries=0).audio.speech.create(**asked)


def test_models_are_found_by_every_name(client, common):
    names = [model.id for model in client.models.list()]
    assert names[0] == "veena3-built" and "gpt-4o-mini-tts" in names
    for name in names:
        assert client.models.retrieve(name).id == name
        assert create(client, model=name).content
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("whisper-1")
    assert caught.value.code == "model_not_found" and caught.value.param == "model"


WRONG = {
    "model": ({"model": "gpt-9"}, openai.NotFoundError, "model_not_found", "model", "must be one of veena3-built"),
    "voice": ({"voice": "nobody"}, openai.BadRequestError, "invalid_speaker", "voice", "known are lipakshi"),
    "voice object": ({"voice": {"ID": "x"}}, openai.BadRequestError, "validation_error", "voice", "string"),
    "empty input": ({"input": "  "}, openai.BadRequestError, "validation_error", "input", "at least 1 character"),
    "long input": ({"input": "a" * 4097}, openai.BadRequestError, "text_too_long", "input", "at most 4096"),
    "control": ({"input": "a\x07"}, openai.BadRequestError, "validation_error", "input", "control characters"),
    "format": ({"response_format": "mulaw"}, openai.BadRequestError, "validation_error", "response_format", "'mp3'"),
    "speed": ({"speed": 5}, openai.BadRequestError, "validation_error", "speed", "less than or equal to 4"),
    "stream format": ({"stream_format": "x"}, openai.BadRequestError, "validation_error", "stream_format", "'sse'"),
    "speed in words": ({"speed": "fast"}, openai.BadRequestError, "validation_error", "speed", "number"),
    "speed as nan": ({"speed": "nan"}, openai.BadRequestError, "validation_error", "speed", "number"),
}


@pytest.mark.parametrize("case", WRONG)
def test_errors_have_openai_form(client, case):
    change, kind, code, param, words = WRONG[case]
    with pytest.raises(kind) as caught:
        create(client, **change)
    error = caught.value
    assert (error.code, error.type, error.request_id is not None) == (code, "invalid_request_error", True)
    assert param is None or error.param == param
    assert words in error.body["message"] and "\n" not in error.body["message"]
    assert set(error.body) == {"message", "type", "param", "code"}


def test_routing_and_server_errors_have_openai_form(served):
    def shape_of(answer):
        assert set(answer.json()) == {"error"}
        return answer.status_code, answer.json()["error"]["type"], answer.json()["error"]["code"]

    url = f"{served.url}/v1/audio/speech"
    assert shape_of(httpx.get(url)) == (405, "invalid_request_error", "method_not_allowed")
    assert shape_of(httpx.post(url, content=b"{")) == (400, "invalid_request_error", "validation_error")
    assert shape_of(httpx.post(url, content=b"x" * 2_000_000)) == (413, "invalid_request_error", "payload_too_large")
    assert shape_of(httpx.get(f"{url}/nothing")) == (404, "invalid_request_error", "not_found")
    served.engine.dead = True
    asked = {"model": "tts-1", "voice": "lipakshi", "input": "Hello."}
    assert shape_of(httpx.post(url, json=asked)) == (503, "server_error", "gpu_fault")
    assert shape_of(httpx.get(f"{served.url}/v1/models")) == (503, "server_error", "gpu_fault")


def test_audio_is_not_silent(client):
    samples = np.frombuffer(create(client, response_format="pcm").content, "<i2")
    assert np.abs(samples).max() > 500
