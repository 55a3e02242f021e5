"""Look-ahead of the embedded voice: shorter than the decoder's receptive field, with an inaudible error."""

from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks.decode import snr_db, windowed
from core.bicodec.checkpoint import load_bicodec, open_bicodec
from core.bicodec.window_decoder import WindowDecoder
from core.checkpoint.reading import open_checkpoint
from core.windows import WindowPlan
from shared.config import CodecMode
from shared.types import GlobalTokens, Window
from training.demo_voice.codes import codes
from training.demo_voice.teachers import LANGUAGES

ROOT = Path(__file__).parents[2]
MIN_SNR_DB = 60


@pytest.mark.parametrize("language", LANGUAGES)
def test_windows_with_the_recommended_look_ahead_match_the_whole(language) -> None:
    checkpoint = open_checkpoint(ROOT / "voices" / "demo")
    model = load_bicodec(open_bicodec(checkpoint.codec_path))
    decoder = WindowDecoder(model, mode=CodecMode.FAST, device=torch.device("cpu"))
    with np.load(ROOT / "tests" / "data" / "teacher_phones.npz") as data:
        phones = data[f"{language}_0"].tolist()
    frames = np.random.default_rng(1).integers(2, 9, len(phones)).tolist()
    voice, ids = GlobalTokens(checkpoint.voices[0].global_tokens), tuple(codes(phones, frames))
    smallest = WindowPlan(left=decoder.field.left, right=checkpoint.window_lookahead, first=6, steady=6)
    whole = decoder.decode(Window(ids, 0, len(ids), 0, voice))
    assert snr_db(windowed(decoder, ids, smallest, voice), whole) > MIN_SNR_DB
