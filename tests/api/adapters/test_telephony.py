"""Vapi's custom voice and Twilio's media streams, in the messages that these services send."""

import asyncio
import base64

import httpx
import pytest

from tests.api.adapters.vendor_socket import WITHIN_S, interrupted, joined, vendor_socket
from tests.fakes import HOP

SID = "MZ0123456789abcdef"
CONNECTED = {"event": "connected", "protocol": "Call", "version": "1.0.0"}
STREAM = "/v1/twilio/stream"


def vapi(served, voice="lipakshi", headers=None, **message):
    asked = {"type": "voice-request", "text": "Hello there.", "sampleRate": 24_000, "timestamp": 1, "call": {}}
    body = {"message": asked | message}
    return httpx.post(f"{served.url}/vapi/{voice}", json=body, headers=headers, timeout=20)


def start(**parameters):
    format = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
    given = {"text": "Hello there.", "voice": "lipakshi"} | parameters
    started = {"streamSid": SID, "callSid": "CA1", "customParameters": given, "mediaFormat": format}
    return {"event": "start", "sequenceNumber": "1", "streamSid": SID, "start": started}


def heard(mark):
    return {"event": "mark", "streamSid": SID, "sequenceNumber": "4", "mark": mark["mark"]}


def test_vapi_gets_raw_pcm_at_its_rate(common):
    for rate in (8000, 16_000, 22_050, 24_000, 44_100):
        answer = vapi(common, sampleRate=rate)
        assert answer.status_code == 200 and "content-length" not in answer.headers
        assert len(answer.content) == pytest.approx(common.engine.length * HOP * 2 * rate / 16_000, abs=4)


def test_vapi_is_refused_in_one_line(common):
    assert vapi(common, voice="nobody").json()["error"]["code"] == "INVALID_SPEAKER"
    for wrong in ({"type": "assistant-request"}, {"text": ""}, {"sampleRate": 7}):
        answer = vapi(common, **wrong)
        assert answer.status_code == 400 and answer.json()["error"]["code"] == "VALIDATION_ERROR"


def test_vapi_sends_the_key_as_its_secret(guarded):
    assert vapi(guarded.served, headers={"X-VAPI-SECRET": guarded.key()}).status_code == 200
    assert vapi(guarded.served, headers={"X-VAPI-SECRET": "wrong"}).status_code == 401


async def test_call_hears_the_text_and_goes_on(common):
    async with vendor_socket(common, STREAM) as call:
        await call.send(CONNECTED)
        await call.send(start())
        await call.send({"event": "media", "streamSid": SID, "media": {"track": "inbound", "payload": "/w=="}})
        mark = await call.until(lambda m: m["event"] == "mark")
        *media, _ = call.messages
        assert {(m["event"], m["streamSid"]) for m in media} == {("media", SID)}
        sound = joined(m["media"]["payload"] for m in media)
        ours = await asyncio.to_thread(common.generate, format="mulaw-raw", stream=True)
        assert len(sound) == len(ours.content) == common.engine.length * HOP // 2
        await call.send(heard(mark))
        assert (await call.to_the_end())[0] == 1000


async def test_key_of_the_telephone_interrupts(served):
    served.engine.forever, served.engine.delay_s = True, 0.002
    async with vendor_socket(served, STREAM) as call:
        await call.send(CONNECTED)
        await call.send(start())
        await call.until(lambda m: m["event"] == "media")
        await call.send({"event": "dtmf", "streamSid": SID, "dtmf": {"track": "inbound_track", "digit": "1"}})
        assert await interrupted(served, call.until(lambda m: m["event"] == "clear")) < WITHIN_S
        await call.send(heard(await call.receive()))
        assert (await call.to_the_end())[0] == 1000


async def test_call_that_ends_frees_the_engine(served):
    served.engine.forever, served.engine.delay_s = True, 0.002
    async with vendor_socket(served, STREAM) as call:
        await call.send(start())
        await call.until(lambda m: m["event"] == "media")
        await call.send({"event": "stop", "streamSid": SID, "stop": {}})
    await asyncio.to_thread(served.until, lambda: served.engine.unfinished == 0)


async def test_wrong_parameters_close_the_stream_with_a_reason(common):
    for parameters, words in (({"voice": "nobody"}, "unknown speaker"), ({"text": ""}, "text")):
        async with vendor_socket(common, STREAM) as call:
            await call.send(CONNECTED)
            await call.send(start(**parameters))
            code, reason = await call.to_the_end()
            assert code == 1008 and words in reason


async def test_key_is_a_parameter_of_the_stream(guarded):
    key = await asyncio.to_thread(guarded.key)
    async with vendor_socket(guarded.served, STREAM) as call:
        await call.send(CONNECTED)
        await call.send(start(api_key=key))
        assert base64.b64decode((await call.receive())["media"]["payload"])
    for parameters in ({}, {"api_key": "wrong"}):
        async with vendor_socket(guarded.served, STREAM) as call:
            await call.send(CONNECTED)
            await call.send(start(**parameters))
            assert (await call.to_the_end())[0] == 1008
