"""Part `decoder` of bench-gpu: decode windows and AP-BWE pieces in batches, with torch and no engine.

Random weights at the published dimensions. `auto` names the form that the service would take here.
"""

from collections.abc import Callable

import numpy as np
import torch

from benchmarks.gpu.parts import Part
from core.bicodec.model import BiCodec
from core.bicodec.window_decoder import WindowDecoder
from core.forms.codec import candidates, choose_codec
from core.forms.threads import fastest_s
from core.forms.trial import distance_db
from core.superres.config import SuperResConfig
from core.superres.generator import Generator
from core.superres.model import SuperResolver
from shared.config import CodecMode
from shared.types import GlobalTokens, Window
from tools.checkpoints.dimensions import SIZES

KEPT = (6, 24, 96, 192)
"""Kept tokens of a window, between 67 of context and 20 of look-ahead."""
BATCHES = (1, 8, 32)
PIECES_S = (0.1, 0.5, 4.0)
"""Seconds of sound of AP-BWE's pieces."""
ROUNDS = 5
SUPER_RESOLUTION = {
    "full": SuperResConfig(n_fft=1024, hop=80, win=320, channels=512, layers=8, low_rate=16_000, high_rate=48_000),
    "tiny": SuperResConfig(n_fft=64, hop=12, win=48, channels=8, layers=1, low_rate=16_000, high_rate=48_000),
}


def run(part: Part) -> None:
    """Measure the decoder, then AP-BWE."""
    device = torch.device(part.device)
    torch.manual_seed(0)
    decoder_rows(part, device)
    super_resolution_rows(part, device)


def decoder_rows(part: Part, device: torch.device) -> None:
    """Add one row for each mode, window and batch."""
    model = BiCodec(SIZES[part.size].codec).eval().requires_grad_(False).to(device)
    choice = choose_codec(model, mode=CodecMode.AUTO, threads=torch.get_num_threads(), device=device)
    part.sheet.add("auto", {"mode": choice.mode, "reason": choice.reason})
    random = np.random.default_rng(0)
    reference = {}
    for mode in candidates(device):
        decoder = WindowDecoder(model, mode=mode, device=device)
        for keep in part.rows(KEPT):
            for batch in part.rows(BATCHES):
                if not part.sheet.has_time():
                    return
                windows = [_window(random, model, keep) for _ in range(batch)]
                least_s = _least_s(lambda: decoder.decode_batch(windows))  # noqa: B023 - called in this round
                row = {"ms": round(1000 * least_s, 2), "sound_s_a_second": round(keep * batch * 0.02 / least_s, 1)}
                if batch == 1:
                    samples = decoder.decode(_window(np.random.default_rng(keep), model, keep))
                    row["db"] = round(min(300.0, distance_db(samples, reference.setdefault(keep, samples))), 1)
                part.sheet.add(f"{mode}_{keep}_tokens_{batch}_at_once", row)


def super_resolution_rows(part: Part, device: torch.device) -> None:
    """Add one row for each piece and batch of the plain modules, which a GPU runs."""
    config = SUPER_RESOLUTION.get(part.size, SUPER_RESOLUTION["full"])
    resolver = SuperResolver(config, Generator(config).requires_grad_(False).eval().to(device))
    for seconds in part.rows(PIECES_S):
        for batch in part.rows(BATCHES):
            if not part.sheet.has_time():
                return
            waves = torch.randn(batch, int(seconds * config.low_rate), device=device)
            least_s = _least_s(lambda: resolver(waves).cpu())  # noqa: B023 - called in this round
            part.sheet.add(
                f"ap_bwe_{seconds:g}_s_{batch}_at_once",
                {"ms": round(1000 * least_s, 2), "sound_s_a_second": round(seconds * batch / least_s, 1)},
            )


def _window(random: np.random.Generator, model: BiCodec, keep: int) -> Window:
    ids = random.integers(0, model.config.quantizer.codebook_size, 67 + keep + 20).tolist()
    return Window(tuple(ids), 67, keep, 20, GlobalTokens((0,) * 32))


def _least_s(call: Callable[[], object]) -> float:
    call()
    return fastest_s(call, ROUNDS)
