"""vllm-omni's socket in its shapes. LiveKit's plugin for Baseten is tested by tests/test_vendor_clients.py."""

import asyncio
import json

import pytest
from websockets.exceptions import InvalidStatus

from tests.api.adapters.vendor_socket import WITHIN_S, vendor_socket
from tests.fakes import HOP

SOCKET = "/v1/audio/speech/stream"
CONFIG = {"type": "session.config", "voice": "lipakshi", "response_format": "pcm", "stream_audio": True, "speed": 1.0}
UTTERANCE = HOP * 2 * 3 // 2
"""Bytes of a token as PCM at 24 kHz."""


def kind_of(message):
    return message["type"] if isinstance(message, dict) else "audio"


def kinds_of(messages):
    """Return the kinds of messages; audio in a row counts once."""
    kinds = [kind_of(message) for message in messages]
    return [kind for n, kind in enumerate(kinds) if n == 0 or kind != "audio" or kinds[n - 1] != "audio"]


async def say(client, *texts):
    for text in texts:
        await client.send(type="input.text", text=text)
    await client.send(type="input.done")


async def test_utterances_are_spoken_in_order(common):
    async with vendor_socket(common, SOCKET) as client:
        await client.send(CONFIG | {"task_type": "Base", "language": "Auto"})
        await say(client, "Hello ", "there.")
        await say(client, "And again.")
        for index in range(2):
            done = await client.until(lambda m: kind_of(m) == "session.done")
            assert done == {"type": "session.done", "utterance_index": index, "total_sentences": 1}
        await client.send(type="session.close")
        assert (await client.to_the_end())[0] == 1000
    assert kinds_of(client.messages) == ["audio.start", "audio", "audio.done", "session.done"] * 2
    start, end = client.messages[0], next(m for m in client.messages if kind_of(m) == "audio.done")
    assert (start["utterance_index"], start["sentence_index"], start["format"]) == (0, 0, "pcm")
    assert (start["sample_rate"], start["channels"], start["sentence_text"]) == (24_000, 1, "Hello there.")
    assert start["without_effect"] == ["language", "task_type"]
    assert (end["total_bytes"], end["error"]) == (common.engine.length * UTTERANCE, False)
    assert len(b"".join(m for m in client.messages if isinstance(m, bytes))) == 2 * end["total_bytes"]


async def test_flush_without_text_is_an_answer_without_sentences(common):
    async with vendor_socket(common, SOCKET) as client:
        await client.send(CONFIG)
        await client.send(type="input.done")
        assert await client.receive() == {"type": "session.done", "utterance_index": 0, "total_sentences": 0}


async def test_configuration_holds_until_the_next_one(common, monkeypatch):
    monkeypatch.setattr(common.engine, "delay_s", 0.01)  # the text still sounds when the second configuration comes
    async with vendor_socket(common, SOCKET) as client:
        await client.send(CONFIG | {"response_format": "wav", "stream_audio": False, "speaker": "lipakshi"})
        await say(client, "Hello.")
        await client.send(CONFIG)
        assert "must not come between" in (await client.until(lambda m: kind_of(m) == "error"))["message"]
        await client.until(lambda m: kind_of(m) == "session.done")
        assert b"".join(m for m in client.messages if isinstance(m, bytes)).startswith(b"RIFF")
        await client.send(CONFIG | {"voice": "nobody"})
        assert "unknown speaker" in (await client.receive())["message"]
        await client.send(CONFIG)
        received = len(client.messages)
        await say(client, "Hello.")
        await client.until(lambda m: kind_of(m) == "session.done")
    sound = b"".join(m for m in client.messages[received:] if isinstance(m, bytes))
    assert len(sound) == common.engine.length * UTTERANCE


WRONG = {
    "order": ({"type": "input.text", "text": "Hello."}, "session.config"),
    "type": ({"type": "voice.list"}, "type"),
    "voice": (CONFIG | {"voice": "nobody"}, "unknown speaker"),
    "no voice": ({"type": "session.config"}, "voice"),
    "format": (CONFIG | {"response_format": "mp3"}, "pcm with stream_audio"),
}


@pytest.mark.parametrize("case", WRONG)
async def test_wrong_first_message_is_told_and_closes_the_socket(common, case):
    message, words = WRONG[case]
    async with vendor_socket(common, SOCKET) as client:
        await client.send(message)
        assert (await client.to_the_end())[0] == 1008
    (error,) = client.messages
    assert error["type"] == "error" and words in error["message"]


async def test_failure_of_an_utterance_is_told(served):
    served.engine.fail_after, served.engine.delay_s = 40, 0.01  # after the first audio
    async with vendor_socket(served, SOCKET) as client:
        await client.send(CONFIG)
        await say(client, "Hello there.")
        error = await client.until(lambda m: kind_of(m) == "error")
        assert (error["partial_audio"], error["action"]) == (True, "discard")
        assert (await client.receive())["error"] is True


async def test_utterance_after_a_failed_one_is_spoken(served):
    length, served.engine.length = served.engine.length, 0
    async with vendor_socket(served, SOCKET) as client:
        await client.send(CONFIG)
        await client.send(type="input.text", text="Hello there. And ")
        assert "partial_audio" not in await client.until(lambda m: kind_of(m) == "error")
        served.engine.length = length
        await say(client, "Next one.")
        assert (await client.until(lambda m: kind_of(m) == "session.done"))["total_sentences"] == 1


async def test_closed_socket_frees_the_engine(served):
    served.engine.forever, served.engine.delay_s = True, 0.002
    async with vendor_socket(served, SOCKET) as client:
        await client.send(CONFIG)
        await say(client, "Hello there.")
        await client.until(lambda m: kind_of(m) == "audio")
        client.socket.transport.abort()
        assert await asyncio.to_thread(served.until, lambda: served.engine.unfinished == 0) < WITHIN_S


async def test_key_comes_as_baseten_sends_it(guarded):
    with pytest.raises(InvalidStatus) as refused:
        async with vendor_socket(guarded.served, SOCKET, additional_headers={"Authorization": "Api-Key wrong"}):
            pass
    assert refused.value.response.status_code == 401
    assert json.loads(refused.value.response.body)["error"]["code"] == "invalid_api_key"
    headers = {"Authorization": f"Api-Key {await asyncio.to_thread(guarded.key)}"}
    async with vendor_socket(guarded.served, SOCKET, additional_headers=headers) as client:
        await client.send(CONFIG)
        await say(client, "Hello.")
        await client.until(lambda m: kind_of(m) == "session.done")
