import pytest

from processing.lexicon import read_lexicon
from processing.script import ScriptRules, write_script
from shared.errors import ValidationFailed
from shared.types import Sampling, Utterance, Voice

VOICE = Voice(id="v", name="V")
RULES = ScriptRules(threshold=60, target=40, emotions=("excited", "laughs"))


def script(text, rules=RULES, **more):
    return write_script(Utterance(text=text, voice=VOICE, sampling=Sampling(), rate=16_000, **more), rules)


def test_numbers_are_spoken_unless_asked_not_to():
    assert script("Room 12.").spoken == "Room twelve."
    assert script("Room 12.", normalize=False).spoken == "Room 12."


def test_a_long_text_is_split_and_nothing_is_lost():
    long = script("The first sentence is here. The second one follows it. And a third one ends the text.")
    assert len(long.chunks) > 1 and "".join(c.text for c in long.chunks) == long.spoken
    assert long.pauses_s[0] > 0 and not long.whole_text
    whole = script("The first sentence is here. The second one follows it. And a third.", chunking=False)
    assert len(whole.chunks) == 1 and whole.whole_text


def test_tags_the_checkpoint_knows_stay_and_others_go_or_are_refused():
    assert "[excited]" in script("[excited] Look at 3 birds!").spoken
    assert "[laughs]" in script("So <laugh> funny.").spoken
    assert "bored" not in script("[bored] Look.").spoken
    with pytest.raises(ValidationFailed, match="emotion"):
        script("[bored] Look.", ScriptRules(threshold=60, target=40, unknown_emotions="refuse"))


def test_a_request_s_lexicon_lies_over_the_service_s():
    rules = ScriptRules(threshold=60, target=40, lexicon=read_lexicon({"sql": "sequel", "gif": "jif"}))
    assert script("SQL and GIF", rules).spoken == "sequel and jif"
    assert script("SQL and GIF", rules, lexicon={"gif": "ghif"}).spoken == "sequel and ghif"
    with pytest.raises(ValidationFailed, match="lexicon"):
        script("SQL", rules, lexicon={"": "nothing"})


@pytest.mark.parametrize("text", ["🙂", "...", "[bored]", "— – —", "<laugh/>", "\u200b"])
def test_a_text_with_nothing_to_speak_is_refused(text):
    with pytest.raises(ValidationFailed, match="nothing that can be spoken"):
        script(text, ScriptRules(threshold=60, target=40))
