"""Measure the encoding of a reference recording beside upstream's own code: time and memory, in one run.

`--bicodec DIR` is a clone of Spark-TTS. Weights are random, at the published dimensions, written here and read by both;
both read the same sound file, and their tokens are compared. Each side runs in a process of its own, whose memory is
its own, in turn; the least time over all rounds counts.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch
import yaml

from benchmarks import report
from core.cloning.encoder import FEATURES
from tools.checkpoints.builder import write_codec
from tools.checkpoints.dimensions import SIZES, Size
from tools.checkpoints.encode_side import write_encode_side

SIDES = ("upstream", "ours_with_transcript", "ours_timbre_alone")
"""Upstream has one way, which encodes the speech even where there is no transcript."""
RATE = 16_000
Tokens = tuple[tuple[int, ...], tuple[int, ...]]


def main() -> None:
    parser: argparse.ArgumentParser = report.output_option("peers-encoder")
    parser.add_argument("--bicodec", type=Path, required=True, help="clone of SparkAudio/Spark-TTS")
    parser.add_argument("--seconds", type=float, default=10.0, help="length of the recording")
    parser.add_argument("--turns", type=int, default=2, help="processes of each side")
    parser.add_argument("--rounds", type=int, default=3, help="encodings in each process")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--size", choices=("tiny", "full"), default="full")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not (arguments.bicodec / "sparktts").is_dir():
        parser.error(f"{arguments.bicodec} has no sparktts: give the directory of a clone")
    if arguments.side:
        print(json.dumps(run_side(arguments)))
        return
    sheet = report.Sheet(
        arguments.out, limit_s=inf, threads=arguments.threads, size=arguments.size, seconds=arguments.seconds
    )
    with tempfile.TemporaryDirectory() as folder:
        write_checkpoint(Path(folder), arguments.size)
        soundfile.write(Path(folder) / "recording.wav", recording(arguments.seconds), RATE, subtype="PCM_16")
        measured: dict[str, list[dict[str, Any]]] = {side: [] for side in SIDES}
        for _ in range(arguments.turns):
            for side in SIDES:
                measured[side].append(in_process(side, folder))
                sheet.add("encoder", summary(measured))


def in_process(side: str, folder: str) -> dict[str, Any]:
    """Return the figures of one process of a side."""
    command = [sys.executable, "-m", "benchmarks.peers.encoder", *sys.argv[1:], "--side", side, "--folder", folder]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def run_side(arguments: argparse.Namespace) -> dict[str, Any]:
    """Load one side, encode the recording, and return times, memory and tokens."""
    torch.set_num_threads(arguments.threads)
    begun = time.perf_counter()
    encode = _upstream(arguments) if arguments.side == "upstream" else _ours(arguments)
    load_s, wall_s, cpu_s = time.perf_counter() - begun, inf, inf
    for _ in range(arguments.rounds):
        wall, cpu = time.perf_counter(), time.process_time()
        voice, speech = encode(arguments.folder / "recording.wav")
        wall_s, cpu_s = min(wall_s, time.perf_counter() - wall), min(cpu_s, time.process_time() - cpu)
    return {"load_s": load_s, "wall_s": wall_s, "cpu_s": cpu_s, "mib": peak_mib(), "voice": voice, "speech": speech}


def peak_mib() -> float:
    """Return the largest memory of this process in MiB; `getrusage` would begin with that of its parent."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _upstream(arguments: argparse.Namespace) -> Callable[[Path], Tokens]:
    from benchmarks.peers.upstream import open_voice_tokenizer

    return open_voice_tokenizer(arguments.bicodec, arguments.folder)


def _ours(arguments: argparse.Namespace) -> Callable[[Path], Tokens]:
    from core.bicodec.checkpoint import open_bicodec
    from core.cloning.encoder import load_recording_encoder

    with_speech = arguments.side == "ours_with_transcript"
    checkpoint = open_bicodec(arguments.folder / "BiCodec")
    encoder = load_recording_encoder(arguments.folder, checkpoint, with_speech=with_speech)

    def encode(path: Path) -> Tokens:
        wave, _ = soundfile.read(path, dtype="float64")
        encoded = encoder.encode(wave, with_speech=with_speech)
        return encoded.voice.ids, encoded.semantic

    return encode


def summary(measured: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, float]]:
    """Return the least times and the peak memory of each side, and how they compare with upstream's."""
    base = measured["upstream"]
    rows = {}
    for side, runs in measured.items():
        if not runs:
            continue
        row = {name: round(min(run[name] for run in runs), 3) for name in ("load_s", "wall_s", "cpu_s")}
        row["peak_mib"] = round(max(run["mib"] for run in runs))
        row["times_faster"] = round(min(run["wall_s"] for run in base) / row["wall_s"], 2)
        row["times_less_cpu"] = round(min(run["cpu_s"] for run in base) / row["cpu_s"], 2)
        row["same_voice_tokens"] = _same(runs[0]["voice"], base[0]["voice"])
        if runs[0]["speech"]:
            row["same_speech_tokens"] = _same(runs[0]["speech"], base[0]["speech"])
        rows[side] = row
    return rows


def _same(ids: list[int], others: list[int]) -> float:
    """Return the share of equal tokens."""
    return round(float(np.mean(np.array(ids) == np.array(others))), 4) if len(ids) == len(others) else 0.0


def recording(seconds: float) -> np.ndarray:
    """Return a buzz of syllables with noise, as a voice has."""
    t = np.arange(int(RATE * seconds)) / RATE
    buzz = sum(np.sin(2 * np.pi * 120 * k * t) / k for k in range(1, 15))
    noise = np.random.default_rng(0).standard_normal(len(t))
    return 0.2 * buzz * (np.sin(2 * np.pi * 3 * t) > -0.3) + 0.001 * noise


def write_checkpoint(folder: Path, size: Size) -> None:
    """Write `BiCodec/` with both sides, the model of speech features, and `config.yaml`, with random weights."""
    codec = SIZES[size].codec
    write_codec(folder / "BiCodec", codec, seed=0, dtype="float32")
    write_encode_side(folder / "BiCodec")
    settings = {"sample_rate": RATE, "ref_segment_duration": 6, "latent_hop_length": 320, "volume_normalize": True}
    (folder / "config.yaml").write_text(yaml.safe_dump(settings))
    write_speech_features(folder / FEATURES, size)


def write_speech_features(folder: Path, size: Size) -> None:
    """Write a wav2vec2 of wav2vec2-large-xlsr-53's dimensions, or a narrow one, as Hugging Face stores it."""
    from transformers import Wav2Vec2Config, Wav2Vec2FeatureExtractor, Wav2Vec2Model

    hidden = SIZES[size].codec.encoder.input_channels
    config = Wav2Vec2Config(
        hidden_size=hidden,
        num_hidden_layers=24 if size == "full" else 17,
        num_attention_heads=max(2, hidden // 64),
        intermediate_size=4 * hidden,
        conv_dim=(512,) * 7 if size == "full" else (24,) * 7,
        conv_bias=True,
        feat_extract_norm="layer",
        do_stable_layer_norm=True,
    )
    torch.manual_seed(0)
    Wav2Vec2Model(config).save_pretrained(folder)
    Wav2Vec2FeatureExtractor(do_normalize=True, return_attention_mask=True).save_pretrained(folder)


if __name__ == "__main__":
    main()
