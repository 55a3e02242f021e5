"""Measure the codec's decode time at the published dimensions (random weights): each mode, whole and in windows.

The reference is the plain modules, measured in the same run, so that ratios depend little on the load of the machine.
"""

import argparse
import copy
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch

from benchmarks import report
from benchmarks.policies import DoublingSizes
from core.bicodec.model import BiCodec
from core.bicodec.window_decoder import WindowDecoder
from core.windows import WindowPlan, WindowPlanner
from shared.config import CodecMode
from shared.types import GlobalTokens, Samples, SpeechTokens, Window
from tools.checkpoints.dimensions import SIZES

SECONDS = (1, 5, 20)
"""Lengths of the measured utterances."""
TOKENS_PER_S = 50
VOICE = GlobalTokens(tuple(range(32)))
PLAN = WindowPlan(left=67, right=20, first=6, steady=192)


def timed(call: Callable[[], Samples], rounds: int) -> tuple[float, Samples]:
    """Return the median time in seconds, and the last result."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        samples = call()
        times.append(time.perf_counter() - begun)
    return statistics.median(times), samples


def plain(model: BiCodec, ids: tuple[int, ...]) -> Samples:
    """Decode the whole utterance with the plain modules: the reference."""
    with torch.inference_mode():
        return model.detokenize(torch.tensor([ids]), torch.tensor([[VOICE.ids]]))[0, 0].numpy()


def whole(decoder: WindowDecoder, ids: tuple[int, ...]) -> Samples:
    """Decode an utterance as one window."""
    return decoder.decode(Window(ids, 0, len(ids), 0, VOICE))


def windowed(
    decoder: WindowDecoder, ids: tuple[int, ...], plan: WindowPlan = PLAN, voice: GlobalTokens = VOICE
) -> Samples:
    """Decode an utterance in windows as a stream does."""
    planner = WindowPlanner(plan, voice, DoublingSizes(plan))
    windows = [*planner.feed(SpeechTokens(ids)), *planner.finish()]
    return np.concatenate([decoder.decode(window) for window in windows])


def snr_db(samples: Samples, reference: Samples) -> float:
    """Return the signal-to-noise ratio in dB, 300 for equal samples."""
    noise = float(np.sum((samples.astype(np.float64) - reference) ** 2))
    return 300.0 if noise == 0 else float(10 * np.log10(np.sum(reference.astype(np.float64) ** 2) / noise))


def main() -> None:
    parser: argparse.ArgumentParser = report.output_option("decode")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=int, nargs="+", default=list(SECONDS), help="lengths of the utterances")
    parser.add_argument("--modes", nargs="+", default=["fast"], help="codec modes; bf16 needs a CPU with bf16 support")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    model = BiCodec(SIZES["full"].codec).eval().requires_grad_(False)
    decoders = {
        name: WindowDecoder(copy.deepcopy(model), mode=CodecMode(name), device=torch.device("cpu"))
        for name in arguments.modes
    }
    figures: dict[str, object] = {"threads": arguments.threads, "window_plan": str(PLAN)}
    for seconds in arguments.seconds:
        random = np.random.default_rng(seconds)
        ids = tuple(random.integers(0, 8192, seconds * TOKENS_PER_S).tolist())
        rounds = 1 if seconds > 5 else 3
        plain(model, ids[:50])
        reference_s, reference = timed(lambda ids=ids: plain(model, ids), rounds)  # type: ignore[misc]
        row: dict[str, object] = {"plain_whole": {"rtf": round(reference_s / seconds, 3)}}
        for name, decoder in decoders.items():
            whole(decoder, ids[:50])
            for way, decode in (("whole", whole), ("windowed", windowed)):
                took_s, samples = timed(lambda d=decode, c=decoder, i=ids: d(c, i), rounds)  # type: ignore[misc]
                row[f"{name}_{way}"] = {
                    "rtf": round(took_s / seconds, 3),
                    "times_faster": round(reference_s / took_s, 2),
                    "snr_db": round(snr_db(samples, reference), 1),
                    "largest_error": float(f"{np.abs(samples - reference).max():.2g}"),
                }
        figures[f"{seconds}_s"] = row
        print(seconds, row, flush=True)
    report.write(arguments.out, figures | lookahead(model))


def lookahead(model: BiCodec) -> dict[str, object]:
    """Return the error for different look-aheads: 5 s of sound in windows of 25 kept tokens."""
    ids = tuple(np.random.default_rng(9).integers(0, 8192, 250).tolist())
    decoder = WindowDecoder(model, mode=CodecMode.FAST, device=torch.device("cpu"))
    reference = whole(decoder, ids)
    errors = {}
    for right in (67, 20, 15, 10, 8, 5):
        samples = windowed(decoder, ids, WindowPlan(left=67, right=right, first=25, steady=25))
        errors[f"look_ahead_{right}"] = {
            "snr_db": round(snr_db(samples, reference), 1),
            "largest_error": float(f"{np.abs(samples - reference).max():.2g}"),
        }
    return {"look_ahead": errors}


if __name__ == "__main__":
    main()
