"""Voices and consents in OpenAI's shapes, through its own client, and ElevenLabs' `voices/add`."""

import json
from collections.abc import Iterator

import openai
import pytest

from tests.api.voices.conftest import RECORDING


@pytest.fixture
def client(voices) -> Iterator[openai.OpenAI]:
    url, key = f"{voices.served.url}/v1", voices.mine.headers["x-api-key"]
    with openai.OpenAI(base_url=url, api_key=key, max_retries=0, timeout=60) as one:
        yield one


def test_openai_client_records_consent_makes_a_voice_speaks_and_deletes(client, voices):
    consents = client.audio.voice_consents
    consent = consents.create(name="Anjali", language="en-US", recording=("consent.wav", RECORDING, "audio/wav"))
    assert consent.id.startswith("cons_") and consent.object == "audio.voice_consent" and consent.language == "en-US"
    assert consents.retrieve(consent.id).name == "Anjali"
    assert consents.update(consent.id, name="Anjali R.").name == "Anjali R."
    assert [one.id for one in consents.list(limit=1)] == [consent.id]
    voice = client.audio.voices.create(
        name="From OpenAI", consent=consent.id, audio_sample=("a.wav", RECORDING, "audio/wav")
    )
    assert voice.object == "audio.voice" and voice.id.startswith("voice_")
    kept = voices.mine.get(f"/v1/voices/{voice.id}").json()["consent"]
    assert kept["kind"] == "recording" and kept["consent_id"] == consent.id and len(kept["recording_sha256"]) == 64
    speech = client.audio.speech.create(model="tts-1", voice={"id": voice.id}, input="Hello.", response_format="wav")
    assert speech.content[:4] == b"RIFF"
    assert consents.delete(consent.id).deleted
    with pytest.raises(openai.NotFoundError):
        consents.retrieve(consent.id)
    assert voices.mine.get(f"/v1/voices/{voice.id}").json()["consent"] == kept, "the voice keeps what it has of it"
    assert client.audio.voices.delete(voice.id).deleted
    with pytest.raises(openai.NotFoundError):
        client.audio.voices.delete(voice.id)


def test_openai_errors_have_its_form(client):
    with pytest.raises(openai.BadRequestError, match="not a readable sound") as refused:
        client.audio.voices.create(name="Bad", consent="true", audio_sample=("a.wav", b"<html>", "audio/wav"))
    assert refused.value.code == "recording_unusable" and refused.value.param == "audio_sample"
    with pytest.raises(openai.NotFoundError):
        client.audio.voices.create(name="Bad", consent="cons_" + "0" * 20, audio_sample=("a.wav", RECORDING))
    with pytest.raises(openai.BadRequestError, match="type"):
        client.audio.voices.create(name="Bad", prompt="A calm voice", type="prompt")


def test_elevenlabs_adds_a_voice(voices):
    files = [("files", ("a.wav", RECORDING)), ("files", ("b.wav", RECORDING))]
    form = {"name": "From ElevenLabs", "labels": json.dumps({"accent": "indian"}), "remove_background_noise": "false"}
    answer = voices.mine.post("/v1/voices/add", data=form, files=files)
    assert answer.status_code == 200 and answer.json()["requires_verification"] is False, answer.text
    voice = voices.mine.get(f"/v1/voices/{answer.json()['voice_id']}").json()
    assert voice["labels"] == {"accent": "indian"} and len(voice["heard"]["recordings"]) == 2
    assert voices.mine.delete(f"/v1/voices/{voice['id']}").json()["status"] == "ok"
    wrong = voices.mine.post("/v1/voices/add", data={}, files=files)
    assert wrong.status_code == 422 and wrong.json()["detail"][0]["loc"] == ["body", "name"]
