from typing import get_args, get_type_hints

from api.references import GenerateRequest
from api.schemas import TextRequest
from api.websocket.messages import ContextOptions as ServedContextOptions
from audio.encoders import ENCODERS
from veena3_client import ContextOptions, Format, ReferenceOptions, SpeechOptions
from veena3_client.decoding import SAMPLE_BYTES
from veena3_client.options import request_body
from veena3_client.player import RAW


def test_options_are_the_fields_of_a_request():
    """Given apart: the text, the speaker, and what the transport decides."""
    assert set(get_type_hints(SpeechOptions)) == set(TextRequest.model_fields) - {"text", "speaker", "stream"}
    assert set(get_type_hints(ReferenceOptions)) == set(GenerateRequest.model_fields) - {"text", "speaker", "stream"}
    assert set(get_type_hints(ContextOptions)) == set(ServedContextOptions.model_fields) - {
        *("speaker", "stream", "framing")
    }


def test_formats_are_those_of_the_service():
    assert set(get_args(Format)) == set(ENCODERS)
    assert set(SAMPLE_BYTES) | set(RAW) == set(SAMPLE_BYTES) < set(ENCODERS)


def test_option_that_is_none_is_left_out():
    assert request_body("a", "b", {"seed": None, "speed": 0.5}) == {"text": "a", "speaker": "b", "speed": 0.5}


def test_recording_is_sent_in_base64_in_place_of_a_speaker():
    assert request_body("a", None, {"reference_audio": b"ab", "consent": True}) == {
        "text": "a",
        "reference_audio": "YWI=",
        "consent": True,
    }
