"""Measure cost and quality of speed changes, next to sonic if `sonicpy` is installed.

Cost: seconds of speech per second of CPU time, and the time of one block of 20 ms. Quality: speech is changed to a
speed and back and compared with the original (PESQ, wide band, if `pesq` is installed), and its pitch at each moment is
compared with the original's. The speech is from the demo voice, flite and espeak-ng (Debian packages).
"""

import argparse
import asyncio
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import fmean

import numpy as np
import soundfile
import soxr

from audio.speed import SpeedChanger
from benchmarks import report
from core.request_state import Arrival, RequestState
from services.runtime import open_runtime
from shared.config import CodecMode, EngineKind, Settings
from shared.types import Pcm, Samples, Utterance

RATE = 16_000
BLOCK_S = 0.02
ROUNDS = 5
SPEEDS = (0.25, 0.5, 0.8, 1.25, 1.5, 2.0, 3.0, 4.0)
ENGLISH = Path("tests/data/unseen_sentences_en.txt")
HINDI = "नमस्ते, आज का मौसम बहुत अच्छा है और हम बाहर घूमने जा सकते हैं।"
TELUGU = "నమస్కారం, ఈ రోజు వాతావరణం చాలా బాగుంది, మనం బయటకు వెళ్దాం."
TOOLS = {
    "flite": ["flite", "-voice", "{voice}", "-t", "{text}", "-o", "{out}"],
    "espeak-ng": ["espeak-ng", "-v", "{voice}", "-w", "{out}", "{text}"],
}

Method = Callable[[Samples, int, float, int], Iterator[Samples]]
"""(samples, rate, speed, block in samples) -> output of each block."""


def own(samples: Samples, rate: int, speed: float, block: int) -> Iterator[Samples]:
    """Change the speed with this project's stage."""
    stage = SpeedChanger(rate=rate, speed=speed)
    for at in range(0, len(samples), block):
        yield joined(stage.feed(Pcm(samples[at : at + block], rate)))
    yield joined(stage.finish())


def joined(blocks: Iterator[Pcm]) -> Samples:
    return np.concatenate([np.zeros(0, np.float32), *[one.samples for one in blocks]])


def with_sonic(samples: Samples, rate: int, speed: float, block: int) -> Iterator[Samples]:
    """Change the speed with sonic."""
    import sonic

    stage = sonic.Sonic(rate, 1)
    stage.set_speed(speed)

    def available() -> Samples:
        read = []
        while ready := stage.samples_available():
            read.append(np.frombuffer(stage.read_float(min(ready, 22_050)), np.float32))
        return np.concatenate([np.zeros(0, np.float32), *read])

    for at in range(0, len(samples), block):
        stage.write_float(np.ascontiguousarray(samples[at : at + block]))
        yield available()
    stage.flush()
    yield available()


METHODS: dict[str, Method] = {"own": own} | ({"sonic": with_sonic} if find_spec("sonic") else {})


@dataclass(frozen=True, slots=True)
class Clip:
    """Speech of one speaker at 16 kHz."""

    speaker: str
    samples: Samples


async def demo_clips(texts: list[str]) -> list[Clip]:
    """Synthesize the texts with every third demo voice."""
    settings = Settings(engine=EngineKind.TRANSFORMERS, codec_mode=CodecMode.EAGER)
    clips = []
    async with open_runtime(settings) as runtime:
        for voice in runtime.checkpoint.voices[::3]:
            for text in texts:
                utterance = Utterance(text, voice, runtime.checkpoint.sampling, RATE)
                request = RequestState(Arrival("speed", time.perf_counter()), utterance)
                async with runtime.pipeline.speak(request) as blocks:
                    clips.append(Clip("demo", np.concatenate([block.samples async for block in blocks])))
    return clips


def synthesized(tool: str, voice: str, text: str) -> Clip:
    """Synthesize a text with a command-line tool."""
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/clip.wav"
        subprocess.run([part.format(voice=voice, text=text, out=out) for part in TOOLS[tool]], check=True)
        samples, rate = soundfile.read(out, dtype="float32")
    return Clip(tool, 0.8 * soxr.resample(samples, rate, RATE, quality="VHQ"))


def all_clips() -> list[Clip]:
    """Return clips of every synthesizer on this machine."""
    lines = ENGLISH.read_text().splitlines()
    texts = [" ".join(lines[at : at + 2]) for at in (0, 2, 4, 6)]
    wanted = [("flite", voice, text) for voice in ("slt", "rms", "awb", "kal16") for text in texts]
    wanted += [("espeak-ng", voice, text) for voice in ("en-us", "en-gb+f3") for text in texts[:3]]
    wanted += [("espeak-ng", "hi+f2", HINDI), ("espeak-ng", "te", TELUGU)]
    clips = [synthesized(tool, voice, text) for tool, voice, text in wanted if shutil.which(tool)]
    return clips + asyncio.run(demo_clips([*texts[:2], HINDI]))


def cost(method: Method, samples: Samples, rate: int, speed: float) -> dict[str, float]:
    """Return seconds of input and of output per second of CPU time, and ms per block of 20 ms: the best of ROUNDS."""
    figures = {}
    for name, block in (("blocks", round(BLOCK_S * rate)), ("whole", len(samples))):
        least = float("inf")
        for _ in range(ROUNDS):
            begun = time.process_time()
            count = sum(map(len, method(samples, rate, speed, block)))
            least = min(least, time.process_time() - begun)
        figures[f"{name}_of_input"] = round(len(samples) / rate / least)
        figures[f"{name}_of_output"] = round(count / rate / least)
    rounds = [list(timed(method(samples, rate, speed, round(BLOCK_S * rate)))) for _ in range(ROUNDS)]
    blocks_ms = 1000 * np.min(rounds, axis=0)  # the minimum removes delays by other work, which vary between rounds
    return figures | {
        "block_ms_p50": round(float(np.median(blocks_ms)), 3),
        "block_ms_max": round(float(blocks_ms.max()), 3),
    }


def timed(blocks: Iterator[Samples]) -> Iterator[float]:
    """Yield the time of each block, in seconds."""
    begun = time.perf_counter()
    for _ in blocks:
        now = time.perf_counter()
        yield now - begun
        begun = time.perf_counter()


def changed(method: Method, samples: Samples, speed: float) -> Samples:
    """Return the samples at another speed."""
    return np.concatenate(list(method(samples, RATE, speed, round(BLOCK_S * RATE))))


def pitch_hz(samples: Samples) -> Samples:
    """Return the pitch by autocorrelation of 40 ms every 10 ms, in Hz; NaN where the speech is unvoiced."""
    size, n_fft = round(0.04 * RATE), 4096
    window = np.hanning(size)
    frames = np.lib.stride_tricks.sliding_window_view(samples, size)[:: RATE // 100]
    frames = frames - frames.mean(axis=1, keepdims=True)
    energy = np.square(frames).mean(axis=1)
    lags = np.arange(RATE // 400, RATE // 60)
    shape = np.fft.irfft(np.abs(np.fft.rfft(window, n_fft)) ** 2)
    correlation = np.fft.irfft(np.abs(np.fft.rfft(frames * window, n_fft)) ** 2)
    correlation = correlation[:, lags] / (correlation[:, :1] + 1e-9) * shape[0] / shape[lags]
    pitch = RATE / lags[correlation.argmax(axis=1)]
    pitch[(correlation.max(axis=1) < 0.75) | (energy < 1e-4 * energy.max())] = np.nan
    return pitch


def quality(method_name: str, speed: float, clip: Clip) -> dict[str, float]:
    """Return the share of kept pitch, PESQ after changing to `speed` and back, and the relative error of the length."""
    method = METHODS[method_name]
    there = changed(method, clip.samples, speed)
    before, after = pitch_hz(clip.samples), pitch_hz(there)
    at = np.minimum(np.round(np.arange(len(after)) * speed).astype(int), len(before) - 1)
    cents = 1200 * np.abs(np.log2(after / before[at]))
    figures = {"pitch_kept": float(np.mean(cents[np.isfinite(cents)] < 50)) if np.isfinite(cents).any() else 0.0}
    if find_spec("pesq"):
        from pesq import pesq

        back = changed(method, there, 1 / speed)
        both = min(len(back), len(clip.samples))
        figures["pesq"] = float(pesq(RATE, clip.samples[:both], back[:both], "wb"))
    return figures | {"length_error": len(there) * speed / len(clip.samples) - 1}


def qualities(clips: list[Clip]) -> dict[str, object]:
    """Return means over the clips of PESQ and of kept pitch, and the largest error of the length."""
    figures: dict[str, object] = {}
    with ProcessPoolExecutor(2) as pool:
        for name in METHODS:
            for speed in SPEEDS:
                each = list(pool.map(partial(quality, name, speed), clips, chunksize=4))
                row = {key: round(fmean(one[key] for one in each), 3) for key in each[0] if key != "length_error"}
                if "pesq" in row:
                    for speaker in {clip.speaker: None for clip in clips}:
                        of = [one["pesq"] for one, clip in zip(each, clips, strict=True) if clip.speaker == speaker]
                        row[f"pesq_{speaker}"] = round(fmean(of), 2)
                row["length_error_percent"] = round(max(100 * abs(one["length_error"]) for one in each), 3)
                figures[f"{name}_{speed}"] = row
                print(name, speed, row, flush=True)
    return figures


def main() -> None:
    parser: argparse.ArgumentParser = report.output_option("speed")
    arguments = parser.parse_args()
    clips = all_clips()
    speech = np.concatenate([clip.samples for clip in clips if clip.speaker == "demo"])
    costs = {}
    for rate in (16_000, 48_000):
        samples = speech if rate == RATE else soxr.resample(speech, RATE, rate)
        for speed in SPEEDS:
            for name, method in METHODS.items():
                costs[f"{name}_{rate}_{speed}"] = cost(method, samples, rate, speed)
                print(name, rate, speed, costs[f"{name}_{rate}_{speed}"], flush=True)
    report.write(arguments.out, {"clips": len(clips), "cost": costs, "quality": qualities(clips)})


if __name__ == "__main__":
    main()
