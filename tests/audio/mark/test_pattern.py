import hashlib
from itertools import combinations

import numpy as np
import pytest

from audio.mark.pattern import CHIPS, DELAYS, GROUPS, IDS, MarkPattern, code_word


def test_pattern_is_the_same_on_every_machine():
    pattern = MarkPattern.of("a secret of some length")
    digest = hashlib.sha256(pattern.with_id(77).astype(np.int8).tobytes()).hexdigest()
    assert digest == "a33b99cac935a88290c0906547bfe5df934411308239b616093d6880a2280e2a"


def test_pattern_differs_with_the_secret():
    one, other = (MarkPattern.of(f"secret number {n} of two").signs for n in range(2))
    assert abs(np.mean(one * other)) < 0.1


def test_pattern_has_each_group_equally_often_in_every_chip():
    groups = MarkPattern.of("a secret of some length").groups
    assert groups.shape == (CHIPS, len(DELAYS))
    for chip in groups:
        assert (np.bincount(chip, minlength=GROUPS) == len(DELAYS) // GROUPS).all()


def test_delays_are_distinct_and_between_15_and_30_ms():
    assert len(set(DELAYS)) == 32 and min(DELAYS) >= 240 and max(DELAYS) <= 480


def test_code_words_differ_in_a_quarter_of_their_elements_at_least():
    words = [code_word(mark_id).astype(int) for mark_id in range(IDS)]
    assert max(int(one @ other) for one, other in combinations(words, 2)) == GROUPS // 2


@pytest.mark.parametrize("mark_id", [-1, 256])
def test_code_word_refuses_an_id_out_of_range(mark_id):
    with pytest.raises(ValueError, match="0 to 255"):
        code_word(mark_id)
