"""Training rows of the language model, and the table whose tokens are sums."""

import math
import random

import numpy as np
import pytest
import torch

from core.checkpoint.vocabulary import read_vocabulary
from training.demo_voice.anybody import all_tokens
from training.demo_voice.codes import BREATH, CODE_COUNT, LAUGH, SLOT_OF, VOICED, onsets
from training.demo_voice.lm_data import joined, row
from training.demo_voice.manners import MANNERS, SOUNDS
from training.demo_voice.phones import PAUSE, Phone, snap
from training.demo_voice.rows import IGNORED
from training.demo_voice.scores import Line, score, with_sound
from training.demo_voice.speakers import SPEAKERS
from training.demo_voice.tagged import tagged
from training.demo_voice.token_table import TokenTable
from training.demo_voice.vocabulary import (
    EMBEDDING_ROWS,
    ENDING,
    SEMANTIC_0,
    TOKEN_COUNT,
    globals_and_start,
    prompt,
    tokenizer,
    write,
)

SPEAKER = SPEAKERS[0]
LINE = Line("A cat.", (0, VOWEL := VOICED[3], 0), (2, 9, 4), (0.5,) * 15)


def test_row_without_globals_keeps_positions() -> None:
    sung = score(LINE, SPEAKER)
    whole, short = (row(LINE.text, sung, SPEAKER, with_globals=with_globals) for with_globals in (True, False))
    placed = dict(zip(whole.positions, whole.ids, strict=True))
    assert dict(zip(short.positions, short.ids, strict=True)).items() < placed.items()
    assert [label - SEMANTIC_0 for label in short.labels if label != IGNORED][: len(sung.tokens)] == sung.tokens
    assert short.ids[-2:] == ENDING


def test_joined_scores_have_a_pause_between() -> None:
    sung = score(LINE, SPEAKER)
    both = joined(sung, sung, 9)
    assert both.sounds == (0, VOWEL, 0, VOWEL, 0)
    assert both.frames == (*sung.frames[:-1], 9, *sung.frames[1:])
    assert len(both.hz) == sum(both.frames)
    assert len(both.tokens) == sum(both.frames)


def test_table_computes_the_cross_entropy_of_all_tokens() -> None:
    torch.manual_seed(4)
    table = TokenTable(48)
    hidden = torch.randn(40, 48)
    ids = torch.cat((torch.randint(TOKEN_COUNT, (20,)), SEMANTIC_0 + torch.randint(CODE_COUNT, (20,))))
    expected = torch.nn.functional.cross_entropy(hidden @ table.whole().T, ids, reduction="none")
    total, slots = table.losses(hidden, ids)
    torch.testing.assert_close(total, expected, atol=1e-4, rtol=1e-4)
    voiced = torch.from_numpy(SLOT_OF)[(ids - SEMANTIC_0).clamp(0, CODE_COUNT - 1)] >= 0
    voiced &= (ids >= SEMANTIC_0) & (ids < SEMANTIC_0 + CODE_COUNT)
    assert ((slots > 0) == voiced).all()


def test_table_has_a_row_for_each_id() -> None:
    table = TokenTable(32)
    torch.testing.assert_close(table.whole()[SEMANTIC_0 : SEMANTIC_0 + 5], table(SEMANTIC_0 + torch.arange(5)))
    assert len(table.whole()) == EMBEDDING_ROWS == pytest.approx(TOKEN_COUNT, abs=64)


def test_table_takes_the_rows_of_another_one() -> None:
    torch.manual_seed(5)
    other, table = TokenTable(32), TokenTable(32)
    table.take(other.whole().detach(), tokenizer().get_vocab())
    kept = torch.arange(TOKEN_COUNT)
    torch.testing.assert_close(table(kept), other(kept), atol=1e-5, rtol=0)


@pytest.mark.parametrize("text", ["Hi!", "नमस्ते दोस्त।", "మీకు coffee కావాలా?"])
def test_ids_are_those_of_the_exported_tokenizer(tmp_path, text) -> None:
    write(tmp_path)
    vocabulary = read_vocabulary(tmp_path / "tokenizer.json", rows=EMBEDDING_ROWS)
    speaker, control = SPEAKERS[1], vocabulary.control
    assert prompt(speaker, text) == [
        control.task_tts,
        control.start_content,
        *vocabulary.encode_text(f"{speaker.id}: {text}"),
        control.end_content,
        control.start_global,
    ]
    voice = [*vocabulary.globals.ids(all_tokens(speaker)), control.end_global, control.start_semantic]
    assert globals_and_start(speaker) == voice
    assert vocabulary.semantics.first == SEMANTIC_0
    assert set(ENDING) == vocabulary.stop_ids


def test_snap_merges_pauses_trims_the_ends_and_keeps_the_times() -> None:
    spans = snap(
        [
            Phone(PAUSE, 0.0, 0.10),
            Phone(PAUSE, 0.10, 0.20),
            Phone("k", 0.20, 0.205),
            Phone("ae", 0.205, 0.31),
            Phone("t", 0.31, 0.40),
            Phone(PAUSE, 0.40, 0.90),
        ]
    )
    assert [span.frames for span in spans] == [2, 1, 5, 4, 4]
    assert (spans[0].start_s, spans[-1].end_s) == pytest.approx((0.16, 0.48))


def test_manners_change_pitch_rate_and_voice() -> None:
    line = Line("A cat.", (0, VOWEL, 0), (2, 12, 4), tuple(math.sin(i / 3) * 3 for i in range(18)))
    plain, sung = score(line, SPEAKER), {tag: score(line, SPEAKER, manner) for tag, manner in MANNERS.items()}
    assert len(sung["sad"].hz) > len(sung["calm"].hz) > len(plain.hz) > len(sung["excited"].hz)
    assert np.ptp(sung["sad"].hz) < np.ptp(sung["calm"].hz) < np.ptp(plain.hz)
    assert np.mean(sung["excited"].hz) > np.mean(plain.hz) > np.mean(sung["sad"].hz)
    assert all(SLOT_OF[token] == -1 for token in sung["whispers"].tokens)
    assert onsets(sung["whispers"].tokens) == onsets(plain.tokens) == [0, VOWEL, 0]


@pytest.mark.parametrize("tag", SOUNDS)
@pytest.mark.parametrize("at_end", [False, True])
def test_sounds_of_tags_are_no_phones(tag, at_end) -> None:
    plain = score(LINE, SPEAKER)
    sung = with_sound(plain, SPEAKER, SOUNDS[tag](random.Random(1)), at_end=at_end)
    assert len(sung.tokens) == len(sung.hz) > len(plain.tokens) + 20
    assert onsets(sung.tokens) == ([0, VOWEL, 0, 0] if at_end else [0, 0, VOWEL, 0])
    assert {LAUGH, BREATH} & set(sung.sounds)


def test_tagged_lines_have_a_known_tag() -> None:
    rng = random.Random(5)
    made = {tagged(LINE, SPEAKER, rng, 1.0)[0] for _ in range(200)}
    before = {f"[{tag}] {LINE.text}" for tag in (*MANNERS, *SOUNDS)}
    assert made == before | {f"{LINE.text} [{tag}]" for tag in SOUNDS}
    assert tagged(LINE, SPEAKER, rng, 0.0) == (LINE.text, score(LINE, SPEAKER))
