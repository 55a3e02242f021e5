"""Explanation of a text: the same spoken form as that of the text's script."""

import pytest

from processing.explain import explain_steps
from processing.script import ScriptRules, write_script
from shared.passages import Passage
from shared.steps import finish
from shared.types import Sampling, Utterance, Voice

VOICE = Voice(id="v", name="V")
RULES = ScriptRules(threshold=500, target=300, emotions=("excited",))


@pytest.mark.parametrize(
    "text",
    [
        "H<sub>2</sub>O now <s>₹1,299</s>₹999",
        "[excited] <del>₹40</del><br>area x<sup>2</sup>, <small>see</small> [1,00,000](http://a.in/x) votes",
        "Was <strong>₹5</strong><laugh> and <sub>n</sub> … <s>₹1,299</s>",
    ],
)
def test_explanation_has_the_spoken_form_of_the_script(text: str) -> None:
    utterance = Utterance(text=text, voice=VOICE, sampling=Sampling(), rate=16_000)
    assert finish(explain_steps((Passage(text),), RULES)).spoken == write_script(utterance, RULES).spoken
