"""Each mode against upstream's samples, for a whole utterance and for a window of it.

`tests/core/test_codec.py` tests the equality of windows and whole.
"""

from pathlib import Path

import numpy as np
import pytest
import torch

from core.bicodec.model import BiCodec
from core.bicodec.window_decoder import WindowDecoder
from shared.config import CodecMode
from shared.types import GlobalTokens, Window

GOLDEN = Path(__file__).parents[2] / "data" / "bicodec_a"
LENGTHS = (1, 7, 50, 173)
MODES = (CodecMode.EAGER, CodecMode.FAST, CodecMode.PACKED)


def golden_tokens(length: int) -> tuple[tuple[int, ...], GlobalTokens]:
    with np.load(GOLDEN / "detok_inputs.npz") as inputs:
        semantic, speaker = inputs[f"semantic_ids_T{length}"], inputs["global_ids"]
    return tuple(semantic[0].tolist()), GlobalTokens(tuple(speaker[0, 0].tolist()))


def golden_samples(length: int) -> np.ndarray:
    with np.load(GOLDEN / "detok_outputs.npz") as outputs:
        return outputs[f"wav_T{length}"][0, 0]


def decoder_of(model: BiCodec, mode: CodecMode) -> WindowDecoder:
    return WindowDecoder(model, mode=mode, device=torch.device("cpu"))


@pytest.mark.parametrize("mode", MODES)
def test_golden_whole(golden: BiCodec, mode: CodecMode) -> None:
    decoder = decoder_of(golden, mode)
    for length in LENGTHS:
        ids, voice = golden_tokens(length)
        samples = decoder.decode(Window(ids, 0, length, 0, voice))
        np.testing.assert_allclose(samples, golden_samples(length), rtol=0, atol=1e-4)


@pytest.mark.parametrize("mode", MODES)
def test_golden_middle(golden: BiCodec, mode: CodecMode) -> None:
    decoder = decoder_of(golden, mode)
    ids, voice = golden_tokens(173)
    left, keep, right = decoder.field.left, 13, decoder.field.right
    start = 20  # what the window holds begins here, past the utterance's start
    samples = decoder.decode(Window(ids[start : start + left + keep + right], left, keep, right, voice))
    first = (start + left) * decoder.config.hop
    expected = golden_samples(173)[first : first + keep * decoder.config.hop]
    np.testing.assert_allclose(samples, expected, rtol=0, atol=1e-4)


@pytest.mark.skipif(
    torch.backends.cpu.get_cpu_capability() != "AVX512", reason="oneDNN packs bfloat16 weights on AVX-512 alone"
)
def test_bf16_is_near(golden: BiCodec) -> None:
    ids, voice = golden_tokens(50)
    samples, expected = decoder_of(golden, CodecMode.BF16).decode(Window(ids, 0, 50, 0, voice)), golden_samples(50)
    assert samples.dtype == np.float32
    noise = np.square(samples - expected).mean() / np.square(expected).mean()
    assert noise < 10**-2, "20 dB"


def test_conditioning_of_a_voice_is_cached(golden: BiCodec) -> None:
    decoder, computed = decoder_of(golden, CodecMode.EAGER), []
    hook = golden.speaker_encoder.register_forward_hook(lambda _module, ids, _d: computed.append(ids))
    (ids, voice), other = golden_tokens(7), GlobalTokens((7,) * 32)
    window = Window(ids, 0, 7, 0, voice)
    first = decoder.decode(window)
    changed = decoder.decode(Window(ids, 0, 7, 0, other))
    assert not np.array_equal(first, changed)
    np.testing.assert_array_equal(decoder.decode(window), first)
    hook.remove()
    assert len(computed) == 2, "once for each voice"
