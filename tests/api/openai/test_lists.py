"""Lists of voices and models without a key, as Open WebUI requests them; its requests of speech carry one."""

import httpx
import openai
import pytest

from tests.api.keys import guarding

VOICES = 12


@pytest.fixture(scope="module")
def guarded(tiny, tmp_path_factory):
    with guarding(tiny, f"sqlite:///{tmp_path_factory.mktemp('lists')}/keys.db") as one:
        yield one


def test_lists_are_open_while_speech_needs_a_key(guarded):
    base = f"{guarded.served.url}/v1"
    voices, models = (httpx.get(f"{base}/audio/{name}").json()[name] for name in ("voices", "models"))
    assert len(voices) == VOICES and voices[0] == {"id": "lipakshi", "name": "Lipakshi"}
    assert {"id": "tts-1"} in models and all(set(model) == {"id"} for model in models)
    asked = {"input": "Hello.", "voice": voices[-1]["id"], "model": models[0]["id"]}
    assert httpx.post(f"{base}/audio/speech", json=asked).status_code == 401
    answer = httpx.post(f"{base}/audio/speech", json=asked, headers={"Authorization": f"Bearer {guarded.key()}"})
    assert answer.status_code == 200 and answer.headers["x-speaker"] == voices[-1]["id"]


def test_every_listed_voice_and_model_speaks(common):
    base = f"{common.url}/v1"
    with openai.OpenAI(base_url=base, api_key="none", max_retries=0) as client:
        for voice in httpx.get(f"{base}/audio/voices").json()["voices"]:
            assert client.audio.speech.create(model="tts-1", voice=voice["id"], input="...").content
        for model in httpx.get(f"{base}/audio/models").json()["models"]:
            assert client.audio.speech.create(model=model["id"], voice="nova", input="...").content


def test_setting_closes_the_lists(tiny, tmp_path):
    with guarding(tiny, f"sqlite:///{tmp_path}/keys.db", open_lists=False) as guarded:
        for name in ("voices", "models"):
            refused = guarded.ask("GET", f"/v1/audio/{name}")
            assert refused.status_code == 401 and refused.json()["error"]["code"] == "invalid_api_key"
            assert guarded.ask("GET", f"/v1/audio/{name}", guarded.key()).status_code == 200
