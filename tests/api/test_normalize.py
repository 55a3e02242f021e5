"""`POST /v1/text/normalize`."""

import random

import httpx
import pytest

from tests.api.test_markup import fuzzed


def explain(served, **body: object) -> httpx.Response:
    return httpx.post(f"{served.url}/v1/text/normalize", json=body, timeout=30)


def test_each_changed_span_has_its_words_and_rules(common):
    text = "It costs Rs. 1,25,000 on 15/08/2025, says Dr. Rao 😀 (SQL)."
    answer = explain(common, text=text, lexicon={"sql": "sequel"})
    assert answer.status_code == 200, answer.text
    made = answer.json()
    assert made["spoken"] == (
        "It costs one lakh twenty five thousand rupees on fifteenth August twenty twenty five, "
        "says Doctor Rao (sequel)."
    )
    found = [(one["written"], one["spoken"], one["rules"]) for one in made["spans"] if one["spoken"].strip()]
    assert found == [
        ("Rs. 1,25,000", "one lakh twenty five thousand rupees", ["money.before"]),
        ("15/08/2025", "fifteenth August twenty twenty five", ["calendar.numeric"]),
        ("Dr.", "Doctor", ["letters.short"]),
        ("SQL", "sequel", ["lexicon"]),
    ]
    for one in made["spans"]:
        assert text[one["start"] : one["end"]] == one["written"]
        assert made["spoken"][one["spoken_start"] : one["spoken_end"]] == one["spoken"]
    assert any("😀" in one["written"] for one in made["spans"])
    assert made["language"] == "en" and "markup" not in made


def test_markup_is_explained_with_its_report(common):
    text = "<speak>Pay <say-as interpret-as='digits'>12</say-as> now.<break/>Then 5 km on.</speak>"
    made = explain(common, text=text, input_type="ssml").json()
    assert made["text"] == "Pay 12 now. Then 5 km on." and made["spoken"] == "Pay one two now. Then five kilometers on."
    assert [(one["written"], one["rules"]) for one in made["spans"]] == [
        ("12", ["say-as.digits"]),
        ("5 km", ["measures.measure"]),
    ]
    assert made["markup"]["applied"] == {"say-as": 1, "break": 1}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"text": " "}, "text"),
        ({"text": "a" * 5001}, "at most 5000"),
        ({"text": "a", "language": "fr"}, "language: must be one of"),
        ({"text": "a", "speaker": "nobody"}, "unknown speaker"),
        ({"text": "<a/>", "input_type": "ssml"}, "<a> is unknown"),
        ({"text": "a", "voice": "x"}, "voice"),
    ],
)
def test_wrong_request_is_refused(common, body, reason):
    answer = explain(common, **body)
    assert answer.status_code == 400 and reason in answer.text


def check_fuzzed(client: httpx.Client, count: int, seed: int) -> set[int]:
    random_, statuses = random.Random(seed), set()
    for _ in range(count):
        text = fuzzed(random_)
        answer = client.post("/v1/text/normalize", json={"text": text, "input_type": random_.choice(["ssml", "tags"])})
        assert answer.status_code in (200, 400), (answer.status_code, text)
        statuses.add(answer.status_code)
        for one in answer.json().get("spans", ()):
            assert answer.json()["text"][one["start"] : one["end"]] == one["written"]
    return statuses


def test_fuzzed_documents_are_explained_or_refused(common):
    with httpx.Client(base_url=common.url, timeout=30) as client:
        assert check_fuzzed(client, 200, seed=7) == {200, 400}


@pytest.mark.attack
def test_a_hundred_thousand_fuzzed_documents_are_explained_or_refused(common):
    with httpx.Client(base_url=common.url, timeout=30) as client:
        assert check_fuzzed(client, 100_000, seed=2) == {200, 400}
