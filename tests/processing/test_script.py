import tracemalloc

import pytest

from processing.lexicon import read_lexicon
from processing.script import ScriptRules, write_script, write_steps
from shared.errors import ValidationFailed
from shared.steps import finish
from shared.types import Sampling, Utterance, Voice
from tests.hostile import cpu_s

VOICE = Voice(id="v", name="V")
RULES = ScriptRules(threshold=60, target=40, emotions=("excited", "laughs"))


def script(text, rules=RULES, **more):
    return write_script(Utterance(text=text, voice=VOICE, sampling=Sampling(), rate=16_000, **more), rules)


def test_script_has_numbers_in_words_unless_normalising_is_off():
    assert script("Room 12.").spoken == "Room twelve."
    assert script("Room 12.", normalize=False).spoken == "Room 12."


def test_script_splits_a_long_text_and_loses_nothing():
    long = script("The first sentence is here. The second one follows it. And a third one ends the text.")
    assert len(long.chunks) > 1 and "".join(c.text for c in long.chunks) == long.spoken
    assert long.pauses_s[0] > 0 and not long.whole_text
    whole = script("The first sentence is here. The second one follows it. And a third.", chunking=False)
    assert len(whole.chunks) == 1 and whole.whole_text


def test_script_keeps_known_tags_and_drops_or_refuses_others():
    assert "[excited]" in script("[excited] Look at 3 birds!").spoken
    assert "[laughs]" in script("So <laugh> funny.").spoken
    assert "bored" not in script("[bored] Look.").spoken
    with pytest.raises(ValidationFailed, match="emotion"):
        script("[bored] Look.", ScriptRules(threshold=60, target=40, unknown_emotions="refuse"))


def test_script_prefers_the_lexicon_of_the_request():
    rules = ScriptRules(threshold=60, target=40, lexicon=read_lexicon({"sql": "sequel", "gif": "jif"}))
    assert script("SQL and GIF", rules).spoken == "sequel and jif"
    assert script("SQL and GIF", rules, lexicon={"gif": "ghif"}).spoken == "sequel and ghif"
    with pytest.raises(ValidationFailed, match="lexicon"):
        script("SQL", rules, lexicon={"": "nothing"})


@pytest.mark.parametrize("text", ["🙂", "...", "[bored]", "— – —", "<laugh/>", "\u200b"])
def test_script_has_no_chunks_when_nothing_can_be_spoken(text):
    written = script(text, ScriptRules(threshold=60, target=40))
    assert (written.chunks, written.spoken, written.pauses_s) == ((), "", [])
    (chunk,) = written.add(script("Hello.", ScriptRules(threshold=60, target=40)))
    assert (chunk.text, chunk.index, written.spoken) == ("Hello.", 0, "Hello.")


def test_script_is_written_in_steps_and_can_be_abandoned():
    text = "The first sentence is here. " * 500
    written = Utterance(text=text, voice=VOICE, sampling=Sampling(), rate=16_000)
    assert finish(write_steps(written, RULES)).chunks == write_script(written, RULES).chunks
    steps = write_steps(written, RULES)
    assert sum(1 for _ in steps) > 500
    whole_s = cpu_s(lambda: script(text), times=1)
    steps = write_steps(written, RULES)
    assert cpu_s(lambda: [next(steps) for _ in range(20)], times=1) < whole_s / 2
    steps.close()


def test_script_uses_the_same_lexicon_for_later_text():
    said = script("One SQL.", lexicon={"sql": "sequel"})
    later = write_script(Utterance(text="Two SQL.", voice=VOICE, sampling=Sampling(), rate=16_000), said.rules)
    assert [chunk.text for chunk in said.add(later)] == [" Two sequel."]


def test_scripts_of_twelve_long_texts_hold_little_memory():
    """Write each up to its last chunk."""
    written = Utterance(text="a, " * 8_000, voice=VOICE, sampling=Sampling(), rate=16_000)
    rules = ScriptRules(threshold=220, target=170)
    most = sum(1 for _ in write_steps(written, rules))
    tracemalloc.start()
    try:
        scripts = [write_steps(written, rules) for _ in range(12)]
        for steps in scripts:
            for _ in range(most - 1):
                next(steps)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 12 * 500_000
