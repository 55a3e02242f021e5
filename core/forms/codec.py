"""Choose the decoder's mode and threads."""

import math
import time

import numpy as np
import torch

from core.bicodec.forms import CPU_MODES
from core.bicodec.model import BiCodec
from core.bicodec.window_decoder import WindowDecoder
from core.forms import memory
from core.forms.bfloat16 import bfloat16_pays
from core.forms.memory import Choice
from core.forms.threads import choose_threads, on_threads
from core.forms.trial import Run, choose
from shared.config import CodecMode
from shared.types import GlobalTokens, Window

LOOKAHEAD = 20
"""Tokens of look-ahead of a trial's windows. Chosen: the default one; the number hardly changes which form is fast."""
SIZES = (6, 24)
"""Kept tokens of a trial's windows: the first one of a stream, and one of the middle. Chosen: these fit into the
trial's budget, and a larger window only has more of the same work."""


def choose_codec(model: BiCodec, *, mode: CodecMode, threads: int | None, device: torch.device) -> Choice:
    """Return the mode and the threads to decode with; those that are given stay.

    `auto` takes the fastest mode on this machine whose sound is near the plain modules' (core/forms/trial.py). A choice
    is remembered for the machine and the checkpoint.
    """
    mode = CodecMode.EAGER if mode in CPU_MODES and device.type != "cpu" else mode
    if mode is not CodecMode.AUTO and (threads is not None or device.type != "cpu"):
        return Choice(mode, threads or 1, "set by CODEC_MODE")
    key = memory.key_of(model, device, mode, threads)
    if (earlier := memory.recall(key)) is not None:
        return earlier
    choice = _tried(model, mode, threads, device)
    memory.remember(key, choice)
    return choice


def _tried(model: BiCodec, mode: CodecMode, threads: int | None, device: torch.device) -> Choice:
    windows = trial_windows(model)
    if mode is CodecMode.AUTO:
        modes = candidates(device)

        def trial() -> tuple[str, str]:
            decoders = {name.value: WindowDecoder(model, mode=name, device=device) for name in modes}
            runs: dict[str, Run] = {
                name: lambda size, decoder=decoder: decoder.decode(windows[size])  # type: ignore[misc]
                for name, decoder in decoders.items()
            }
            sizes = [f"windows of {window.keep}" for window in windows]
            clock = time.thread_time if device.type == "cpu" else time.perf_counter
            verdict = choose(runs, reference=CodecMode.EAGER, sizes=sizes, clock=clock)
            return verdict.name, verdict.reason

        name, reason = on_threads(1, trial)
        mode = CodecMode(name)
    else:
        reason = "set by CODEC_MODE"
    if threads is None and device.type == "cpu":
        decoder = WindowDecoder(model, mode=mode, device=device)
        threads, why = choose_threads(lambda: decoder.decode(windows[-1]))
        reason += f"; threads: {why}"
    return Choice(mode, threads or 1, reason)


def candidates(device: torch.device) -> list[CodecMode]:
    """Return the modes that `auto` tries on a device."""
    modes = [CodecMode.EAGER]
    if device.type == "cpu":
        modes += [CodecMode.FAST, CodecMode.PACKED]
    if bfloat16_pays(device):
        modes.append(CodecMode.BF16)
    return modes


def trial_windows(model: BiCodec) -> list[Window]:
    """Return the windows of a trial: random tokens, the same ones each time."""
    random = np.random.default_rng(0)
    codes, speaker = model.config.quantizer.codebook_size, model.config.speaker_encoder
    voice = GlobalTokens(tuple(random.integers(0, math.prod(speaker.fsq_levels), speaker.token_num).tolist()))

    def window(left: int, keep: int) -> Window:
        ids = random.integers(0, codes, left + keep + LOOKAHEAD).tolist()
        return Window(tuple(ids), left, keep, LOOKAHEAD, voice)

    first, later = SIZES
    return [window(0, first), window(67, later)]
