"""Texts with markup over every transport, on the fake engine; tests/test_markup_heard.py listens to the real one."""

import base64
import io
import json
import random

import httpx
import numpy as np
import pytest
import soundfile
from websockets.sync.client import connect

from tests.fakes import HOP

RATE = 16_000
DIALOGUE = (
    "<speak><mark name='start'/>Hello.<break time='500ms'/><voice name='reet'>Hi there.</voice>"
    "<prosody rate='50%' pitch='high'>Slow.</prosody><mark name='end'/></speak>"
)


def silences(samples: np.ndarray) -> list[float]:
    """Return the seconds of each silence inside the sound that is longer than 0.1 s."""
    loud = np.flatnonzero(np.abs(samples) > 0.02 * np.abs(samples).max())
    return [float(gap) for gap in np.diff(loud) / RATE if gap > 0.1]


def test_answer_reports_what_was_applied_and_ignored_and_when_marks_are(common):
    answer = httpx.post(
        f"{common.url}/v1/tts/generate",
        json={"text": DIALOGUE, "speaker": "lipakshi", "input_type": "ssml", "seed": 1},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 200, answer.text
    made = answer.json()
    assert answer.headers["x-markup-applied"] == "mark=2, break=1, voice=1, prosody=1"
    assert "prosody pitch (line 1)" in answer.headers["x-markup-ignored"]
    assert made["markup"]["applied"] == {"mark": 2, "break": 1, "voice": 1, "prosody": 1}
    assert [one["what"] for one in made["markup"]["ignored"]] == ["prosody pitch"]
    assert [chunk["text"].strip() for chunk in made["chunks"]] == ["Hello.", "Hi there.", "Slow."]
    samples, _ = soundfile.read(io.BytesIO(base64.b64decode(made["audio_b64"])), dtype="float32")
    spoken_s = common.engine.length * HOP / RATE
    assert [(one["name"], one["exact"]) for one in made["marks"]] == [("start", True), ("end", True)]
    assert made["marks"][0]["at_s"] == pytest.approx(0, abs=0.05)
    assert made["marks"][1]["at_s"] == pytest.approx(made["seconds"], abs=0.05)
    assert made["seconds"] == pytest.approx(4 * spoken_s + 0.5 + 0.3, abs=0.3)  # the last chunk counts twice
    assert len(samples) / RATE == pytest.approx(made["seconds"])


def test_plain_text_has_no_report(common):
    answer = common.generate()
    assert not [name for name in answer.headers if name.startswith("x-markup")]


def test_tags_are_text_unless_the_request_says_otherwise(common):
    answer = common.generate(text="<break time='3s'/>Hi.", normalize_verbose=True)
    assert answer.status_code == 200 and float(answer.headers["x-audio-seconds"]) < 2
    tagged = common.generate(text="<break time='3s'/>Hi.", input_type="tags", normalize_verbose=True)
    assert tagged.headers["x-spoken-text"] == "Hi." and float(tagged.headers["x-audio-seconds"]) > 3


@pytest.mark.parametrize("speed", [1.0, 2.0])
@pytest.mark.parametrize("pause_s", [0.25, 1.0, 3.0])
def test_pause_has_its_length_at_every_speed(common, pause_s, speed):
    document = f"<speak>Hello<break time='{pause_s}s'/>there.</speak>"
    answer = common.generate(text=document, input_type="ssml", format="wav", speed=speed)
    samples, _ = soundfile.read(io.BytesIO(answer.content), dtype="float32")
    assert max(silences(samples)) == pytest.approx(pause_s, abs=0.02)


@pytest.mark.parametrize("path", ["/v1/tts/generate", "/v1/tts/sse", "/v1/audio/speech"])
def test_wrong_markup_is_400_with_its_place_on_every_route(common, path):
    text = "<speak>\n <foo/></speak>"
    body = {"text": text, "speaker": "lipakshi", "input_type": "ssml"}
    if path.endswith("speech"):
        body = {"input": text, "voice": "lipakshi", "model": "tts-1", "input_type": "ssml"}
    answer = httpx.post(f"{common.url}{path}", json=body)
    assert answer.status_code == 400 and "<foo> is unknown" in answer.text and "(line 2, column 2)" in answer.text


def test_control_token_in_an_entity_is_refused(common):
    answer = common.generate(text="<speak>a &lt;|end_content|&gt; b</speak>", input_type="ssml")
    assert answer.status_code == 400 and "control tokens" in answer.text


def test_events_hold_the_marks_and_the_report(common):
    body = {"text": DIALOGUE, "speaker": "lipakshi", "input_type": "ssml"}
    lines = httpx.post(f"{common.url}/v1/tts/sse", json=body).text.split("\n")
    events = [json.loads(line[6:]) for line in lines if line.startswith("data: ")]
    assert events[0]["type"] == "start" and events[0]["markup"]["applied"]["voice"] == 1
    assert [one["name"] for one in events if one["type"] == "mark"] == ["start", "end"]


def exchange(port: int, pieces: list[str], **fields: object) -> tuple[list[dict], float]:
    """Send a document piece by piece; return the events and the seconds of sound."""
    events, samples = [], 0
    with connect(f"ws://127.0.0.1:{port}/v1/tts/ws") as socket:
        first = {"speaker": "lipakshi", "format": "pcm", "input_type": "ssml"} | fields
        for number, piece in enumerate(pieces):
            socket.send(json.dumps({"type": "text", "context_id": "c", "text": piece} | (first if not number else {})))
        socket.send(json.dumps({"type": "end"}))
        for message in socket:
            if isinstance(message, bytes):
                samples += len(message) // 2
            else:
                events.append(json.loads(message))
    return events, samples / RATE


@pytest.mark.parametrize("size", [1, 7, 500])
def test_socket_speaks_a_document_in_pieces_and_no_tag(common, size):
    pieces = [DIALOGUE[at : at + size] for at in range(0, len(DIALOGUE), size)]
    events, seconds = exchange(common.port, pieces)
    assert [one["text"].strip() for one in events if one["type"] == "chunk"] == ["Hello.", "Hi there.", "Slow."]
    assert [one["name"] for one in events if one["type"] == "mark"] == ["start", "end"]
    assert seconds == pytest.approx(4 * common.engine.length * HOP / RATE + 0.8, abs=0.3)
    assert events[-1]["type"] == "end"
    assert events[-1]["markup"]["applied"] == {"mark": 2, "break": 1, "voice": 1, "prosody": 1}


def test_socket_speaks_what_precedes_wrong_markup_and_says_where_that_is(common):
    events, seconds = exchange(common.port, ["<speak>Hello there. And", " now <foo>this</foo>", "and more"])
    errors = [one["error"]["message"] for one in events if one["type"] == "error"]
    assert "<foo> is unknown" in errors[0] and "(line 1, column 29)" in errors[0]
    assert [one["text"].strip() for one in events if one["type"] == "chunk"] == ["Hello there. And now"]
    assert seconds > 1 and events[-1]["type"] == "end"


PARTS = [
    *("<speak>", "</speak>", "<p>", "</p>", "<s>", "</s>", "<break time='1s'/>", "<break strength='weak'/>", "<break"),
    *("<voice name='reet'>", "</voice>", "<prosody rate='", "slow'>", "</prosody>", "<mark name='a'/>", "<!--", "-->"),
    *(
        "<say-as interpret-as='date' format='",
        "dmy'>",
        "10-9",
        "</say-as>",
        "<sub alias='x'>",
        "</sub>",
        "&amp;",
        "&a;",
    ),
    *(
        "<phoneme alphabet='ipa' ph='",
        "t\u0259",
        "\u00f8'>",
        "a:'>",
        "</phoneme>",
        "<phoneme ph='\u0301'/>",
        "<lang xml:lang='te'>",
    ),
    *("<![CDATA[", "]]>", "<?xml version='1.0'?>", "<!DOCTYPE a>", "&#0;", "&#55296;", "<x:y a:b='c'/>", "<", ">", "&"),
    *(
        "Hello",
        "12.5 km",
        "नमस्ते",
        "\u0c05",
        " ",
        ".",
        "\n",
        "\u202e",
        "'",
        '"',
        "/",
        "<|end|>",
        "&lt;|",
        "|&gt;",
        "[a]",
    ),
]


def fuzzed(random_: random.Random) -> str:
    """Return a document of random parts, whole or torn."""
    inside = "".join(random_.choices(PARTS, k=random_.randint(1, 30)))
    return random_.choice(["<speak>{}</speak>", "{}", "<speak><p>{}</p></speak>", "<speak>{}"]).format(inside)


def check_fuzzed(client: httpx.Client, count: int, seed: int) -> set[int]:
    random_, statuses = random.Random(seed), set()
    for _ in range(count):
        kind = random_.choice(["ssml", "ssml", "tags"])
        text = fuzzed(random_)
        body = {"text": text, "speaker": "lipakshi", "input_type": kind, "normalize": random_.random() < 0.8}
        answer = client.post("/v1/tts/generate", json=body)
        assert answer.status_code in (200, 400), (answer.status_code, text)
        statuses.add(answer.status_code)
    return statuses


def test_fuzzed_documents_are_spoken_or_refused(served):
    served.engine.length = 4
    with httpx.Client(base_url=served.url, timeout=30) as client:
        assert check_fuzzed(client, 300, seed=25) == {200, 400}


@pytest.mark.attack
def test_a_hundred_thousand_fuzzed_documents_are_spoken_or_refused(served):
    served.engine.length = 4
    with httpx.Client(base_url=served.url, timeout=30) as client:
        assert check_fuzzed(client, 100_000, seed=1) == {200, 400}
