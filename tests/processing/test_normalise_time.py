"""Time of the normaliser for a line. Another process on the same core makes it longer, so this runs alone."""

from processing.normalise import normalise
from tests.hostile import stated_cpu_s


def test_normaliser_takes_under_1_ms_for_200_characters():
    text = ("The train leaves at 9 from platform 2, and Mr. Rao pays the fare of the whole family with a smile. " * 3)[
        :200
    ]
    assert stated_cpu_s(lambda: normalise(text), times=100) < 0.001
