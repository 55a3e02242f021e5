"""Deepgram's route and socket in their shapes. Its SDK is tested by tests/test_vendor_clients.py."""

import asyncio
import io
import json
import wave

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from tests.api.adapters.vendor_socket import WITHIN_S, interrupted, vendor_socket
from tests.fakes import HOP

SPEAK = "/v1/speak?model=lipakshi"
SOCKET = f"{SPEAK}&encoding=linear16&sample_rate=16000"


def post(served, query="", headers=None, **body):
    return httpx.post(f"{served.url}{SPEAK}{query}", json=body or {"text": "Hello."}, headers=headers, timeout=60)


def kind_of(message):
    return message["type"] if isinstance(message, dict) else "audio"


def sound_of(messages):
    return b"".join(message for message in messages if isinstance(message, bytes))


@pytest.mark.parametrize(
    ("query", "media_type"),
    [
        ("", "audio/mpeg"),
        ("&encoding=opus", "audio/ogg"),
        ("&encoding=flac&sample_rate=48000", "audio/flac"),
        ("&encoding=aac", "audio/aac"),
        ("&encoding=linear16&container=none&sample_rate=16000", "audio/"),
        ("&encoding=mulaw&container=none&sample_rate=8000", "audio/basic"),
    ],
)
def test_audio_has_the_encoding(common, query, media_type):
    answer = post(common, query)
    assert answer.status_code == 200 and answer.headers["content-type"].startswith(media_type)
    sizes = {"linear16": HOP * 2, "mulaw": HOP // 2}
    for name, size in sizes.items():
        assert name not in query or len(answer.content) == common.engine.length * size


def test_linear16_is_a_complete_wav_by_default(common):
    with wave.open(io.BytesIO(post(common, "&encoding=linear16&sample_rate=24000").content)) as file:
        assert file.getframerate() == 24_000 and file.getnframes() == common.engine.length * HOP * 3 // 2


def test_speed_applies_and_parameters_without_effect_are_named(common):
    answer = post(common, "&encoding=linear16&container=none&speed=1.5&bit_rate=48000&tag=x&mip_opt_out=true")
    assert answer.headers["warning"] == '199 veena3 "without effect: bit_rate, tag"'
    assert len(answer.content) < 0.75 * common.engine.length * HOP * 2


WRONG = {
    "voice": ("&model=nobody", {}, 400, "INVALID_QUERY_PARAMETER", "unknown speaker"),
    "encoding": ("&encoding=alaw", {}, 400, "INVALID_QUERY_PARAMETER", "linear16 in wav"),
    "rate": ("&encoding=mulaw&sample_rate=16000", {}, 400, "INVALID_QUERY_PARAMETER", "8000 Hz"),
    "number": ("&sample_rate=x", {}, 400, "Bad Request", "sample_rate"),
    "text": ("", {"text": ""}, 400, "Bad Request", "text"),
    "url": ("", {"url": "http://x"}, 400, "Bad Request", "text"),
}


@pytest.mark.parametrize("case", WRONG)
def test_errors_have_their_form(common, case):
    query, body, status, code, words = WRONG[case]
    answer = post(common, query, **body)
    error = answer.json()
    assert (answer.status_code, error["err_code"]) == (status, code)
    assert words in error["err_msg"] and error["request_id"]


def test_keys_come_as_a_token(guarded):
    assert post(guarded.served, headers={"Authorization": f"Token {guarded.key()}"}).status_code == 200
    refused = post(guarded.served, headers={"Authorization": "Token wrong"})
    assert refused.status_code == 401 and refused.json()["err_code"] == "INVALID_AUTH"


async def test_socket_speaks_text_and_acknowledges_flushes(common):
    async with vendor_socket(common, f"{SOCKET}&bit_rate=1") as client:
        for turn in range(2):
            for word in ("Hello ", "there"):
                await client.send(type="Speak", text=word)
            await client.send(type="Flush")
            assert (await client.until(lambda m: kind_of(m) == "Flushed"))["sequence_id"] == turn
            assert len(sound_of(client.messages)) == (turn + 1) * common.engine.length * HOP * 2
        await client.send(type="Speak", text="The rest")
        await client.send(type="Close")
        assert (await client.to_the_end())[0] == 1000
    metadata, warning = client.messages[:2]
    assert metadata["model_name"] == "lipakshi" and metadata["type"] == "Metadata" and metadata["request_id"]
    assert warning["type"] == "Warning" and "bit_rate" in warning["description"]
    assert len(sound_of(client.messages)) == 3 * common.engine.length * HOP * 2


async def test_sentences_of_two_messages_are_not_joined(common):
    async with vendor_socket(common, SOCKET) as client:
        for text in ("This is a sentence.", "This is another one.", "It has 3.", "5 of them."):
            await client.send(type="Speak", text=text)
        await client.send(type="Flush")
        await client.until(lambda m: kind_of(m) == "Flushed")


async def test_flush_and_clear_without_text_are_acknowledged(common):
    async with vendor_socket(common, SOCKET) as client:
        await client.send(type="Flush")
        assert kind_of(await client.receive()) == "Flushed"
        await client.send(type="Clear")
        assert kind_of(await client.receive()) == "Cleared"
        await client.send(type="Close")
        assert (await client.to_the_end())[0] == 1000


async def test_clear_frees_the_engine(served):
    served.engine.forever, served.engine.delay_s = True, 0.002
    async with vendor_socket(served, SOCKET) as client:
        await client.send(type="Speak", text="Hello there.")
        await client.send(type="Flush")
        await client.until(lambda m: kind_of(m) == "audio")
        await client.send(type="Clear")
        assert await interrupted(served, client.until(lambda m: kind_of(m) == "Cleared")) < WITHIN_S
        received, served.engine.forever = len(client.messages), False
        await client.send(type="Speak", text="Next turn.")
        await client.send(type="Flush")
        await client.until(lambda m: kind_of(m) == "Flushed")
    assert len(sound_of(client.messages[received:])) == served.engine.length * HOP * 2


async def test_socket_takes_more_text_than_one_context_in_flushed_pieces(common):
    """A pooled connection lives for an hour; only text that waits is bounded."""
    async with vendor_socket(common, SOCKET) as client:
        for _ in range(2):
            await client.send(type="Speak", text="a" + " " * 30_000)
            await client.send(type="Flush")
            await client.until(lambda m: kind_of(m) == "Flushed")
        await client.send(type="Speak", text="b" * 50_001)
        assert (await client.to_the_end())[0] == 1008
    assert client.messages[-1]["code"] == "TEXT_TOO_LONG"


async def test_wrong_messages_end_the_socket(common):
    for query, message, code in (
        (SOCKET.replace("lipakshi", "nobody"), {"type": "Speak", "text": "Hi."}, "INVALID_QUERY_PARAMETER"),
        (SOCKET.replace("linear16", "alaw"), {"type": "Speak", "text": "Hi."}, "INVALID_QUERY_PARAMETER"),
        (SOCKET, {"type": "Sing"}, "Bad Request"),
    ):
        async with vendor_socket(common, query) as client:
            await client.send(message)
            assert (await client.to_the_end())[0] == 1008
        assert client.messages[-1]["type"] == "Error" and client.messages[-1]["code"] == code


async def test_key_comes_in_the_handshake(guarded):
    key = await asyncio.to_thread(guarded.key)
    with pytest.raises(InvalidStatus) as refused:
        async with vendor_socket(guarded.served, SOCKET, additional_headers={"Authorization": "Token wrong"}):
            pass
    assert refused.value.response.status_code == 401
    assert json.loads(refused.value.response.body)["err_code"] == "INVALID_AUTH"
    for options in ({"additional_headers": {"Authorization": f"Token {key}"}}, {"subprotocols": ["token", key]}):
        async with vendor_socket(guarded.served, SOCKET, **options) as client:
            await client.send(type="Speak", text="Hello.")
            await client.send(type="Flush")
            assert kind_of(await client.receive()) == "Metadata"


async def test_refused_handshake_leaves_no_error_in_the_log(guarded, caplog):
    with pytest.raises(InvalidStatus):
        async with vendor_socket(guarded.served, SOCKET):
            pass
    await asyncio.to_thread(guarded.served.turn)
    assert not [record for record in caplog.records if record.name == "uvicorn.error"]
