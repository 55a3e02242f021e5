import pytest

from api.openai.error_shape import error_body


@pytest.mark.parametrize(
    ("code", "message", "details", "said", "param"),
    [
        ("TEXT_TOO_LONG", "text: 9 characters become 99", {"field": "text"}, "input: 9 characters become 99", "input"),
        ("VALIDATION_ERROR", "the text has an unknown emotion tag", {}, "input has an unknown emotion tag", "input"),
        ("TEXT_TOO_LONG", "9 characters; this key may speak 3", {}, "9 characters; this key may speak 3", "input"),
        ("INVALID_SPEAKER", "unknown voice", {"field": "speaker"}, "unknown voice", "voice"),
        ("GPU_FAULT", "the engine is gone", {}, "the engine is gone", None),
    ],
)
def test_error_speaks_of_openai_fields(code, message, details, said, param):
    error = error_body(400, code, message, details)["error"]
    assert (error["message"], error["param"], error["code"]) == (said, param, code.lower())
