"""`/v1/voices`: voices that callers make, own, share and delete."""

import time
from datetime import datetime
from hashlib import sha256

import httpx
import pytest
from websockets.sync.client import connect

from services.accounts.caller import Scope
from tests.api.keys import guarding, make_key
from tests.api.voices.conftest import RECORDING

TRANSCRIPT = "A secret sentence that only the recording has."
TEXT = {"text": "Hello there.", "format": "pcm", "seed": 7}


def spoken(client: httpx.Client, speaker: str, **more) -> httpx.Response:
    return client.post("/v1/tts/generate", json=TEXT | {"speaker": speaker} | more)


def test_voice_is_made_listed_spoken_with_changed_and_deleted(voices):
    answer = voices.make("Anjali", language="en", labels='{"gender": "female"}', description="Mine.")
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["id"] == made["voice_id"] and made["id"].startswith("voice_") and made["category"] == "cloned"
    (heard,) = made["heard"]["recordings"]
    assert 3 < heard["speech_s"] < 6 and not heard["several_speakers"] and heard["clipped"] == 0
    assert abs(heard["pitch_hz"] - 120) < 2 and made["heard"]["trial"]["seconds"] > 0.8
    assert made["consent"]["kind"] == "statement" and len(made["consent"]["recordings_sha256"][0]) == 64
    by_id, by_name = spoken(voices.mine, made["id"]), spoken(voices.mine, "anjali")
    assert by_id.status_code == 200 and by_id.content == by_name.content
    assert by_id.headers["x-speaker"] == made["id"]
    assert by_id.content != spoken(voices.mine, "lipakshi").content
    assert made["id"] in {voice["id"] for voice in voices.mine.get("/v1/voices").json()["voices"]}
    changed = voices.mine.patch(f"/v1/voices/{made['id']}", json={"name": "Anjali 2", "labels": {"age": "30"}})
    assert changed.status_code == 200 and changed.json()["labels"] == {"age": "30"}
    assert voices.mine.get("/v1/voices/Anjali 2").json()["id"] == made["id"]
    assert spoken(voices.mine, "anjali").status_code == 400
    assert voices.mine.delete(f"/v1/voices/{made['id']}").status_code == 200
    assert voices.mine.get(f"/v1/voices/{made['id']}").status_code == 404
    refused = spoken(voices.mine, made["id"])
    assert refused.status_code == 400 and refused.json()["error"]["code"] == "INVALID_SPEAKER"


def test_voice_belongs_to_its_key_until_it_is_public(voices):
    made = voices.make("Private").json()
    path = f"/v1/voices/{made['id']}"
    assert voices.other.get(path).status_code == 404 and spoken(voices.other, made["id"]).status_code == 400
    assert voices.other.delete(path).status_code == 404
    assert voices.other.patch(path, json={"public": True}).status_code == 404
    assert voices.mine.patch(path, json={"public": True}).json()["public"]
    time.sleep(0.6)  # the other key's look-up is cached for 0.5 s
    seen = voices.other.get(path).json()
    assert not seen["owned"] and seen["consent"] is None and seen["heard"] is None
    assert spoken(voices.other, made["id"]).status_code == 200
    assert voices.other.delete(path).status_code == 404
    voices.mine.delete(path)


def test_consent_is_exported_for_its_owner_until_the_voice_is_deleted(voices):
    made = voices.make("Consented", public="true").json()
    exported = voices.mine.get("/v1/voices/consented/consent")
    assert exported.status_code == 200 and exported.headers["content-disposition"].startswith("attachment")
    record = exported.json()
    assert record["consent"] == made["consent"] and record["consent"]["kind"] == "statement"
    assert record["consent"]["recordings_sha256"] == [sha256(RECORDING).hexdigest()]
    assert record["consent"]["key_id"].startswith("key_") and datetime.fromisoformat(record["consent"]["at"]).tzinfo
    assert (record["voice_id"], record["name"], record["source"]) == (made["id"], "Consented", "cloned")
    path = f"/v1/voices/{made['id']}/consent"
    assert voices.other.get(path).status_code == 404, "its own key alone, although the voice is public"
    assert voices.speaker.get(path).status_code == 403 and voices.mine.get("/v1/voices/nova/consent").status_code == 404
    voices.mine.delete(f"/v1/voices/{made['id']}")
    assert voices.mine.get(path).status_code == 404


def test_name_of_another_voice_is_refused(voices):
    made = voices.make("Twice", public="true").json()
    for name in ("Twice", " TWICE ", "lipakshi", "Nova", "alloy"):
        refused = voices.make(name)
        assert refused.status_code == 409 and refused.json()["error"]["code"] == "VOICE_EXISTS"
    assert voices.make("Twice", voices.other, public="true").status_code == 409
    theirs = voices.make("Twice", voices.other)
    assert theirs.status_code == 201, "names belong to keys"
    assert voices.other.get("/v1/voices/twice").json()["id"] == theirs.json()["id"]
    renamed = voices.make("Once").json()
    assert voices.mine.patch(f"/v1/voices/{renamed['id']}", json={"name": "twice"}).status_code == 409
    for client, voice in ((voices.mine, made), (voices.other, theirs.json()), (voices.mine, renamed)):
        client.delete(f"/v1/voices/{voice['id']}")


def test_key_without_the_scope_makes_no_voice(voices):
    refused = voices.make("Nobody's", voices.speaker)
    assert refused.status_code == 403 and "voices" in refused.json()["error"]["message"]
    assert voices.speaker.delete("/v1/voices/voice_" + "0" * 20).status_code == 403


def test_voice_of_one_process_speaks_on_another_within_a_second(voices, cloning):
    with guarding(cloning, voices.database, cloning="full") as second:
        key = voices.mine.headers["x-api-key"]
        assert second.generate(key, speaker="Everywhere").status_code == 400
        made = voices.make("Everywhere").json()
        deadline = time.monotonic() + 1
        while (answer := second.generate(key, speaker="Everywhere")).status_code != 200:
            assert time.monotonic() < deadline, answer.text
            time.sleep(0.05)
        voices.mine.delete(f"/v1/voices/{made['id']}")
        deadline = time.monotonic() + 1
        while second.generate(key, speaker=made["id"]).status_code == 200:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_made_voice_speaks_on_every_route(voices):
    made = voices.make("Routes", transcript=TRANSCRIPT).json()
    voice = made["id"]
    openai = {"input": "Hello there.", "voice": {"id": voice}, "response_format": "wav"}
    assert voices.mine.post("/v1/audio/speech", json=openai).headers["x-speaker"] == voice
    assert "event: end" in voices.mine.post("/v1/tts/sse", json=TEXT | {"speaker": voice}).text
    eleven = voices.mine.post(f"/v1/text-to-speech/{voice}", json={"text": "Hello there."})
    assert eleven.status_code == 200 and eleven.headers["x-speaker"] == voice
    assert voices.mine.post("/v1/speak", params={"model": voice}, json={"text": "Hello."}).status_code == 200
    assert voices.mine.get(f"/v1/voices/{voice}/preview").headers["content-type"] == "audio/mpeg"
    assert voices.mine.get("/v1/voices/lipakshi/preview", params={"format": "wav"}).content[:4] == b"RIFF"
    link = voices.mine.post("/v1/tts/stream", json=TEXT | {"speaker": voice}).json()["path"]
    assert httpx.get(voices.served.url + link).status_code == 200
    marked = f'<speak>One. <voice name="{voice}">Two.</voice></speak>'
    assert spoken(voices.mine, "lipakshi", text=marked, input_type="ssml").status_code == 200
    assert any(one["id"] == voice for one in voices.mine.get("/v2/voices").json()["voices"])
    address = voices.served.url.replace("http", "ws") + f"/v1/tts/ws?api_key={voices.mine.headers['x-api-key']}"
    with connect(address) as socket:
        socket.send(f'{{"type":"text","context_id":"a","speaker":"{voice}","text":"<voice na","input_type":"tags"}}')
        socket.send('{"type":"text","context_id":"a","text":"me=\\"routes\\">Hello.</voice>"}')
        socket.send('{"type":"end"}')
        received = "".join(message for message in socket if isinstance(message, str))
        assert '"end"' in received and '"error"' not in received
    voices.mine.delete(f"/v1/voices/{voice}")


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({"consent": ""}, "consent"),
        ({"consent": "cons_" + "0" * 20}, "consent record"),
        ({"name": "x" * 101}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"labels": "[1]"}, "labels"),
        ({"labels": "{"}, "labels"),
        ({"language": "Englisch!"}, "language"),
        ({"transcript": "<|task_tts|>"}, "control tokens"),
        ({"nonsense": "1"}, "nonsense"),
    ],
)
def test_wrong_field_is_refused_by_name(voices, fields, part):
    answer = voices.make("Wrong", **fields)
    assert answer.status_code in (400, 404) and part in answer.json()["error"]["message"], answer.text


def test_form_without_a_recording_or_of_another_type_is_refused(voices):
    form = {"name": "Wrong", "consent": "true"}
    assert "multipart" in voices.mine.post("/v1/voices", json=form).json()["error"]["message"]
    no_file = voices.mine.post("/v1/voices", data=form, files={"other": ("a.wav", RECORDING)})
    assert no_file.status_code == 400 and "audio" in no_file.json()["error"]["message"]
    large = voices.mine.post("/v1/voices", data=form, files={"audio": ("a.wav", bytes(11 * 2**20))})
    assert large.status_code == 413
    broken = voices.mine.post(
        "/v1/voices", content=b"--x\r\nnonsense", headers={"content-type": "multipart/form-data; boundary=x"}
    )
    assert broken.status_code == 400


def test_stranger_uploads_nothing(voices):
    answer = httpx.post(f"{voices.served.url}/v1/voices", content=b"x" * 20_000, headers={"x-api-key": "veena3_no"})
    assert answer.status_code == 401


def test_checkpoint_without_a_speaker_encoder_is_named(tiny, tmp_path):
    database = f"sqlite:///{tmp_path}/keys.db"
    key = make_key(database, Scope.GENERATE, Scope.VOICES)[1]
    with guarding(tiny, database) as guarded:
        form = {"name": "Mine", "consent": "true"}
        answer = guarded.ask("POST", "/v1/voices", key, data=form, files={"audio": ("a.wav", RECORDING)})
        assert answer.status_code == 400 and answer.json()["error"]["code"] == "CLONING_UNSUPPORTED"
        assert "speaker encoder" in answer.json()["error"]["message"]
