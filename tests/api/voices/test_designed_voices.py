"""Voices without a recording: designed and mixed, for one request and kept."""

import base64
from collections.abc import Iterator

import httpx
import pytest

from core.checkpoint.reading import open_checkpoint
from services.accounts.caller import Scope
from tests.api.keys import Guarded, guarding, make_key
from tests.cloning_checkpoint import add_encode_side
from tests.styled_checkpoint import build_styled_checkpoint

TEXT = {"text": "Hello there.", "format": "pcm", "seed": 7}
DESIGN = {"gender": "male", "pitch": "low", "candidates": 2, "seed": 5}


@pytest.fixture(scope="module")
def designing(tmp_path_factory) -> Iterator[tuple[Guarded, httpx.Client, httpx.Client]]:
    """Start a server whose checkpoint designs voices; return it with clients of two keys."""
    root = build_styled_checkpoint(tmp_path_factory.mktemp("styled") / "checkpoint")
    checkpoint = open_checkpoint(add_encode_side(root))
    database = f"sqlite:///{tmp_path_factory.mktemp('designed')}/keys.db"
    secrets = [make_key(database, Scope.GENERATE, Scope.VOICES)[1] for _ in range(2)]
    with guarding(checkpoint, database) as guarded:
        headers = [{"X-API-Key": secret} for secret in secrets]
        mine, other = (httpx.Client(base_url=guarded.served.url, headers=one, timeout=60) for one in headers)
        yield guarded, mine, other
        mine.close()
        other.close()


def speak(client: httpx.Client, speaker: str, **more) -> httpx.Response:
    return client.post("/v1/tts/generate", json=TEXT | {"speaker": speaker} | more)


def test_design_gives_candidates_of_which_one_is_kept_and_speaks(designing):
    _, mine, other = designing
    answer = mine.post("/v1/voices/design", json=DESIGN)
    assert answer.status_code == 200, answer.text
    first, second = answer.json()["candidates"]
    assert first["id"] != second["id"] and first["audio_b64"] != second["audio_b64"]
    assert base64.b64decode(first["audio_b64"])[:2] in (b"\xff\xfb", b"\xff\xf3", b"ID") and first["seconds"] > 0
    assert (first["gender"], first["pitch"], first["rate"]) == ("male", "low", "moderate")
    assert first["pitch_hz"] == pytest.approx(173.9, abs=1) and first["seed"] == 5
    path = f"/v1/voices/design/{first['id']}"
    assert other.post(path, json={"name": "Stolen"}).status_code == 404
    kept = mine.post(path, json={"name": "Narrator"})
    assert kept.status_code == 201, kept.text
    voice = kept.json()
    assert voice["source"] == "designed" and voice["gender"] == "male" and voice["heard"]["trial"]["seconds"] > 0.8
    assert speak(mine, "Narrator").status_code == 200
    assert mine.get("/v1/voices/Narrator/consent").json()["consent"] is None
    assert mine.post(path, json={"name": "Again"}).status_code == 404, "a candidate is kept once"
    again = mine.post("/v1/voices/design", json=DESIGN | {"candidates": 1}).json()["candidates"][0]
    assert again["audio_b64"] == first["audio_b64"], "the same seed designs the same voice"
    high = speak(mine, "narrator", pitch="high")
    assert high.status_code == 200 and high.content != speak(mine, "narrator").content
    assert speak(mine, "narrator", rate="very_high").status_code == 200
    mine.delete(f"/v1/voices/{voice['id']}")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"gender": "child"}, "gender"),
        ({"pitch": "lowest"}, "pitch"),
        ({"pitch_hz": 20}, "pitch_hz"),
        ({"syllables_per_s": 11}, "syllables_per_s"),
        ({"candidates": 5}, "candidates"),
        ({"text": "a" * 301}, "text"),
        ({"emotion": "sad"}, "unknown field"),
    ],
)
def test_wrong_design_is_refused(designing, fields, reason):
    refused = designing[1].post("/v1/voices/design", json=DESIGN | fields)
    assert refused.status_code == 400 and reason in refused.json()["error"]["message"], refused.text


def test_levels_are_refused_for_other_voices_and_designs_for_other_checkpoints(designing, voices):
    refused = speak(designing[1], "lipakshi", pitch="high")
    assert refused.status_code == 400 and "only a designed voice" in refused.json()["error"]["message"]
    assert speak(voices.mine, "lipakshi", rate="low").status_code == 400
    refused = voices.mine.post("/v1/voices/design", json=DESIGN)
    assert refused.status_code == 400 and "designs no voices" in refused.json()["error"]["message"]


def test_mix_speaks_in_a_request_and_is_kept(voices):
    made = voices.make("Part").json()
    mixed = speak(voices.mine, "lipakshi(2)+Reet")
    assert mixed.status_code == 200 and mixed.headers["x-speaker"] == "lipakshi(2)+reet(1)", mixed.text
    assert speak(voices.mine, "lipakshi(2)+reet(1)").content == mixed.content
    assert speak(voices.mine, "part+lipakshi").headers["x-speaker"] == f"{made['id']}(1)+lipakshi(1)"
    eleven = voices.mine.post("/v1/text-to-speech/lipakshi+reet", json={"text": "Hello."})
    assert eleven.headers["x-speaker"] == "lipakshi(1)+reet(1)"
    openai = {"input": "Hello there.", "voice": "nova(3)+alloy", "response_format": "wav"}
    assert voices.mine.post("/v1/audio/speech", json=openai).status_code == 200
    kept = voices.mine.post("/v1/voices/mix", json={"name": "Blend", "mix": "lipakshi(2)+part"})
    assert kept.status_code == 201, kept.text
    blend = kept.json()
    assert blend["gender"] is None, "one part has none"
    assert blend["source"] == "mixed" and blend["category"] == "generated"
    assert blend["heard"]["mix"] == f"lipakshi(2)+{made['id']}(1)"
    assert blend["consent"]["parts"][0]["voice"] == made["id"]
    assert blend["consent"]["parts"][0]["consent"]["kind"] == "statement"
    assert speak(voices.mine, "blend").content == speak(voices.mine, "lipakshi(2)+part").content
    for voice in (made, blend):
        voices.mine.delete(f"/v1/voices/{voice['id']}")


@pytest.mark.parametrize(
    "mix", ["a+", "+", "lipakshi(0)+reet", "lipakshi(x)+reet", "lipakshi+" * 9 + "reet", "lipakshi+x"]
)
def test_wrong_mix_is_refused(voices, mix):
    refused = speak(voices.mine, mix)
    assert refused.status_code == 400 and refused.json()["error"]["code"] == "INVALID_SPEAKER", refused.text
    assert voices.mine.post("/v1/voices/mix", json={"name": "Wrong", "mix": mix}).status_code == 400


def test_public_voice_of_another_key_is_mixed_for_a_request_and_not_kept(voices):
    theirs = voices.make("Theirs", voices.other, public="true").json()
    assert speak(voices.mine, "theirs+lipakshi").status_code == 200
    refused = voices.mine.post("/v1/voices/mix", json={"name": "Taken", "mix": "theirs+lipakshi"})
    assert refused.status_code == 403 and "public voice of another key" in refused.json()["error"]["message"]
    voices.other.delete(f"/v1/voices/{theirs['id']}")
