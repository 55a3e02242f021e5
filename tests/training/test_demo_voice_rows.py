"""The two kinds of training rows must agree: a token learned as an onset stands where the whole format has it."""

import pytest

from core.checkpoint.tokenizer import write_tokenizer
from core.checkpoint.vocabulary import read_vocabulary
from training.demo_voice.codes import CODE_COUNT, FRAMES_PER_PHONE, PAUSE, SPEAKERS, codes, onsets, snap
from training.demo_voice.flite import Phone
from training.demo_voice.lm_data import IGNORED, Row, Utterance, onset_row, whole_row
from training.demo_voice.vocabulary import EMBEDDING_ROWS, ENDING, GLOBAL_COUNT, SEMANTIC_0, globals_and_start, prompt

UTTERANCE = Utterance(SPEAKERS[0], "A cat.", phones=[0, 3, 21, 2, 33, 0], frames=[2, 3, 5, 16, 1, 4])


def placed(row: Row) -> dict[int, int]:
    return dict(zip(row.positions, row.ids, strict=True))


@pytest.mark.parametrize("row", [onset_row(UTTERANCE), whole_row(UTTERANCE, with_globals=False)])
def test_a_shortened_row_is_the_whole_row_with_gaps(row: Row) -> None:
    whole = placed(whole_row(UTTERANCE))
    assert placed(row).items() < whole.items()
    assert row.positions == sorted(row.positions)


def test_every_token_after_the_prompt_is_learned_and_none_before() -> None:
    row = whole_row(UTTERANCE)
    head = len(prompt(UTTERANCE.speaker, UTTERANCE.text))
    assert row.labels == [IGNORED] * head + row.ids[head:]
    assert row.ids[-2:] == ENDING


def test_onset_rows_learn_the_first_frame_of_each_phone() -> None:
    learned = [label - SEMANTIC_0 for label in onset_row(UTTERANCE).labels if label != IGNORED][:-1]
    assert learned == [phone * FRAMES_PER_PHONE for phone in UTTERANCE.phones]
    assert onsets(codes(UTTERANCE.phones, UTTERANCE.frames)) == UTTERANCE.phones


def test_ids_are_those_of_the_tokenizer_that_is_shipped(tmp_path) -> None:
    write_tokenizer(tmp_path, global_codes=GLOBAL_COUNT, semantic_codes=CODE_COUNT)
    vocabulary = read_vocabulary(tmp_path / "tokenizer.json", rows=EMBEDDING_ROWS)
    speaker, control = SPEAKERS[1], vocabulary.control
    assert prompt(speaker, "Hi!") == [
        control.task_tts,
        control.start_content,
        *vocabulary.encode_text(f"{speaker.id}: Hi!"),
        control.end_content,
        control.start_global,
    ]
    voice = [*vocabulary.globals.ids(speaker.global_tokens), control.end_global, control.start_semantic]
    assert globals_and_start(speaker) == voice
    assert vocabulary.semantics.first == SEMANTIC_0
    assert set(ENDING) == vocabulary.stop_ids


def test_snapping_merges_pauses_trims_the_ends_and_keeps_time() -> None:
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


def test_speakers_have_different_globals_within_the_grid() -> None:
    rows = {tuple(speaker.global_tokens) for speaker in SPEAKERS}
    assert len(rows) == len(SPEAKERS)
    assert all(len(row) == 32 and min(row) >= 0 and max(row) < GLOBAL_COUNT for row in rows)
