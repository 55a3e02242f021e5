"""`POST /v1/text/normalize`."""

import random

import httpx
import pytest

from tests.api.keys import guarding
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


@pytest.mark.parametrize(
    ("text", "options", "spoken"),
    [
        ("On 05/08/2025.", {"date_order": "mdy"}, "On eighth May twenty twenty five."),
        ("₹25,00,000", {"number_scale": "million"}, "two million five hundred thousand rupees"),
        ("OTP 123456", {"digit_grouping": 3}, "O T P one two three, four five six"),
        ("OTP 4555", {"repeated_digits": "double"}, "O T P four triple five"),
        ("Nenu 500 rupayalu istanu.", {"language": "te-IN"}, "Nenu aidu vandala rupayalu istanu."),
    ],
)
def test_options_of_reading_are_those_of_speech(common, text, options, spoken):
    assert explain(common, text=text, **options).json()["spoken"] == spoken


def test_options_of_reading_hold_inside_markup(common):
    text = (
        "<speak>Code <say-as interpret-as='digits'>4555</say-as>, <lang xml:lang='en-IN'>on 05/08/2025.</lang></speak>"
    )
    made = explain(common, text=text, input_type="ssml", repeated_digits="double", date_order="mdy").json()
    assert made["spoken"] == "Code four triple five, on eighth May twenty twenty five."


@pytest.fixture(scope="module")
def guarded(tiny, tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('normalize')}/veena3.db"
    with guarding(tiny, url) as one:
        yield one


def test_explained_text_counts_toward_the_limits_of_the_key(guarded):
    key = guarded.key(requests_per_minute=1000, characters_per_minute=100)
    first = guarded.ask("POST", "/v1/text/normalize", key, json={"text": "a" * 90})
    assert first.status_code == 200 and first.headers["x-ratelimit-remaining"] == "999"
    answer = guarded.ask("POST", "/v1/text/normalize", key, json={"text": "a" * 90})
    assert answer.status_code == 429 and answer.json()["error"]["code"] == "RATE_LIMIT_EXCEEDED"
    assert int(answer.headers["retry-after"]) >= 1
    assert guarded.generate(key, text="a" * 90).status_code == 429
    assert guarded.ask("POST", "/v1/text/normalize", json={"text": "a"}).status_code == 401


def test_dictionaries_of_the_key_are_explained(common):
    made = httpx.post(
        f"{common.url}/v1/pronunciation-dictionaries", json={"name": "explained", "entries": {"sql": "sequel"}}
    ).json()
    answer = explain(common, text="SQL", pronunciation_dictionaries=[{"id": made["id"]}])
    assert answer.json()["spoken"] == "sequel" and answer.json()["spans"][0]["rules"] == ["lexicon"]
    assert explain(common, text="SQL", pronunciation_dictionaries=[{"id": "none"}]).status_code == 404


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
