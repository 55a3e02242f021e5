"""Takes of a system: synthesized once for each version, and kept with their samples."""

import argparse
from collections.abc import Sequence

import numpy as np
import pytest

from training.demo_voice.measures.comparison import Plan
from training.demo_voice.measures.figures import WORDS
from training.demo_voice.measures.systems import checkpoint_folder, fingerprint
from training.demo_voice.measures.takes import Line, TakeStore
from training.demo_voice.unseen import Kind


class Humming:
    """System whose sentences are as long as their text; it fails at a text without letters."""

    name = "humming"

    def __init__(self, key: str) -> None:
        self.key = key
        self.spoken: list[str] = []

    def voices(self, language: str) -> Sequence[str]:
        return ["Anna"]

    async def speak(self, voice: str, text: str) -> np.ndarray:
        self.spoken.append(text)
        return np.full(100 * len(text) if text.strip() else 0, 0.25, np.float32)


async def test_store_synthesizes_each_line_once_for_each_version(tmp_path) -> None:
    lines = [
        Line("Anna", "en", "statement", "One."),
        Line("Anna", "en", "words", "One."),
        Line("Anna", "en", "wh", "Two?"),
    ]
    first, second = Humming("1"), Humming("2")
    made = await TakeStore(tmp_path).speak(first, lines)
    again = await TakeStore(tmp_path).speak(first, lines)
    await TakeStore(tmp_path).speak(second, lines[:1])
    assert first.spoken == ["One.", "Two?"]
    assert second.spoken == ["One."]
    assert [take.line for take in again] == lines
    assert all(np.allclose(a.samples, b.samples, atol=1e-4) for a, b in zip(made, again, strict=True))


async def test_store_returns_a_failure_without_samples_and_does_not_keep_it(tmp_path) -> None:
    system, line = Humming("1"), Line("Anna", "en", "statement", " ")
    for _ in range(2):
        assert [len(take.samples) for take in await TakeStore(tmp_path).speak(system, [line])] == [0]
    assert not any(tmp_path.iterdir())


def test_plan_has_each_kind_and_the_words_of_every_voice() -> None:
    lines = Plan(sentences=4, voices_a_sentence=2, heard=3).lines(["Anna", "Ravi"], "en", 2)
    counts = {purpose: sum(line.purpose == purpose for line in lines) for purpose in (*Kind, WORDS)}
    assert counts == {**dict.fromkeys(Kind, 8), WORDS: 6}
    assert not any(line.purpose == WORDS for line in Plan().lines(["Anna"], "hi", 1))
    assert Plan(kinds=(Kind.WH,), heard=0).lines(["Anna"], "te", 1)[0].purpose == Kind.WH


def test_fingerprint_depends_on_what_makes_the_sound(tmp_path) -> None:
    (tmp_path / "voices.yaml").write_text("a")
    before = fingerprint(tmp_path)
    (tmp_path / "evaluation.json").write_text("{}")
    (tmp_path / "README.md").write_text("more")
    assert fingerprint(tmp_path) == before
    (tmp_path / "voices.yaml").write_text("b")
    assert fingerprint(tmp_path) != before


def test_folder_that_is_no_checkpoint_is_one_line(tmp_path) -> None:
    with pytest.raises(argparse.ArgumentTypeError) as refused:
        checkpoint_folder(str(tmp_path / "missing"))
    assert "\n" not in str(refused.value)
