import pytest

from api.openai.voices import OPENAI_VOICES, speaker_of
from services.voices import VoiceBook
from shared.errors import InvalidSpeaker
from shared.types import Voice

BOOK = VoiceBook([Voice("One", "One", aliases=("nova",)), Voice("two", "Two")])


def test_names_of_the_checkpoint_come_first_without_regard_to_case():
    assert [speaker_of(name, BOOK) for name in ("one", "NOVA", "Two")] == ["One", "One", "two"]


def test_every_openai_voice_stands_for_the_same_voice_each_time():
    found = {name: speaker_of(name, BOOK) for name in OPENAI_VOICES}
    assert len(found) == 13 and set(found.values()) == {"One", "two"}
    assert found == {name: speaker_of(name.title(), BOOK) for name in OPENAI_VOICES}


def test_unknown_voice_is_refused_in_openai_words():
    with pytest.raises(InvalidSpeaker, match="unknown voice; known are One, two") as refused:
        speaker_of("nobody", BOOK)
    assert refused.value.details == {"field": "voice"}
