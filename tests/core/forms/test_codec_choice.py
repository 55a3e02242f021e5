"""Choice of the decoder's mode and threads: kept where it is set, tried and remembered where it is open."""

import json
import os

import pytest
import torch

from core.bicodec.forms import decoder_form
from core.forms import bfloat16, codec, memory, threads
from core.forms.codec import candidates, choose_codec
from core.forms.memory import Choice
from core.forms.threads import choose_threads, on_threads
from shared.config import CodecMode
from tests.core.bicodec.networks import PUBLISHED, random_bicodec

CPU, OTHER = torch.device("cpu"), torch.device("meta")  # meta stands for a GPU, which this machine may lack


@pytest.fixture
def model():
    return random_bicodec(PUBLISHED, seed=5)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("VEENA3_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("mode", [CodecMode.EAGER, CodecMode.FAST, CodecMode.PACKED, CodecMode.BF16])
def test_choice_keeps_what_is_set(model, mode, home):
    assert choose_codec(model, mode=mode, threads=3, device=CPU) == Choice(mode, 3, "set by CODEC_MODE")
    assert not list(home.iterdir()), "no trial ran"


def test_other_devices_run_eager_in_place_of_forms_for_cpus(model):
    for mode in (CodecMode.FAST, CodecMode.PACKED):
        assert choose_codec(model, mode=mode, threads=None, device=OTHER).mode == "eager"
    assert choose_codec(model, mode=CodecMode.BF16, threads=None, device=OTHER).mode == "bf16"
    assert not decoder_form(model, CodecMode.BF16, OTHER).one_by_one


def test_auto_tries_and_remembers(model, home, monkeypatch):
    tried = candidates(CPU)  # by a measurement, which may be another one the next time
    monkeypatch.setattr(codec, "candidates", lambda _: tried)
    choice = choose_codec(model, mode=CodecMode.AUTO, threads=1, device=CPU)
    assert choice.mode in {mode.value for mode in tried} and choice.threads == 1
    assert "30 dB or more to eager" in choice.reason
    monkeypatch.setattr(codec, "_tried", lambda *_: pytest.fail("the choice was not remembered"))
    assert choose_codec(model, mode=CodecMode.AUTO, threads=1, device=CPU) == choice
    assert list(home.iterdir()) == [home / "forms.json"]


def test_another_checkpoint_or_machine_is_tried_anew(model, monkeypatch):
    key = memory.key_of(model, CPU, CodecMode.AUTO, 1)
    assert key == memory.key_of(random_bicodec(PUBLISHED, seed=5), CPU, CodecMode.AUTO, 1)
    assert key != memory.key_of(random_bicodec(PUBLISHED, seed=6), CPU, CodecMode.AUTO, 1)
    assert key != memory.key_of(model, CPU, CodecMode.AUTO, 2)
    monkeypatch.setattr(memory, "cpu_name", lambda: "another processor")
    assert key != memory.key_of(model, CPU, CodecMode.AUTO, 1)


@pytest.mark.parametrize("spoilt", ["", "[]", '{"key": 5}', '{"key": {"mode": "fast"}}'])
def test_spoilt_memory_is_ignored(home, spoilt):
    (home / "forms.json").write_text(spoilt)
    assert memory.recall("key") is None
    memory.remember("key", Choice("fast", 2, "why"))
    assert memory.recall("key") == Choice("fast", 2, "why")


def test_memory_is_bounded(home):
    for number in range(memory.MOST_CHOICES + 5):
        memory.remember(str(number), Choice("fast", 1, "why"))
    kept = json.loads((home / "forms.json").read_text())
    assert len(kept) == memory.MOST_CHOICES and "0" not in kept and str(memory.MOST_CHOICES + 4) in kept


def test_memory_that_cannot_be_written_is_done_without(monkeypatch):
    monkeypatch.setenv("VEENA3_HOME", os.devnull)
    memory.remember("key", Choice("fast", 2, "why"))
    assert memory.recall("key") is None


def test_bfloat16_is_not_tried_where_it_is_emulated(monkeypatch):
    times_s = iter([0.001, 0.1])
    monkeypatch.setattr(bfloat16, "_least_s", lambda *_: next(times_s))
    assert CodecMode.BF16 not in candidates(CPU)


def test_threads_double_while_that_pays(monkeypatch):
    monkeypatch.setattr(threads, "usable_cores", lambda: 16)
    times_s = iter([1.0, 0.6, 0.5])
    monkeypatch.setattr(threads, "fastest_s", lambda *_: next(times_s))
    chosen, why = choose_threads(lambda: None)
    assert chosen == 2 and why == "1, 2: 0.60 of the time, 4: 0.83 of the time"


def test_threads_leave_half_of_the_cores(monkeypatch):
    monkeypatch.setattr(threads, "usable_cores", lambda: 3)
    assert choose_threads(lambda: pytest.fail("nothing to choose")) == (1, "one of 3 cores")


def test_trial_keeps_the_number_of_threads_of_the_process():
    before = torch.get_num_threads()
    assert on_threads(1, torch.get_num_threads) == 1
    assert torch.get_num_threads() == before
