"""Tokens that carry the phase: meaning, pitch from slots, scores of lines."""

import math

import numpy as np
import pytest

from training.demo_voice.codes import (
    BREATH,
    CODE_COUNT,
    LAUGH,
    PART_OF,
    PARTS,
    SLOT_OF,
    SLOTS,
    SOUND_OF,
    VOICED,
    VOICELESS,
    codes,
    onsets,
    whispered,
)
from training.demo_voice.phases import REACH_HZ, phases, pitch, slots
from training.demo_voice.scores import OPEN_WORDS, Line, asks, score
from training.demo_voice.speakers import GLOBAL_LEVELS, MIDDLES_HZ, SPEAKERS, Throat

VOWEL = VOICED[0]
LINE = Line("It is so.", (0, VOWEL, 0), (2, 16, 4), (0.0,) * 22)


def test_codes_fit_the_published_codebook() -> None:
    assert CODE_COUNT <= 8192
    assert len(PART_OF) == CODE_COUNT
    assert set(PART_OF) == set(range(PARTS))


def test_codes_name_phone_and_slot() -> None:
    tokens = codes([0, VOWEL], [2, 3], [0, 0, 5, 6, 7])
    assert SOUND_OF[tokens].tolist() == [0, 0, VOWEL, VOWEL, VOWEL]
    assert SLOT_OF[tokens].tolist() == [-1, -1, 5, 6, 7]
    assert onsets(tokens) == [0, VOWEL]


@pytest.mark.parametrize("middle_hz", [92.0, 131.0, 228.0])
def test_pitch_of_slots_follows_the_contour(middle_hz) -> None:
    hz = middle_hz + 0.94 * REACH_HZ * np.sin(np.arange(200) / 15)
    voiced = [True] * 200
    tokens = codes([VOWEL] * 20, [10] * 20, slots(hz.tolist(), voiced, middle_hz))
    found = pitch(phases(tokens, middle_hz))[:-1]
    step_hz = 1 / SLOTS / 0.02
    assert np.abs(found - hz[:-1]).max() < 2 * step_hz
    assert np.corrcoef(found, hz[:-1])[0, 1] > 0.98
    assert abs((found - hz[:-1]).mean()) < step_hz / 50  # rounding is carried over


def test_phase_is_continuous_through_one_voiceless_frame() -> None:
    voiced = [True] * 6 + [False] + [True] * 6
    found = phases(codes([VOWEL, 0, VOWEL], [6, 1, 6], slots([110.0] * 13, voiced, 104.0)), 104.0)
    ends = (found.starts + found.steps) % 1
    np.testing.assert_allclose(ends[:-1], found.starts[1:], atol=1e-9)
    assert found.known.all()


def test_phase_restarts_after_a_pause() -> None:
    voiced = [True] * 3 + [False] * 2 + [True] * 3
    assert slots([112.0] * 8, voiced, 104.0)[5] == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Is it far?", True),
        ("Where is it?", False),
        ("It is far.", False),
        ("Hello there. Can you hear me?", True),
        ("Did you see what he did?", True),
        ("At what time?", False),
        ("Tea or coffee?", False),
        ("क्या आप आएँगे?", True),
        ("आप कहाँ हैं?", False),
        ("మీరు వస్తారా?", True),
    ],
)
def test_questions_for_yes_or_no_are_told_from_others(text, expected) -> None:
    assert asks(text) is expected


@pytest.mark.parametrize("word", [word for row in OPEN_WORDS.values() for word in row])
def test_questions_with_a_question_word_do_not_rise(word) -> None:
    assert not asks(f"{word} abc?")
    assert not asks(f"Abc {word}?")


@pytest.mark.parametrize("speaker", SPEAKERS, ids=lambda speaker: speaker.id)
@pytest.mark.parametrize("hiss", [0, 14], ids=["voiced to its end", "with a voiceless end"])
def test_every_speaker_raises_questions_and_falls_in_statements(speaker, hiss) -> None:
    frames, moves = (2, 12, 12, 12, hiss, 4), {}
    for text in ("Is it so?", "It is so."):
        sung = score(Line(text, (0, *VOICED[:3], VOICELESS[1], 0), frames, (0.0,) * sum(frames)), speaker)
        voiced = sung.hz[sung.frames[0] :][: sum(sung.frames[1:4])]
        moves[text] = 12 * math.log2(np.median(voiced[-5:]) / np.median(voiced[-20:-5]))
        assert max(abs(hz - speaker.middle_hz) for hz in sung.hz) < REACH_HZ
    assert moves["Is it so?"] >= 2
    assert moves["It is so."] < -1


def test_speakers_differ_and_have_lower_case_ids() -> None:
    assert len({tuple(speaker.global_tokens) for speaker in SPEAKERS}) == len(SPEAKERS) == 12
    assert all(speaker.id == speaker.id.lower() for speaker in SPEAKERS)
    assert len({speaker.pitch_hz for speaker in SPEAKERS}) == len(SPEAKERS)
    assert all(speaker.middle_hz in MIDDLES_HZ for speaker in SPEAKERS)


def test_global_tokens_tell_the_throat() -> None:
    low, high = (sum(_digits(Throat(hz).global_tokens)[:16]) for hz in (100.0, 200.0))
    assert high - low == 32
    assert [Throat(hz).middle_hz for hz in MIDDLES_HZ] == list(MIDDLES_HZ)


def _digits(tokens: list[int]) -> list[int]:
    return [digit for token in tokens for digit in (token % GLOBAL_LEVELS[0], token // GLOBAL_LEVELS[0])]


def test_long_whispered_phone_repeats_no_frame_at_once() -> None:
    tokens = codes([whispered(VOWEL)], [16], [0] * 16)
    assert onsets(tokens) == [VOWEL]
    assert all(len(set(tokens[i : i + 4])) == 4 for i in range(13))


def test_sounds_of_tags_have_codes_of_their_own() -> None:
    tokens = codes([LAUGH, BREATH, 0], [2, 16, 1], [3, 4, *[0] * 17])
    assert SLOT_OF[tokens].tolist() == [3, 4, *[-1] * 17]
    assert onsets(tokens) == [0]
