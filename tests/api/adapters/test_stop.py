"""Stop of the service on the vendors' sockets: they are told, speak what they were sent, and are closed with 1012."""

import asyncio

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.api.adapters import test_cartesia as cartesia
from tests.api.adapters import test_deepgram as deepgram
from tests.api.adapters import test_telephony as twilio
from tests.api.adapters import test_vllm_omni as vllm_omni
from tests.api.adapters.vendor_socket import joined, vendor_socket
from tests.fakes import HOP

ELEVENLABS = "/v1/text-to-speech/lipakshi/{}-input?output_format=pcm_16000"
CASES = {
    "elevenlabs, one stream": (
        ELEVENLABS.format("stream"),
        [{"text": "Hello there.", "flush": True}],
        lambda m: m.get("warning", ""),
        lambda messages: joined(m["audio"] for m in messages if m.get("audio")),
    ),
    "elevenlabs, contexts": (
        ELEVENLABS.format("multi-stream"),
        [{"text": "Hello there.", "context_id": "a", "flush": True}],
        lambda m: m.get("warning", "") if m.get("contextId") == "a" else "",
        lambda messages: joined(m["audio"] for m in messages if m.get("audio")),
    ),
    "cartesia": (
        cartesia.SOCKET,
        [cartesia.message("a", "Hello there.", flush=True, **{"continue": True})],
        lambda m: m.get("notice", ""),
        cartesia.sound_of,
    ),
    "deepgram": (
        deepgram.SOCKET,
        [{"type": "Speak", "text": "Hello there."}, {"type": "Flush"}],
        lambda m: m["description"] if deepgram.kind_of(m) == "Warning" and m["code"] == "STOPPING" else "",
        deepgram.sound_of,
    ),
    "vllm-omni": (
        vllm_omni.SOCKET,
        [vllm_omni.CONFIG, {"type": "input.text", "text": "Hello there."}, {"type": "input.done"}],
        lambda m: m["message"] if vllm_omni.kind_of(m) == "session.stopping" else "",
        deepgram.sound_of,
    ),
}


def stop(served, within_s=5.0):
    served.loop.call_soon_threadsafe(served.app.state.service.stopping.begin, within_s)


def is_sound(message):
    return isinstance(message, bytes) or bool(message.get("audio") or message.get("data") or message.get("media"))


@pytest.mark.parametrize("case", CASES)
async def test_socket_is_told_and_closes_after_its_utterance(served, case):
    path, messages, notice_of, sound_of = CASES[case]
    served.engine.delay_s = 0.01
    async with vendor_socket(served, path) as client:
        for message in messages:
            await client.send(message)
        await client.until(is_sound)
        stop(served)
        code, reason = await client.to_the_end()
    assert (code, reason) == (1012, "the service stops; connect again")
    notices = [notice_of(message) for message in client.messages if not isinstance(message, bytes)]
    assert sum("the service stops" in notice for notice in notices) == 1
    rate = 3 / 2 if case == "vllm-omni" else 1
    assert len(sound_of(client.messages)) == served.engine.length * HOP * 2 * rate


@pytest.mark.parametrize("case", CASES)
async def test_silent_socket_closes_at_once(served, case):
    async with vendor_socket(served, CASES[case][0]) as client:
        await asyncio.to_thread(served.turn)
        stop(served)
        assert (await client.to_the_end())[0] == 1012


async def test_stream_that_its_client_ended_closes_as_always(served):
    """ElevenLabs' SDK takes every other code for a failure."""
    served.engine.delay_s = 0.01
    async with vendor_socket(served, ELEVENLABS.format("stream")) as client:
        await client.send(text="Hello there. ")
        await client.send(text="")
        await client.until(is_sound)
        stop(served)
        assert (await client.to_the_end())[0] == 1000
    assert client.messages[-1]["isFinal"] is True


async def test_call_hears_everything_before_it_is_closed(served):
    async with vendor_socket(served, twilio.STREAM) as call:
        await call.send(twilio.CONNECTED)
        await call.send(twilio.start())
        await call.until(is_sound)
        stop(served)
        mark = await call.until(lambda m: m["event"] == "mark")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(call.socket.recv(), 0.2)  # Twilio still plays
        await call.send(twilio.heard(mark))
        assert (await call.to_the_end())[0] == 1000


async def test_call_that_hears_too_long_is_closed_with_the_service(served):
    async with vendor_socket(served, twilio.STREAM) as call:
        await call.send(twilio.start())
        await call.until(lambda m: m["event"] == "mark")
        stop(served)
        served.loop.call_soon_threadsafe(served.app.state.service.break_off)
        assert await call.to_the_end() == (1012, "the service stops; connect again")


@pytest.mark.parametrize("case", [*CASES, "twilio"])
async def test_new_socket_is_refused_during_a_stop(served, case):
    stop(served)
    await asyncio.to_thread(served.turn)
    with pytest.raises((ConnectionClosed, InvalidStatus)) as refused:
        async with vendor_socket(served, twilio.STREAM if case == "twilio" else CASES[case][0]) as client:
            while True:
                await client.socket.recv()
    error = refused.value
    assert error.response.status_code == 503 if isinstance(error, InvalidStatus) else error.rcvd.code == 1013
