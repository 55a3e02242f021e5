import pytest

from services.voices import VoiceBook
from shared.errors import InvalidSpeaker, VoiceNotFound
from shared.types import Voice

ONE, OTHER = Voice("one", "One", aliases=("uno", "eins")), Voice("other", "Other")


@pytest.fixture
def book() -> VoiceBook:
    return VoiceBook(iter((ONE, OTHER)))


@pytest.mark.parametrize(
    ("name", "voice"), [("one", ONE), ("uno", ONE), ("eins", ONE), ("other", OTHER), ("ONE", ONE), ("Uno", ONE)]
)
def test_voice_is_found_by_id_and_alias_without_regard_to_case(book, name, voice):
    assert book.speaker(name) is voice and book.voice(name) is voice


def test_unknown_name_is_refused_with_the_known_ids(book):
    with pytest.raises(InvalidSpeaker, match="known are one, other"):
        book.speaker("ones")
    with pytest.raises(VoiceNotFound):
        book.voice("ones")
