"""`reference_audio` and mixes on the WebSocket and on OpenAI's route."""

import asyncio
import base64
import json
from contextlib import asynccontextmanager

import openai
import pytest
from websockets.asyncio.client import connect

from services.voices import inline
from tests.api.client import Client
from tests.api.voices.conftest import RECORDING
from tests.cloning_checkpoint import sound_file, speech_like
from veena3_client import AsyncVeena3

TEXT = {"text": "Hello there.", "format": "pcm", "seed": 7}
SPOKEN = {"reference_audio": base64.b64encode(RECORDING).decode(), "consent": True}
MIX = "lipakshi(2)+reet"


@asynccontextmanager
async def socket_of(client):
    """Open a socket with the key of an HTTP client."""
    url = str(client.base_url).replace("http", "ws", 1).rstrip("/")
    async with connect(f"{url}/v1/tts/ws", additional_headers={"X-API-Key": client.headers["x-api-key"]}) as socket:
        yield Client(socket)


def generated(client, **fields) -> bytes:
    answer = client.post("/v1/tts/generate", json=TEXT | fields)
    assert answer.status_code == 200, answer.text
    return answer.content


async def test_context_speaks_with_its_recording_and_so_does_the_next_one_without_options(voices):
    whole = await asyncio.to_thread(generated, voices.mine, **SPOKEN)
    async with socket_of(voices.mine) as client:
        await client.send(type="speak", context_id="a", **TEXT, **SPOKEN)
        await client.until("end", "a")
        await client.send(type="text", context_id="b", text=TEXT["text"])
        await client.send(type="end", context_id="b")
        await client.until("end", "b")
    assert b"".join(client.audio["a"]) == b"".join(client.audio["b"]) == whole
    assert {event["speaker"] for event in client.events if event["type"] == "start"} == {"inline"}


async def test_transcribed_recording_opens_a_context_for_text(voices):
    asked = SPOKEN | {"reference_text": "A true transcript."}
    whole = await asyncio.to_thread(generated, voices.mine, **asked)
    async with socket_of(voices.mine) as client:
        await client.send(type="text", context_id="a", **TEXT, **asked)
        await client.send(type="end", context_id="a")
        await client.until("end", "a")
    assert b"".join(client.audio["a"]) == whole


async def test_recording_that_is_encoded_delays_its_own_context_alone(voices, monkeypatch):
    begun, released = asyncio.Event(), asyncio.Event()
    loop, original = asyncio.get_running_loop(), inline.encode_recordings

    async def held(*given):
        loop.call_soon_threadsafe(begun.set)
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(released.wait(), loop))
        return await original(*given)

    monkeypatch.setattr(inline, "encode_recordings", held)
    fresh = base64.b64encode(sound_file(speech_like(171))).decode()
    async with socket_of(voices.mine) as client:
        await client.send(type="speak", context_id="held", **TEXT, reference_audio=fresh, consent=True)
        await asyncio.wait_for(begun.wait(), 10)
        await client.send(type="speak", context_id="free", **TEXT, speaker="lipakshi")
        await client.until("end", "free")
        assert "held" not in client.audio
        released.set()
        await client.until("end", "held")
        assert client.audio["held"]


@pytest.mark.parametrize(
    ("fields", "code", "reason"),
    [
        ({"reference_audio": SPOKEN["reference_audio"]}, "VALIDATION_ERROR", "consent"),
        (SPOKEN | {"speaker": "lipakshi"}, "VALIDATION_ERROR", "leave it out"),
        (SPOKEN | {"reference_audio": "not base64!"}, "RECORDING_UNUSABLE", "base64"),
        ({"speaker": "lipakshi", "consent": True}, "VALIDATION_ERROR", "needs reference_audio"),
        ({"speaker": "lipakshi+"}, "INVALID_SPEAKER", "a mix is"),
    ],
)
async def test_wrong_recording_or_mix_is_refused_and_the_socket_speaks_on(voices, fields, code, reason):
    async with socket_of(voices.mine) as client:
        await client.send(type="speak", context_id="wrong", **TEXT, **fields)
        error = await client.until("error", "wrong")
        assert error["error"]["code"] == code and reason in error["error"]["message"]
        await client.send(type="speak", context_id="right", **TEXT, speaker=MIX)
        await client.until("end", "right")
    whole = await asyncio.to_thread(generated, voices.mine, speaker=MIX)
    assert b"".join(client.audio["right"]) == whole


async def test_recording_on_a_socket_needs_the_scope_of_voices(voices):
    async with socket_of(voices.speaker) as client:
        await client.send(type="speak", context_id="a", **TEXT, **SPOKEN)
        assert (await client.until("error", "a"))["error"]["code"] == "FORBIDDEN"


async def test_message_above_the_limit_closes_the_socket(voices):
    large = base64.b64encode(bytes(2**20)).decode()
    async with socket_of(voices.mine) as client:
        await client.socket.send(json.dumps({"type": "speak", **TEXT, "reference_audio": large, "consent": True}))
        assert await client.closed_with() == 1009


async def test_python_client_sends_a_recording_on_a_socket(voices):
    key = {"base_url": voices.served.url, "api_key": voices.mine.headers["x-api-key"]}
    whole = await asyncio.to_thread(generated, voices.mine, **SPOKEN)
    async with AsyncVeena3(**key) as client:
        spoken = client.tts.stream(
            TEXT["text"], transport="websocket", reference_audio=RECORDING, consent=True, format="pcm", seed=7
        )
        assert (await spoken.read()).audio == whole


def test_openai_route_reads_a_recording_above_the_ordinary_limit_of_a_body(voices):
    long = base64.b64encode(sound_file(speech_like(seconds=20, rate=48_000), rate=48_000)).decode()
    body = {"input": TEXT["text"], "reference_audio": long, "consent": True}
    assert len(long) > 2**20
    assert voices.mine.post("/v1/audio/speech", json=body).status_code == 200
    assert voices.speaker.post("/v1/audio/speech", json=body).status_code == 403


def test_openai_client_speaks_with_a_recording_and_a_mix(voices):
    with openai.OpenAI(base_url=f"{voices.served.url}/v1", api_key=voices.mine.headers["x-api-key"]) as client:
        asked = {"model": "tts-1", "input": TEXT["text"], "response_format": "pcm"}
        more = {"seed": 7, "sample_rate": 16_000}
        inlined = client.audio.speech.create(**asked, voice="", extra_body=more | SPOKEN | {"voice": None})
        assert inlined.response.headers["x-speaker"] == "inline" and "warning" not in inlined.response.headers
        assert inlined.content == generated(voices.mine, **SPOKEN)
        assert client.audio.speech.create(**asked, voice=MIX, extra_body=more).content == generated(
            voices.mine, speaker=MIX
        )
        with pytest.raises(openai.BadRequestError, match="voice: leave it out"):
            client.audio.speech.create(**asked, voice="nova", extra_body=SPOKEN)
