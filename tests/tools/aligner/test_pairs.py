"""Pairs of texts and tokens: the file that keeps them, the texts, and the command that trains on given ones."""

import json
import shutil
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from api.cli.main import app
from core.alignment import load_aligner
from core.alignment.units import UnitTable
from shared.errors import StartupError
from tools.aligner.batches import Example, collate, usable
from tools.aligner.occupancy import occupancy
from tools.aligner.pairs import Pair, PairFile, read_pairs
from tools.aligner.texts import rows, word_lists

VOICE = Path(__file__).parents[3] / "voices" / "demo"
SAMPLES = Path(__file__).parents[2] / "data" / "word_starts.jsonl"


def test_pair_file_returns_what_was_appended_without_a_torn_line(tmp_path) -> None:
    store = PairFile(tmp_path / "pairs.jsonl")
    store.append(Pair("नमस्ते", (1, 2, 3)))
    store.append(Pair("a b", (1, 2, 3), (0, 2)))
    with store.path.open("a") as file:
        file.write('{"text": "torn", "tok')
    assert store.read() == [Pair("नमस्ते", (1, 2, 3)), Pair("a b", (1, 2, 3), (0, 2))]


def test_pairs_of_a_file_without_any_are_refused(tmp_path) -> None:
    (tmp_path / "pairs.jsonl").write_text("no JSON\n")
    with pytest.raises(StartupError, match=r"pairs\.jsonl: no lines such as"):
        read_pairs(tmp_path / "pairs.jsonl")


def test_texts_are_in_the_languages_and_the_same_for_a_seed() -> None:
    found = list(islice(rows(["en", "hi", "te", "xx"], 3), 60))
    assert found == list(islice(rows(["en", "hi", "te", "xx"], 3), 60))
    assert any("\u0900" <= c <= "\u097f" for c in found[1]) and any("\u0c00" <= c <= "\u0c7f" for c in found[2])
    assert not any(c.isdigit() for text in found for c in text)
    assert all(len(words) > 60 for words in word_lists().values())


def test_pairs_that_babble_or_stop_early_are_not_used() -> None:
    fine = [Pair("ten letters", tuple(range(50)))] * 9
    assert usable([*fine, Pair("ten letters", tuple(range(500))), Pair("ten letters", (1,))]) == fine
    assert usable([]) == []


def test_occupancy_shares_every_token_among_the_states_of_a_path() -> None:
    paths = collate([Example.of(Pair("ab", (0,) * 6), UnitTable("ab"))], codes=9).paths
    scores = np.zeros((1, 6, 5), np.float32)
    scores[0, 3:, 3] = 5
    shares = occupancy(scores, paths)
    assert np.allclose(shares.sum(2), 1, atol=1e-5)
    assert (shares[0, 0, 2:] == 0).all() and shares[0, 4, 3] > 0.9
    assert shares[0, :, 1].sum() == pytest.approx(1), "an onset is one token"


def test_occupancy_keeps_to_word_starts_that_are_known() -> None:
    paths = collate([Example.of(Pair("ab b", (0,) * 9, (2, 6)), UnitTable("ab"))], codes=9).paths
    shares = occupancy(np.zeros((1, 9, 7), np.float32), paths)[0]
    assert np.allclose(shares.sum(1), 1, atol=1e-5)
    assert shares[2, 1] == shares[6, 5] == pytest.approx(1), "onsets of both words"
    assert (shares[:2, 0] == 1).all() and (shares[7:, 5] == 0).all()
    assert np.allclose(shares[3:6, 2:5].sum(1), 1), "the word, or silence before the next one"


def test_word_of_one_letter_may_be_one_token() -> None:
    paths = collate([Example.of(Pair("a b ab", (0,) * 6, (0, 1, 2)), UnitTable("ab"))], codes=9).paths
    shares = occupancy(np.zeros((1, 6, paths.skips.shape[1]), np.float32), paths)[0]
    assert shares[0, 1] == shares[1, 3] == shares[2, 5] == pytest.approx(1)


def test_starts_that_are_not_one_for_each_word_are_refused(tmp_path) -> None:
    path = tmp_path / "pairs.jsonl"
    for starts in ([2], [3, 3], [-1, 4]):
        path.write_text(json.dumps({"text": "two words", "tokens": [1] * 9, "starts": starts}))
        with pytest.raises(StartupError, match=r"pairs\.jsonl: starts must be .* for each word: .two words"):
            read_pairs(path)


def test_command_trains_on_given_pairs_and_removes_its_work(tmp_path) -> None:
    for name in ("LLM", "BiCodec"):
        (tmp_path / "voice").mkdir(exist_ok=True)
        (tmp_path / "voice" / name).symlink_to(VOICE / name)
    for name in ("config.yaml", "voices.yaml"):
        shutil.copy(VOICE / name, tmp_path / "voice")
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text(SAMPLES.read_text("utf-8"), "utf-8")
    command = ["train-aligner", str(tmp_path / "voice"), "--minutes", "0.02", "--pairs", str(pairs)]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    assert "held-out pairs" in result.output and "not known" in result.output
    assert load_aligner(tmp_path / "voice") is not None
    assert not (tmp_path / "voice" / "aligner.partial").exists()
    evaluation = json.loads((tmp_path / "voice" / "aligner" / "evaluation.json").read_text())
    assert evaluation["pairs"] == 6


def test_command_refuses_a_folder_that_is_no_checkpoint(tmp_path) -> None:
    result = CliRunner().invoke(app, ["train-aligner", str(tmp_path)])
    assert result.exit_code == 1 and "Traceback" not in result.output
