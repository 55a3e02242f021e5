"""What super-resolution costs at the published dimensions (random weights): whole and streamed, against eager.

All in one run and by turns, so that the ratios hold whatever else the machine does.
"""

import argparse
import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf

import numpy as np
import torch

from benchmarks import report
from benchmarks.decode import snr_db
from core.super_resolution import SuperResolution
from core.superres.config import SuperResConfig
from core.superres.generator import Generator
from core.superres.model import SuperResolver
from core.superres.pieces import Piece, PieceCutter, PieceJoiner
from shared.config import CodecMode
from shared.types import Pcm, Samples

CONFIG = SuperResConfig(n_fft=1024, hop=80, win=320, channels=512, layers=8, low_rate=16_000, high_rate=48_000)
ROUNDS = {1: 9, 5: 4, 20: 1}
WINDOWS = (6, 12, 24, 48, 96, 192)
"""Tokens of the decoder's windows, whose sound comes in as blocks; the last size stays."""
HOP = 320


def widened(wide: SuperResolution, piece: Piece) -> Samples:
    return asyncio.run(wide.widen(piece)).samples


def streamed(wide: SuperResolution, sound: Samples) -> Samples:
    """As a stream of decoded windows, but without their decoding."""
    cutter, joiner = PieceCutter(wide.plan), PieceJoiner(wide.plan)
    pieces, at = [], 0
    for tokens in (*WINDOWS, *[WINDOWS[-1]] * (len(sound) // HOP // WINDOWS[-1])):
        pieces += cutter.feed(Pcm(sound[at : at + tokens * HOP], CONFIG.low_rate))
        at += tokens * HOP
    pieces += cutter.finish()
    blocks = [block for piece in pieces for block in joiner.feed(Pcm(widened(wide, piece), CONFIG.high_rate))]
    return np.concatenate([block.samples for block in [*blocks, *joiner.finish()]])


@dataclass(slots=True)
class Measured:
    """The least of some rounds: seconds that passed, and seconds of processor time, which other work hardly changes."""

    wall_s: float = inf
    cpu_s: float = inf
    samples: Samples = field(default_factory=lambda: np.zeros(0, np.float32))


def by_turns(ways: dict[str, Callable[[], Samples]], rounds: int) -> dict[str, Measured]:
    measured = {name: Measured() for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            wall, cpu = time.perf_counter(), time.process_time()
            samples = way()
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            before = measured[name]
            measured[name] = Measured(min(wall, before.wall_s), min(cpu, before.cpu_s), samples)
    return measured


def speech_like(seconds: int) -> Samples:
    """Noise that comes and goes, with little above 4 kHz."""
    count = seconds * CONFIG.low_rate
    noise = np.random.default_rng(seconds).normal(size=count + 8)
    smooth = np.convolve(noise, np.hanning(9) / 4, "valid")
    return (0.1 * smooth * (1 + np.sin(np.arange(count) / 1200))).astype(np.float32)


def main() -> None:
    parser: argparse.ArgumentParser = report.output_option("superres")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=int, nargs="+", default=list(ROUNDS))
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    generator = Generator(CONFIG).requires_grad_(False).eval()
    eager = SuperResolver(CONFIG, generator)
    wide = SuperResolution(
        CONFIG, generator, mode=CodecMode.FAST, device=torch.device("cpu"), threads=arguments.threads
    )
    figures: dict[str, object] = {"threads": arguments.threads}
    for seconds in arguments.seconds:
        sound = speech_like(seconds)
        ways: dict[str, Callable[[], Samples]] = {
            "eager_whole": lambda sound=sound: eager(torch.from_numpy(sound).unsqueeze(0))[0].numpy(),  # type: ignore[misc]
            "fast_whole": lambda sound=sound: widened(wide, Piece(sound, 0, 3 * len(sound))),  # type: ignore[misc]
            "fast_streamed": lambda sound=sound: streamed(wide, sound),  # type: ignore[misc]
        }
        if seconds == arguments.seconds[0]:
            by_turns(ways, 1)
        measured = by_turns(ways, ROUNDS.get(seconds, 1))
        eager_way = measured["eager_whole"]
        fastest_s = min(one.wall_s for name, one in measured.items() if name.endswith("whole"))
        row = {
            name: {
                "rtf": round(one.wall_s / seconds, 3),
                "cpu_s_a_second": round(one.cpu_s / seconds, 3),
                "times_faster": round(eager_way.wall_s / one.wall_s, 2),
                "times_less_cpu": round(eager_way.cpu_s / one.cpu_s, 2),
                "of_fastest_whole": round(one.wall_s / fastest_s, 2),
                "snr_db": round(snr_db(one.samples, eager_way.samples), 1),
            }
            for name, one in measured.items()
        }
        figures[f"{seconds}_s"] = row
        print(seconds, row, flush=True)
    wide.close()
    report.write(arguments.out, figures)


if __name__ == "__main__":
    main()
