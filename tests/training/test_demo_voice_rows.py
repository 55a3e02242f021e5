"""Training rows: a token has the same position in an onset row and in the whole format."""

import pytest

from core.checkpoint.vocabulary import read_vocabulary
from training.demo_voice.codes import FRAMES_PER_PHONE, PAUSE, Phone, codes, onsets, snap
from training.demo_voice.lm_data import IGNORED, Row, Utterance, joined, onset_row, whole_row
from training.demo_voice.speakers import SPEAKERS
from training.demo_voice.vocabulary import (
    EMBEDDING_ROWS,
    ENDING,
    GLOBAL_COUNT,
    SEMANTIC_0,
    globals_and_start,
    prompt,
    write,
)

SPEAKER = SPEAKERS[0]
UTTERANCE = Utterance("A cat.", phones=[0, 3, 21, 2, 33, 0], frames=[2, 3, 5, 16, 1, 4])


def placed(row: Row) -> dict[int, int]:
    return dict(zip(row.positions, row.ids, strict=True))


@pytest.mark.parametrize("row", [onset_row(UTTERANCE, SPEAKER), whole_row(UTTERANCE, SPEAKER, with_globals=False)])
def test_short_row_is_the_whole_row_with_gaps(row: Row) -> None:
    whole = placed(whole_row(UTTERANCE, SPEAKER))
    assert placed(row).items() < whole.items()
    assert row.positions == sorted(row.positions)


def test_labels_are_all_tokens_after_the_prompt() -> None:
    row = whole_row(UTTERANCE, SPEAKER)
    head = len(prompt(SPEAKER, UTTERANCE.text))
    assert row.labels == [IGNORED] * head + row.ids[head:]
    assert row.ids[-2:] == ENDING


def test_onset_row_has_the_first_frame_of_each_phone() -> None:
    learned = [label - SEMANTIC_0 for label in onset_row(UTTERANCE, SPEAKER).labels if label != IGNORED][:-1]
    assert learned == [phone * FRAMES_PER_PHONE for phone in UTTERANCE.phones]
    assert onsets(codes(UTTERANCE.phones, UTTERANCE.frames)) == UTTERANCE.phones


def test_joined_lines_are_one_row_with_a_pause() -> None:
    both = joined(UTTERANCE, UTTERANCE, 9)
    assert both.text == "A cat. A cat."
    assert both.phones == [0, 3, 21, 2, 33, 0, 3, 21, 2, 33, 0]
    assert both.frames == [2, 3, 5, 16, 1, 9, 3, 5, 16, 1, 4]


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
    voice = [*vocabulary.globals.ids(speaker.global_tokens), control.end_global, control.start_semantic]
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


def test_speakers_have_different_valid_global_tokens() -> None:
    rows = {tuple(speaker.global_tokens) for speaker in SPEAKERS}
    assert len(rows) == len(SPEAKERS)
    assert all(len(row) == 32 and min(row) >= 0 and max(row) < GLOBAL_COUNT for row in rows)
