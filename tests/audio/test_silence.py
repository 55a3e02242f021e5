import numpy as np

from audio.silence import SILENCE_S, SilenceFiller
from shared.types import Pcm


def test_filler_yields_silence_at_the_end_when_there_was_no_sound():
    (silence,) = SilenceFiller(rate=8000).finish()
    assert (silence.rate, silence.seconds, silence.samples.any()) == (8000, SILENCE_S, np.False_)


def test_filler_passes_sound_on_unchanged_without_silence():
    filler, block = SilenceFiller(rate=8000), Pcm(np.ones(3, np.float32), 8000)
    assert list(filler.feed(block)) == [block] and not list(filler.finish())
