"""Bodies that cost more than they weigh: each is refused while the event loop goes on."""

import json

import httpx
import pytest
from pydantic import TypeAdapter, ValidationError

from api.debug import FrontendEvent
from api.keys import KeyCreate
from api.openai.schemas import SpeechCreate
from api.references import GenerateRequest
from api.websocket.messages import read
from shared.config import Settings
from shared.errors import ValidationFailed
from tests.api.conftest import serving
from tests.fakes import FakeEngine
from tests.hostile import stated_cpu_s

FLOOD = {f"field{number}": 1 for number in range(50_000)}
SPEAK = {"text": "Hello there.", "speaker": "lipakshi"}


def seconds_to_refuse(model: type, fields: dict[str, object]) -> float:
    """Return the CPU seconds of a refusal, as the CPU would take that limits are stated for."""

    def refuse() -> None:
        with pytest.raises(ValidationError) as refusal:
            TypeAdapter(model).validate_python(fields)
        refusal.value.errors()

    return stated_cpu_s(refuse)


@pytest.mark.parametrize("model", [GenerateRequest, SpeechCreate, KeyCreate, FrontendEvent])
def test_thousands_of_unknown_fields_make_one_error(model):
    assert seconds_to_refuse(model, SPEAK | FLOOD) < 0.02


def test_thousands_of_bad_lexicon_entries_make_one_error():
    assert seconds_to_refuse(GenerateRequest, SPEAK | {"lexicon": FLOOD}) < 0.02


def test_thousands_of_unknown_fields_of_a_message_make_one_error():
    data = json.dumps({"type": "speak"} | SPEAK | FLOOD)

    def refuse() -> None:
        with pytest.raises(ValidationFailed, match="at most"):
            read(data, first=False)

    assert stated_cpu_s(refuse) < 0.1  # most of it reads 1 MB of JSON


@pytest.mark.parametrize("fields", [FLOOD, {"f" * 500_000: 1}], ids=["many names", "a long name"])
def test_refusal_of_a_flood_is_short(tiny, fields):
    with serving(tiny, FakeEngine(tiny.vocabulary), Settings(auth_bypass_mode=True)) as served:
        answer = httpx.post(f"{served.url}/v1/tts/generate", json=SPEAK | fields)
    assert answer.status_code == 400 and len(answer.content) < 500
