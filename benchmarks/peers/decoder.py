"""Measure this decoder and this super-resolution beside upstream's own code: one process, one run, in turn.

`--bicodec DIR` is a clone of Spark-TTS, `--ap-bwe DIR` one of AP-BWE; either may be left out. The weights are random,
at the published dimensions, written by the checkpoint builder and read by both. Streamed sound is compared with
upstream's whole, because upstream does not stream.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator
from math import inf
from pathlib import Path

import numpy as np
import torch

from benchmarks import report
from benchmarks.decode import TOKENS_PER_S, VOICE, whole, windowed
from benchmarks.peers.upstream import open_bicodec_decoder, open_super_resolver
from benchmarks.superres import CONFIG, in_turn, plain_modules, speech_like
from benchmarks.superres import streamed as streamed_pieces
from benchmarks.superres import whole as whole_piece
from core.bicodec.checkpoint import load_bicodec, open_bicodec
from core.bicodec.window_decoder import WindowDecoder
from core.forms.codec import choose_codec
from core.forms.super_resolution import choose_super_resolution
from core.forms.trial import distance_db
from core.super_resolution import SuperResolution
from core.superres.config import SuperResConfig
from core.superres.pieces import Piece
from shared.config import CodecMode, SuperResolutionMode
from shared.types import Samples
from tools.checkpoints.builder import write_codec
from tools.checkpoints.dimensions import SIZES, Size

ROUNDS = {1: 5, 5: 3, 20: 1}
"""Seconds of sound -> rounds, of which the fastest counts."""
TINY = SuperResConfig(n_fft=64, hop=12, win=48, channels=8, layers=1, low_rate=16_000, high_rate=48_000)
"""Dimensions of a trial of the benchmark."""
Methods = dict[str, Callable[[], Samples]]
Figures = dict[str, object]


def compared(methods: Methods, seconds: int) -> dict[str, dict[str, float]]:
    """Return real time factor, gain and distance of each method against upstream's."""
    measured = in_turn(methods, ROUNDS.get(seconds, 3))
    base = measured["upstream"]
    return {
        name: {
            "rtf": round(one.wall_s / seconds, 4),
            "times_faster": round(base.wall_s / one.wall_s, 2),
            "times_less_cpu": round(base.cpu_s / one.cpu_s, 2),
            "db": round(min(distance_db(one.samples, base.samples), 300), 1),
        }
        for name, one in measured.items()
    }


def compare_decoder(source: Path, folder: Path, size: Size, lengths: list[int]) -> Iterator[Figures]:
    """Yield the figures of the decoder in the mode that `auto` takes, one more length each time."""
    config = SIZES[size].codec
    write_codec(folder, config, seed=0, dtype="float32")
    upstream, device = open_bicodec_decoder(source, folder), torch.device("cpu")
    model = load_bicodec(open_bicodec(folder))
    threads = torch.get_num_threads()
    choice = choose_codec(model, mode=CodecMode.AUTO, threads=threads, device=device)
    modes = {CodecMode.EAGER, CodecMode(choice.mode)}
    decoders = {mode: WindowDecoder(model, mode=mode, device=device) for mode in sorted(modes)}
    figures: Figures = {"mode": choice.mode, "reason": choice.reason}
    for seconds in lengths:
        ids = tuple(np.random.default_rng(seconds).integers(0, config.quantizer.codebook_size, seconds * TOKENS_PER_S))
        ids = tuple(int(token) for token in ids)
        methods: Methods = {"upstream": lambda ids=ids: upstream(ids, VOICE.ids)}  # type: ignore[misc]
        for mode, decoder in decoders.items():
            methods[f"{mode}_whole"] = lambda ids=ids, one=decoder: whole(one, ids)  # type: ignore[misc]
            methods[f"{mode}_streamed"] = lambda ids=ids, one=decoder: windowed(one, ids)  # type: ignore[misc]
        figures[f"{seconds}_s"] = compared(methods, seconds)
        yield figures


def compare_super_resolution(source: Path, config: SuperResConfig, lengths: list[int]) -> Iterator[Figures]:
    """Yield the figures of super-resolution in the mode that `auto` takes, one more length each time."""
    plain = plain_modules(None, config)
    upstream, threads, device = (
        open_super_resolver(source, config, plain.generator),
        torch.get_num_threads(),
        torch.device("cpu"),
    )
    auto = SuperResolutionMode.AUTO
    choice = choose_super_resolution(config, plain.generator, mode=auto, threads=threads, device=device)
    mode = SuperResolutionMode(choice.mode)
    ours = SuperResolution(config, plain.generator, mode=mode, device=device, threads=threads)
    figures: Figures = {"mode": choice.mode, "reason": choice.reason}
    for seconds in lengths:
        sound = speech_like(seconds)
        methods: Methods = {
            "upstream": lambda sound=sound: upstream(sound),  # type: ignore[misc]
            f"{mode}_whole": lambda sound=sound: whole_piece(ours, Piece(sound, 0, 3 * len(sound))),  # type: ignore[misc]
            f"{mode}_streamed": lambda sound=sound: streamed_pieces(ours, sound),  # type: ignore[misc]
        }
        figures[f"{seconds}_s"] = compared(methods, seconds)
        yield figures
    ours.close()


def main() -> None:
    parser: argparse.ArgumentParser = report.output_option("peers-decoder")
    parser.add_argument("--bicodec", type=Path, help="clone of SparkAudio/Spark-TTS")
    parser.add_argument("--ap-bwe", type=Path, help="clone of yxlu-0102/AP-BWE")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--size", choices=("tiny", "full"), default="full")
    parser.add_argument("--seconds", type=int, nargs="+", default=list(ROUNDS))
    arguments = parser.parse_args()
    if not (arguments.bicodec or arguments.ap_bwe):
        parser.error("give --bicodec, --ap-bwe or both")
    torch.set_num_threads(arguments.threads)
    sheet = report.Sheet(arguments.out, limit_s=inf, threads=arguments.threads, size=arguments.size)
    if arguments.ap_bwe:
        config = CONFIG if arguments.size == "full" else TINY
        for figures in compare_super_resolution(arguments.ap_bwe, config, arguments.seconds):
            sheet.add("super_resolution", figures)
    if arguments.bicodec:
        with tempfile.TemporaryDirectory() as folder:
            for figures in compare_decoder(arguments.bicodec, Path(folder), arguments.size, arguments.seconds):
                sheet.add("decoder", figures)


if __name__ == "__main__":
    main()
