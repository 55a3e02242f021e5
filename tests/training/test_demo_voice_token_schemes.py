"""Phones of a checkpoint's answer: known where its scheme of tokens is."""

from pathlib import Path

import pytest

from core.checkpoint.reading import open_checkpoint
from core.parser import build_codec_table
from training.demo_voice.codes import CODE_COUNT, codes
from training.demo_voice.phones import FRAMES_PER_PHONE, PHONES
from training.demo_voice.token_schemes import SCHEMES, phones_of

TEXT_IDS = 300
SPOKEN = [PHONES.index(name) for name in ("pau", "ae", "t", "pau")]
FRAMES = (2, FRAMES_PER_PHONE, 3, 4)
WITHOUT_PHASE = [phone * FRAMES_PER_PHONE + i for phone, n in zip(SPOKEN, FRAMES, strict=True) for i in range(n)]
WITH_PHASE = codes(SPOKEN, FRAMES, [i % 5 for i in range(sum(FRAMES))])


def table(count: int) -> list[int]:
    """Return the table of a vocabulary with so many semantic tokens."""
    return [-1] * TEXT_IDS + list(range(count)) + [-2]


@pytest.mark.parametrize(
    ("count", "spoken"), [(len(PHONES) * FRAMES_PER_PHONE, WITHOUT_PHASE), (CODE_COUNT, WITH_PHASE)]
)
def test_phones_are_those_of_the_codes_and_not_of_other_tokens(count: int, spoken: list[int]) -> None:
    answer = [TEXT_IDS + code for code in spoken]
    assert phones_of([*answer, TEXT_IDS + count, 5], table(count)) == SPOKEN


def test_phones_of_an_unknown_scheme_are_not_guessed() -> None:
    assert phones_of([TEXT_IDS, TEXT_IDS + 1], table(40)) == []


def test_scheme_of_the_embedded_voice_is_known() -> None:
    checkpoint = open_checkpoint(Path(__file__).parents[2] / "voices" / "demo")
    assert max(build_codec_table(checkpoint.vocabulary)) + 1 in SCHEMES
