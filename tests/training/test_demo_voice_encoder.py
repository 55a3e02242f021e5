"""Speaker encoder of the next voice: what it has to tell, and its weights at the published width."""

import random

import numpy as np
import pytest
import torch

from core.bicodec.checkpoint import open_bicodec
from core.bicodec.model import BiCodec
from core.bicodec.speaker import SpeakerEncoder, load_voice_tokenizer
from training.demo_voice.anybody import REACH_HZ, all_tokens, told
from training.demo_voice.decoder_config import config
from training.demo_voice.encoder_digits import digits, figures, source
from training.demo_voice.export import write_codec
from training.demo_voice.speakers import DIGIT_LEVELS, SPEAKERS
from training.demo_voice.train_encoder import ThinEncoder, worsened

VOICES = [source(random.Random(seed)) for seed in range(60)]


def _tokens(rows: np.ndarray) -> list[list[int]]:
    low, high = np.moveaxis(np.round(rows).astype(int), -1, 0)
    return (low + DIGIT_LEVELS * high).tolist()


def test_digits_round_to_the_tokens_of_the_voice() -> None:
    voices = [*VOICES, *SPEAKERS]
    wanted = np.array([all_tokens(voice) for voice in voices])
    # rounding differs in exact ties alone, and a preset's rate is told by the nearest level
    assert (np.array(_tokens(digits(np.array([figures(voice) for voice in voices])))) == wanted).mean() > 0.999


def test_pitch_between_two_middles_is_told_within_reach_of_the_nearer_one() -> None:
    row = figures(VOICES[0])
    for hz, nearest in ((124.0, 122.0), (126.0, 128.0), (60.0, 78.0), (300.0, 272.0)):
        made = told(_tokens(digits(np.array([[hz, *row[1:]]])))[0])
        assert made.pitch_hz == pytest.approx(nearest, abs=1.0)
        assert abs(made.pitch_hz - made.middle_hz) < REACH_HZ + 1


@pytest.fixture(scope="module")
def thin() -> ThinEncoder:
    """Return an encoder whose norms have seen some sound."""
    torch.manual_seed(3)
    model = ThinEncoder(1 + torch.rand(config().speaker_encoder.input_dim))
    for _ in range(3):
        model.both(torch.rand(4, config().speaker_encoder.input_dim, 60))
    return model.eval()


def test_widened_encoder_tells_the_same(thin) -> None:
    whole = SpeakerEncoder(config().speaker_encoder).eval()
    whole.load_state_dict(thin.whole())
    mel = torch.rand(2, config().speaker_encoder.input_dim, 80)
    with torch.no_grad():
        mine, theirs = thin.both(mel)[0] - thin.lowest, whole.bounded(mel)
    assert mine.std() > 0.1
    torch.testing.assert_close(theirs, mine, atol=1e-4, rtol=1e-4)


def test_exported_codec_clones(thin, tmp_path) -> None:
    torch.manual_seed(5)
    write_codec(BiCodec(config()).state_dict(), thin.whole(), tmp_path)
    checkpoint = open_bicodec(tmp_path)
    assert checkpoint.can_encode
    tokenizer = load_voice_tokenizer(checkpoint)
    clip = np.random.default_rng(1).normal(0, 0.1, 32_000).astype(np.float32)
    with torch.no_grad():
        near = thin(tokenizer.mel(torch.from_numpy(clip)[None]))[0].tolist()
    assert (
        np.mean(np.array(tokenizer.tokens(clip).ids) == near) > 0.9
    )  # float16 moves a few digits that were near a half
    write_codec(BiCodec(config()).state_dict(), {}, tmp_path)
    assert not open_bicodec(tmp_path).can_encode


def test_worsened_sounds_keep_their_length_and_about_their_level() -> None:
    sounds = torch.randn(16, 8000) * 0.1
    made = worsened(sounds, np.random.default_rng(2))
    assert made.shape == sounds.shape
    assert not torch.equal(made, sounds)
    levels = made.square().mean(1).sqrt() / sounds.square().mean(1).sqrt()
    assert levels.min() > 0.4
    assert levels.max() < 1.5
