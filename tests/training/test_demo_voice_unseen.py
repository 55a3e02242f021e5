"""Sentences of the evaluation: enough of each kind, and none that training may see."""

from pathlib import Path

import pytest

from training.demo_voice.references import TEACHERS
from training.demo_voice.unseen import Kind, held_out, sentences_of, unseen_sentences

DATA = Path(__file__).parents[1] / "data"


@pytest.mark.parametrize("language", TEACHERS)
def test_sentences_are_many_and_end_as_their_kind_does(language) -> None:
    for kind, least in {Kind.STATEMENT: 30, Kind.YES_NO: 30, Kind.WH: 12, Kind.LIST: 12}.items():
        texts = sentences_of(kind, language, DATA)
        assert len(texts) == len(set(texts)) >= least
        assert all(text.endswith("?") == (kind in (Kind.YES_NO, Kind.WH)) for text in texts)
        assert all(text.count(",") >= 2 for text in texts if kind is Kind.LIST)


@pytest.mark.parametrize("language", TEACHERS)
def test_held_out_has_every_sentence_of_the_evaluation(language) -> None:
    spoken = {text for kind in Kind for text in sentences_of(kind, language, DATA)}
    assert spoken | set(unseen_sentences(language, DATA)) <= held_out(DATA)
    assert set(unseen_sentences(f"{language}-en", DATA) if language != "en" else ()) <= held_out(DATA)


def test_questions_and_lists_are_not_among_the_unseen_sentences() -> None:
    for language in TEACHERS:
        spoken = {text for kind in (Kind.YES_NO, Kind.WH, Kind.LIST) for text in sentences_of(kind, language, DATA)}
        assert not spoken & set(unseen_sentences(language, DATA))
