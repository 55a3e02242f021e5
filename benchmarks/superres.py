"""Measure super-resolution at the published dimensions: whole and streamed, against the plain modules on the whole.

All methods run in turn, so that ratios depend little on the load of the machine. Weights are random and the sound is
noise unless `--checkpoint` and `--sound` are given: the error of int8 depends on both.
"""

import argparse
import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from math import inf
from pathlib import Path

import numpy as np
import soundfile
import torch

from benchmarks import report
from benchmarks.decode import snr_db
from core.scheduling.playback import PlaybackBuffer
from core.scheduling.policy import IMMEDIATE
from core.super_resolution import SuperResolution
from core.superres.checkpoint import load_super_resolver
from core.superres.config import SuperResConfig
from core.superres.generator import Generator
from core.superres.model import SuperResolver
from core.superres.pieces import Piece
from shared.config import SuperResolutionMode
from shared.types import Pcm, Samples

CONFIG = SuperResConfig(n_fft=1024, hop=80, win=320, channels=512, layers=8, low_rate=16_000, high_rate=48_000)
ROUNDS = {1: 9, 5: 4, 20: 1}
"""Seconds of sound -> number of rounds."""
WINDOW = 12
"""Tokens of a decode window, as on two cores; each window is a block, and the last one is longer."""
HOP = 320


def whole(super_resolution: SuperResolution, piece: Piece) -> Samples:
    """Super-resolve a sound as one piece."""
    return asyncio.run(super_resolution.resolve(piece)).samples


def streamed(super_resolution: SuperResolution, sound: Samples) -> Samples:
    """Super-resolve the stream of a player that plays from the first block on; all blocks are available at once."""
    buffer = PlaybackBuffer()
    count = max(1, len(sound) // HOP // WINDOW)

    async def blocks() -> AsyncGenerator[Pcm, None]:
        for block in np.split(sound, range(WINDOW * HOP, count * WINDOW * HOP, WINDOW * HOP)):
            yield Pcm(block, CONFIG.low_rate)

    def deadline() -> float:
        return IMMEDIATE if buffer.ends_at is None else buffer.ends_at

    async def play() -> Samples:
        made = []
        async for block in super_resolution.stream(blocks(), deadline, lambda: True):
            buffer.receive(block.seconds, now=time.perf_counter())
            made.append(block.samples)
        return np.concatenate(made)

    return asyncio.run(play())


@dataclass(slots=True)
class Measured:
    """Shortest wall time and CPU time of several rounds; CPU time depends less on the load of the machine."""

    wall_s: float = inf
    cpu_s: float = inf
    samples: Samples = field(default_factory=lambda: np.zeros(0, np.float32))


def in_turn(methods: dict[str, Callable[[], Samples]], rounds: int) -> dict[str, Measured]:
    """Run all methods in turn, several times."""
    measured = {name: Measured() for name in methods}
    for _ in range(rounds):
        for name, method in methods.items():
            wall, cpu = time.perf_counter(), time.process_time()
            samples = method()
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            before = measured[name]
            measured[name] = Measured(min(wall, before.wall_s), min(cpu, before.cpu_s), samples)
    return measured


def speech_like(seconds: int) -> Samples:
    """Return noise of varying level, with little energy above 4 kHz."""
    count = seconds * CONFIG.low_rate
    noise = np.random.default_rng(seconds).normal(size=count + 8)
    smooth = np.convolve(noise, np.hanning(9) / 4, "valid")
    return (0.1 * smooth * (1 + np.sin(np.arange(count) / 1200))).astype(np.float32)


def read(path: Path, seconds: int) -> Samples:
    """Return the beginning of a 16 kHz file, repeated if it is short."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    assert rate == CONFIG.low_rate, f"{path} has {rate} Hz"
    return np.resize(samples[:, 0], seconds * rate)


def above(samples: Samples) -> Samples:
    """Return the part of a signal above the narrow band."""
    spectrum = np.fft.rfft(samples.astype(np.float64))
    spectrum[: len(spectrum) * CONFIG.low_rate // CONFIG.high_rate] = 0
    return np.fft.irfft(spectrum, len(samples))


def log_distance_db(samples: Samples, reference: Samples) -> float:
    """Return the log-spectral distance above the narrow band: rms over bins, mean over frames."""

    def decibels(wave: Samples) -> Samples:
        frames = np.lib.stride_tricks.sliding_window_view(wave, 2048)[::512] * np.hanning(2048)
        return 20 * np.log10(np.abs(np.fft.rfft(frames))[:, 2048 * CONFIG.low_rate // CONFIG.high_rate // 2 :] + 1e-6)

    difference = decibels(samples) - decibels(reference)
    return float(np.sqrt(np.square(difference).mean(axis=1)).mean())


def plain_modules(checkpoint: Path | None, config: SuperResConfig = CONFIG) -> SuperResolver[Generator]:
    """Return the plain modules with a checkpoint's weights, or with random ones of `config`."""
    if checkpoint:
        return load_super_resolver(checkpoint)
    torch.manual_seed(0)
    return SuperResolver(config, Generator(config).requires_grad_(False).eval())


def main() -> None:
    parser: argparse.ArgumentParser = report.output_option("superres")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=int, nargs="+", default=list(ROUNDS))
    parser.add_argument("--modes", nargs="+", default=["fast", "int8"])
    parser.add_argument("--checkpoint", type=Path, help="directory with config.json and g_16kto48k")
    parser.add_argument("--sound", type=Path, help="16 kHz file")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    eager = plain_modules(arguments.checkpoint)
    optimised = {
        mode: SuperResolution(
            eager.config,
            eager.generator,
            mode=SuperResolutionMode(mode),
            device=torch.device("cpu"),
            threads=arguments.threads,
        )
        for mode in arguments.modes
    }
    figures: dict[str, object] = {"threads": arguments.threads, "weights": str(arguments.checkpoint or "random")}
    for seconds in arguments.seconds:
        sound = read(arguments.sound, seconds) if arguments.sound else speech_like(seconds)
        methods = {"eager_whole": lambda sound=sound: eager(torch.from_numpy(sound).unsqueeze(0))[0].numpy()}
        for mode, one in optimised.items():
            methods[f"{mode}_whole"] = lambda sound=sound, one=one: whole(one, Piece(sound, 0, 3 * len(sound)))
            methods[f"{mode}_streamed"] = lambda sound=sound, one=one: streamed(one, sound)
        if seconds == arguments.seconds[0]:
            in_turn(methods, 1)
        figures[f"{seconds}_s"] = row = compared(in_turn(methods, ROUNDS.get(seconds, 1)), seconds)
        print(seconds, row, flush=True)
    for one in optimised.values():
        one.close()
    report.write(arguments.out, figures)


def compared(measured: dict[str, Measured], seconds: int) -> dict[str, dict[str, float]]:
    """Return the figures of each method next to those of the plain modules."""
    eager = measured["eager_whole"]
    fastest_s = min(one.wall_s for name, one in measured.items() if name.endswith("whole"))
    return {
        name: {
            "rtf": round(one.wall_s / seconds, 3),
            "cpu_s_a_second": round(one.cpu_s / seconds, 3),
            "times_faster": round(eager.wall_s / one.wall_s, 2),
            "times_less_cpu": round(eager.cpu_s / one.cpu_s, 2),
            "of_fastest_whole": round(one.wall_s / fastest_s, 2),
            "snr_db": round(snr_db(one.samples, eager.samples), 1),
            "snr_above_db": round(snr_db(above(one.samples), above(eager.samples)), 1),
            "log_distance_above_db": round(log_distance_db(one.samples, eager.samples), 3),
        }
        for name, one in measured.items()
    }


if __name__ == "__main__":
    main()
