import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processing.sentences import sentences, spans
from tests.hostile import cpu_s, text_of

CASES = json.loads((Path(__file__).parents[1] / "data" / "sentences.json").read_text(encoding="utf-8"))

MORE = [
    "Mr. and Mrs. Gupta came.|They left early.",
    "He works at Infosys Ltd. in Pune.|It is big.",
    "He works at Infosys Ltd.|She works at TCS.",
    "The U.S. Government said so.|I agree.",
    "He lives in the U.S.|She lives in the U.K. now.",
    "Go to https://example.com/a.b?c=1.|Then stop.",
    "Mail ravi.kumar@example.co.in.|Thanks.",
    "I waited... and waited.|Then… nothing.|Wait...|What?",
    "(He left.)|She stayed.",
    '"I am here."|She smiled.|“Really?” he asked.|‘Yes.’|OK.',
    "[excited] We won!|[laughs] Great. [sighs]",
    'उसने कहा, "मैं जाता हूँ।"|राम हँसा।',
    '"నేను వస్తాను." అని అన్నాడు.|తర్వాత వెళ్ళాడు.',
    "రాముడు వచ్చాడు.|సీత కూడా వచ్చింది.",
    "కి.మీ. దూరం ఎక్కువ.|క్రీ.శ. 1500 లో జరిగింది.",
    "यह 5 कि.मी. दूर है.|वहाँ जाओ.",
    "प्रो. शर्मा और डॉ. (श्रीमती) गुप्ता आए।|ठीक।",
    "वह चाय पी.|फिर गया.|जी. के. राव आए.",
    "नेता बी. आर. अंबेडकर ने लिखा.|ठीक.",
    "kya haal hai?|main theek hoon.|tum batao!",
    "Prof. Rao, Ph.D. spoke.|He has a B.Tech. from IIT.",
    "Version 2.0.1 is out.|Use v3.",
    "१. पहला बिंदु।|२. दूसरा बिंदु।",
    "Is it 5 p.m.?|Yes, at 5 p.m.|The bus left.|At 6 p.m. IST we go.",
    "Fig. 3 shows it.|See pp. 5-6.|Vol. II is out.",
    "He got No. 1 rank.|No.|I disagree.",
    "Apples, oranges, etc. are here.|Pens, etc.|Buy now.",
    "J. K. Rowling wrote it.|Vitamin C.|It is good.",
    "राम आया॥|सीता गई॥१॥|अगला श्लोक।",
    "ASP.NET rocks.|node.js too.",
    "What a day!😀|Next one.|Good 👍.|Bye.",
    "आप कैसे हैं?|मैं ठीक हूँ।",
    "Dr.Rao came.|St. Louis is nice.|I live on Main St.|It is calm.",
    "I met Gen. V. K. Singh.|He is from M.P. and lives in U.P.",
    "Jan. 5 was cold.|In Dec. it snows.",
    "ఎం.ఎస్. సుబ్బులక్ష్మి పాడారు.|ఎన్.టి.ఆర్. నటించారు.",
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:24])
def test_segmentation_of_golden_cases(case: dict[str, object]) -> None:
    assert sentences(str(case["text"])) == case["sentences"]


@pytest.mark.parametrize("marked", MORE)
def test_segmentation_of_further_cases(marked: str) -> None:
    expected = marked.split("|")
    assert sentences(" ".join(expected)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One\r\nTwo\u2028Three", ["One", "Two", "Three"]),
        ("[excited]\nWe won!", ["[excited]\nWe won!"]),
        ("We won! [laughs]\nNext", ["We won! [laughs]", "Next"]),
        ("राम आया |सीता गई | ठीक है|", ["राम आया |", "सीता गई |", "ठीक है|"]),
        ("गया।सीता", ["गया।", "सीता"]),
        ("Hello world.Next one.", ["Hello world.", "Next one."]),
        ("", []),
        (" \n ", []),
    ],
)
def test_segmentation_of_lines_tags_and_missing_spaces(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text(st.sampled_from("aAक్రా.!?।॥ \n\"')[]|1…-") | st.characters(exclude_categories=["Cs"])))
def test_spans_tile_any_text(text: str) -> None:
    found = spans(text)
    assert "".join(text[start:end] for start, end in found) == text
    assert all(start < end for start, end in found)


def test_segmentation_takes_linear_time() -> None:
    text = text_of("[a]\n", 24_000)
    assert cpu_s(lambda: spans(text)) < 8 * cpu_s(lambda: spans(text[:6_000])) + 0.02
