"""Phones of a checkpoint's answer: known where its scheme of tokens is."""

from pathlib import Path

from core.checkpoint.reading import open_checkpoint
from core.parser import build_codec_table
from training.demo_voice.codes import CODE_COUNT, FRAMES_PER_PHONE, PHONES, codes
from training.demo_voice.token_schemes import SCHEMES, phones_of

TEXT_IDS = 300
TABLE = [-1] * TEXT_IDS + list(range(CODE_COUNT)) + [-2]


def test_phones_are_those_of_the_codes_and_not_of_other_tokens() -> None:
    spoken = [PHONES.index(name) for name in ("pau", "ae", "t", "pau")]
    answer = [TEXT_IDS + code for code in codes(spoken, [2, FRAMES_PER_PHONE, 3, 4])]
    assert phones_of([*answer, len(TABLE) - 1, 5], TABLE) == spoken


def test_phones_of_an_unknown_scheme_are_not_guessed() -> None:
    assert phones_of([TEXT_IDS, TEXT_IDS + 1], TABLE[: TEXT_IDS + 40]) == []


def test_scheme_of_the_embedded_voice_is_known() -> None:
    checkpoint = open_checkpoint(Path(__file__).parents[2] / "voices" / "demo")
    assert max(build_codec_table(checkpoint.vocabulary)) + 1 in SCHEMES
