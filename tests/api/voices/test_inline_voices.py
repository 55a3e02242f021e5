"""`reference_audio`: a recording within one request, whose voice speaks that request alone."""

import base64
import threading
import time

import httpx
import pytest

from audio.uploads import process
from services.voices import inline
from services.voices.inline import InlineVoices
from services.voices.stored import VoiceTokens
from tests.api.voices.conftest import RECORDING
from tests.audio.uploads.hostile import hostile_uploads
from tests.cloning_checkpoint import sound_file, speech_like

ENCODED = base64.b64encode(RECORDING).decode()
TEXT = {"text": "Hello there.", "format": "pcm", "seed": 7}
SPOKEN = {"reference_audio": ENCODED, "consent": True}


def speak(client: httpx.Client, path: str = "/v1/tts/generate", **fields) -> httpx.Response:
    return client.post(path, json=TEXT | fields)


def test_recording_of_a_request_speaks_as_the_voice_that_is_made_of_it(voices):
    made = voices.make("Same").json()
    inlined = speak(voices.mine, **SPOKEN)
    assert inlined.status_code == 200 and inlined.headers["x-speaker"] == "inline", inlined.text
    assert inlined.content == speak(voices.mine, speaker=made["id"]).content
    assert inlined.content != speak(voices.mine, speaker="lipakshi").content
    transcribed = speak(voices.mine, reference_text="A true transcript.", **SPOKEN)
    assert transcribed.status_code == 200 and transcribed.content != inlined.content
    assert "event: end" in speak(voices.mine, "/v1/tts/sse", **SPOKEN).text
    data_url = f"data:audio/wav;base64,{ENCODED}"
    assert speak(voices.mine, reference_audio=data_url, consent="true").content == inlined.content
    voices.mine.delete(f"/v1/voices/{made['id']}")


def test_recording_is_encoded_once_for_requests_at_once_and_again(voices, monkeypatch):
    encoded = []
    original = inline.encode_recordings

    async def counted(*given):
        encoded.append(given)
        return await original(*given)

    monkeypatch.setattr(inline, "encode_recordings", counted)
    fresh = base64.b64encode(sound_file(speech_like(151))).decode()
    answers: list[httpx.Response] = []
    threads = [
        threading.Thread(target=lambda: answers.append(speak(voices.mine, reference_audio=fresh, consent=True)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {200} and len({answer.content for answer in answers}) == 1
    assert speak(voices.mine, reference_audio=fresh, consent=True).status_code == 200
    assert len(encoded) == 1
    assert speak(voices.other, reference_audio=fresh, consent=True).status_code == 200
    assert len(encoded) == 2, "keys share nothing"


@pytest.mark.parametrize(
    ("fields", "status", "reason"),
    [
        ({"reference_audio": ENCODED}, 400, "consent"),
        ({"reference_audio": ENCODED, "consent": False}, 400, "consent"),
        ({"reference_audio": ENCODED, "consent": "cons_" + "0" * 20}, 404, "no such consent record"),
        (SPOKEN | {"speaker": "lipakshi"}, 400, "leave it out"),
        (SPOKEN | {"reference_audio": "not base64!"}, 400, "base64"),
        (SPOKEN | {"reference_audio": ENCODED[:-6] + "\n====="}, 400, "base64"),
        (SPOKEN | {"reference_audio": ""}, 400, "empty"),
        (SPOKEN | {"reference_audio": base64.b64encode(sound_file(speech_like(seconds=1))).decode()}, 400, "speech"),
        (SPOKEN | {"reference_text": "<|task_tts|>"}, 400, "control tokens"),
        ({"reference_text": "Words."}, 400, "needs reference_audio"),
        ({"speaker": "lipakshi", "consent": True}, 400, "needs reference_audio"),
        ({}, 400, "speaker"),
    ],
)
def test_wrong_recording_is_refused_with_the_reason(voices, fields, status, reason):
    refused = speak(voices.mine, **fields)
    assert refused.status_code == status and reason in refused.json()["error"]["message"], refused.text


def test_recording_needs_the_scope_of_voices_and_no_link_holds_one(voices):
    assert speak(voices.speaker, **SPOKEN).status_code == 403
    assert "unknown field" in speak(voices.mine, "/v1/tts/stream", speaker="x", **SPOKEN).text


def test_large_body_is_read_for_a_key_that_may_send_a_recording(voices):
    long = sound_file(speech_like(seconds=59, rate=48_000), rate=48_000)
    body = TEXT | {"reference_audio": base64.b64encode(long).decode(), "consent": True}
    assert voices.mine.post("/v1/tts/generate", json=body).status_code == 200
    assert voices.speaker.post("/v1/tts/generate", json=body).status_code == 403
    assert httpx.post(f"{voices.served.url}/v1/tts/generate", json=body).status_code == 401
    body["reference_audio"] = base64.b64encode(bytes(10 * 2**20 + 1)).decode()
    refused = voices.mine.post("/v1/tts/generate", json=body)
    assert refused.status_code == 413 and refused.json()["error"]["code"] == "PAYLOAD_TOO_LARGE"
    body["reference_audio"] = "A" * (16 * 2**20)
    assert voices.mine.post("/v1/tts/generate", json=body).status_code == 413


@pytest.mark.slow
def test_hostile_recordings_of_requests_are_refused(voices):
    for name, data in hostile_uploads().items():
        refused = speak(voices.mine, reference_audio=base64.b64encode(data).decode(), consent=True)
        assert 400 <= refused.status_code < 500, (name, refused.text)
        assert "Traceback" not in refused.text


def test_nothing_of_the_recording_is_kept_in_files(voices, tmp_path_factory):
    fresh = sound_file(speech_like(133))
    text = "The quick onyx goblin jumps."
    answer = speak(voices.mine, reference_audio=base64.b64encode(fresh).decode(), reference_text=text, consent=True)
    assert answer.status_code == 200
    folder = tmp_path_factory.getbasetemp()
    kept = b"".join(path.read_bytes() for path in folder.rglob("keys.db*"))
    assert kept and text.encode() not in kept and fresh[1000:1100] not in kept
    assert not any(voice["category"] == "cloned" for voice in voices.mine.get("/v1/voices").json()["voices"])


async def test_cache_forgets_after_its_time_and_above_its_number(monkeypatch):
    async def encode(*given):
        return VoiceTokens(tuple(range(32))), {}

    monkeypatch.setattr(inline, "encode_recordings", encode)
    monkeypatch.setattr(inline, "KEPT_S", 0.05)
    monkeypatch.setattr(inline, "MAX_KEPT", 3)
    cache = InlineVoices(None)
    for n in range(5):
        assert (await cache.voice(None, "key", bytes([n]), "")).global_tokens == tuple(range(32))
    assert len(cache) == 3
    begun = time.monotonic()
    while len(cache):
        assert time.monotonic() - begun < 2
        await inline.asyncio.sleep(0.01)


async def test_failed_encoding_is_not_kept(monkeypatch):
    async def fail(*given):
        raise process.RecordingUnusable("audio: no")

    monkeypatch.setattr(inline, "encode_recordings", fail)
    cache = InlineVoices(None)
    with pytest.raises(process.RecordingUnusable):
        await cache.voice(None, "key", b"a", "")
    assert len(cache) == 0
