"""The real decoder: decoding windows equals decoding everything at once, for every split into windows."""

import asyncio
import itertools
import time
from contextlib import closing

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.bicodec.field import ReceptiveField
from core.bicodec.model import BiCodec
from core.bicodec.window_decoder import WindowDecoder
from core.codec import Codec
from core.forms.memory import Choice
from core.scheduling.device_worker import DeviceWorker
from core.scheduling.window_size import WindowSize
from core.windows import WindowPlan, WindowPlanner
from shared.config import CodecMode
from shared.errors import GpuOutOfMemory, RuntimeDead, TokenStreamInvalid
from shared.types import GlobalTokens, SpeechTokens, Window
from tests.core.bicodec.networks import ODD, Topology, random_bicodec
from tools.checkpoints.dimensions import SIZES

CPU = torch.device("cpu")
VOICE = GlobalTokens((1,) * 32)
FORMS = (CodecMode.EAGER, CodecMode.FAST, CodecMode.PACKED)
TOPOLOGIES = (Topology(), *ODD)
DECODERS = {
    (topology, mode): WindowDecoder(random_bicodec(topology), mode=mode, device=CPU)
    for topology in TOPOLOGIES
    for mode in FORMS
}


def whole(decoder, ids):
    return decoder.decode(Window(tuple(ids), 0, len(ids), 0, VOICE))


def windowed(decoder, ids, plan, size):
    sizes = itertools.cycle(plan.sizes)

    def cut(received):
        return WindowSize(next(sizes), plan.right) if received >= plan.steady + plan.right else None

    planner = WindowPlanner(plan, VOICE, cut)
    windows = []
    for at in range(0, len(ids), size):
        windows += planner.feed(SpeechTokens(tuple(ids[at : at + size])))
    windows += planner.finish()
    return np.concatenate([decoder.decode(window) for window in windows])


@settings(deadline=None, max_examples=25)
@given(
    ids=st.lists(st.integers(0, 31), min_size=1, max_size=120),
    first=st.integers(1, 7),
    steady=st.integers(1, 40),
    size=st.integers(1, 30),
    case=st.sampled_from(list(DECODERS)),
)
def test_decoding_windows_equals_decoding_everything(ids, first, steady, size, case):
    decoder = DECODERS[case]
    plan = WindowPlan(left=decoder.field.left, right=decoder.field.right, first=first, steady=steady)
    np.testing.assert_allclose(windowed(decoder, ids, plan, size), whole(decoder, ids), rtol=0, atol=1e-5)


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_exact_forms_equal_the_plain_one(topology):
    ids = np.random.default_rng(0).integers(0, 32, 70).tolist()
    eager, *others = (whole(DECODERS[topology, mode], ids) for mode in FORMS)
    for other in others:
        np.testing.assert_allclose(other, eager, rtol=0, atol=1e-5)
    assert np.abs(eager).max() > 1e-3


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_token_changes_only_samples_within_the_field(topology):
    """Change one token: only samples whose receptive field includes it may change."""
    decoder = DECODERS[topology, CodecMode.EAGER]
    field, hop = decoder.field, decoder.config.hop
    ids = [3] * (2 * (field.left + field.right) + 20)
    middle = len(ids) // 2
    changed = [*ids[:middle], 7, *ids[middle + 1 :]]
    differs = np.flatnonzero(whole(decoder, ids) != whole(decoder, changed)) // hop
    assert len(differs)
    assert differs.min() >= middle - field.right and differs.max() <= middle + field.left


def test_the_published_field_is_57_and_10_tokens_each_side():
    field = ReceptiveField.of(SIZES["full"].codec)
    assert (field.prenet_left, field.prenet_right, field.generator_left, field.generator_right) == (57, 57, 10, 10)


def test_invalid_window_is_refused():
    decoder = DECODERS[TOPOLOGIES[0], CodecMode.EAGER]
    for window in (
        Window((32,), 0, 1, 0, VOICE),
        Window((-1,), 0, 1, 0, VOICE),
        Window((1, 2), 0, 1, 0, VOICE),
        Window((1,), 0, 1, 0, GlobalTokens((64,) * 32)),
        Window((1,), 0, 1, 0, GlobalTokens((1,) * 31)),
    ):
        with pytest.raises(TokenStreamInvalid):
            decoder.decode(window)


@pytest.fixture
def model():
    return random_bicodec(TOPOLOGIES[0])


@pytest.fixture
def codec(model):
    with closing(DeviceWorker(max_jobs=8, gather_s=0.0)) as worker:
        yield Codec(model, worker, choice=Choice("eager", 1, ""), device=CPU)


async def test_error_reaches_its_own_caller_alone(codec):
    good = Window((1, 2, 3), 0, 3, 0, VOICE)
    bad = Window((99,), 0, 1, 0, VOICE)
    results = await asyncio.gather(*(codec.decode(w) for w in (good, bad, good)), return_exceptions=True)
    assert isinstance(results[1], TokenStreamInvalid)
    np.testing.assert_allclose(results[0].samples, results[2].samples, rtol=0, atol=1e-6)
    assert len(results[0].samples) == 3 * codec.hop and results[0].rate == codec.rate


@pytest.mark.parametrize("topology", TOPOLOGIES)
@pytest.mark.parametrize("mode", FORMS)
def test_batch_equals_its_windows_decoded_alone(topology, mode):
    decoder, random = DECODERS[topology, mode], np.random.default_rng(1)
    voices = [GlobalTokens(tuple(random.integers(0, 16, 32).tolist())) for _ in range(2)]
    windows = [Window(tuple(random.integers(0, 32, 40).tolist()), 12, 9, 19, voices[n % 2]) for n in range(5)]
    for samples, window in zip(decoder.decode_batch(windows), windows, strict=True):
        np.testing.assert_allclose(samples, decoder.decode(window), rtol=0, atol=1e-5)


async def test_warm_up_returns_its_duration(codec):
    started = time.perf_counter()
    took_s = await codec.warm_up()
    assert 0 < took_s <= time.perf_counter() - started


@pytest.mark.slow
@pytest.mark.parametrize("mode", FORMS)
def test_decoding_windows_equals_decoding_everything_at_the_published_dimensions(mode):
    torch.manual_seed(0)
    decoder = WindowDecoder(BiCodec(SIZES["full"].codec).eval(), mode=mode, device=CPU)
    ids = np.random.default_rng(0).integers(0, 8192, 230).tolist()
    plan = WindowPlan(left=67, right=67, first=6, steady=48)
    np.testing.assert_allclose(windowed(decoder, ids, plan, 4), whole(decoder, ids), rtol=0, atol=1e-5)


async def test_gpu_out_of_memory_fails_one_window(codec, model, monkeypatch):
    window = Window((1, 2, 3), 0, 3, 0, VOICE)
    monkeypatch.setattr(model.quantizer, "forward", raising(torch.OutOfMemoryError("CUDA out of memory")))
    with pytest.raises(GpuOutOfMemory):
        await codec.decode(window)
    monkeypatch.undo()
    assert len((await codec.decode(window)).samples) == 3 * codec.hop


async def test_failed_gpu_gets_no_more_work(codec, model, monkeypatch):
    window = Window((1, 2, 3), 0, 3, 0, VOICE)
    monkeypatch.setattr(model.quantizer, "forward", raising(torch.AcceleratorError("CUDA error")))
    with pytest.raises(RuntimeDead):
        await codec.decode(window)
    monkeypatch.undo()
    with pytest.raises(RuntimeDead):
        await codec.decode(window)
    with pytest.raises(RuntimeDead):
        codec.check_health()


def raising(error):
    def features(*_arguments):
        raise error

    return features
