"""Voices through the client: made, changed, heard and deleted."""

from collections.abc import Iterator

import pytest

from services.accounts.caller import Scope
from tests.api.keys import guarding, make_key
from tests.api.voices.conftest import RECORDING, cloning  # noqa: F401
from tests.cloning_checkpoint import sound_file, speech_like
from veena3_client import AsyncVeena3, BadRequestError, NotFoundError, UsageError, Veena3
from veena3_client.voices import checked_candidates


@pytest.fixture(scope="module")
def keyed(cloning, tmp_path_factory) -> Iterator[dict[str, str]]:  # noqa: F811
    """Start a server that clones; return the options of a client."""
    database = f"sqlite:///{tmp_path_factory.mktemp('client_voices')}/keys.db"
    secret = make_key(database, Scope.GENERATE, Scope.VOICES)[1]
    with guarding(cloning, database, cloning="full") as guarded:
        yield {"base_url": guarded.served.url, "api_key": secret}


def test_voice_is_made_of_a_file_and_bytes_changed_heard_mixed_and_deleted(keyed, tmp_path):
    (tmp_path / "a.wav").write_bytes(RECORDING)
    with Veena3(**keyed) as client:
        voice = client.voices.add(
            "Anjali", [tmp_path / "a.wav", RECORDING], consent=True, language="en", labels={"gender": "female"}
        )
        assert voice.gender == "female" and len(voice.fields["heard"]["recordings"]) == 2
        assert client.voices.update(voice.id, description="Mine.").description == "Mine."
        assert client.voices.consent("Anjali")["voice_id"] == voice.id
        assert client.voices.preview("Anjali", format="wav").audio[:4] == b"RIFF"
        mixed = client.voices.mix("Blend", "Anjali+lipakshi(2)")
        assert mixed.fields["source"] == "mixed" and mixed.gender == "female"
        said = client.tts.generate("Hello.", speaker="Blend", format="pcm")
        assert said.seconds and said.fields["x-speaker"] == mixed.id
        for made in (voice, mixed):
            client.voices.delete(made.id)
        with pytest.raises(NotFoundError):
            client.voices.get("Anjali")


async def test_asynchronous_client_speaks_with_a_recording_and_reports_refusals(keyed):
    async with AsyncVeena3(**keyed) as client:
        fresh = sound_file(speech_like(111))
        said = await client.tts.generate("Hello.", reference_audio=fresh, consent=True, format="pcm")
        assert said.fields["x-speaker"] == "inline"
        with pytest.raises(BadRequestError, match="speech"):
            await client.voices.add("Short", sound_file(speech_like(seconds=1)), consent=True)
        with pytest.raises(BadRequestError, match="designs no voices"):
            await client.voices.design("female", pitch="low")
        with pytest.raises(NotFoundError):
            await client.voices.keep("cand_" + "0" * 20, "Name")
        with pytest.raises(UsageError, match="No such file"):
            await client.voices.add("Missing", "nowhere.wav", consent=True)


def test_candidates_are_checked():
    entry = {"id": "cand_1", "audio_b64": "SUQz", "seconds": 2.5, "pitch_hz": 174.0}
    (candidate,) = checked_candidates({"candidates": [entry]})
    assert candidate.audio == b"ID3" and candidate.fields["pitch_hz"] == 174.0 and "audio_b64" not in candidate.fields
    for wrong in ({}, {"candidates": [1]}, {"candidates": [entry | {"seconds": "long"}]}):
        with pytest.raises(ValueError, match="no "):
            checked_candidates(wrong)
