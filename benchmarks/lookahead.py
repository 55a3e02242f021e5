"""Measure first sound against distance: the look-ahead of a first window, its time, and its error in dB.

Distance: power of the whole decode's samples over that of the error, of the kept samples alone; the least of all lines.
The demo voice speaks the teacher's tokens and its first sound is timed with a real engine on this machine. The
published dimensions have random weights and random tokens, and the first sound of the simulated GPU, whose times are
assumed. `before` is a first window as every other one: BEFORE tokens or a multiple, and one look-ahead.

`python -m benchmarks.lookahead --engines transformers vllm`
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch

from benchmarks import report, simulated
from benchmarks.decode import snr_db
from benchmarks.first_audio import TEXTS
from benchmarks.policies import EqualWindows
from core.bicodec.checkpoint import load_bicodec, open_bicodec
from core.bicodec.model import BiCodec
from core.bicodec.window_decoder import WindowDecoder
from core.checkpoint.reading import Checkpoint, open_checkpoint
from core.pipeline import Pipeline
from core.request_state import Arrival, RequestState
from core.scheduling.policy import HeadroomPolicy, Policy
from core.scheduling.scheduler import StreamScheduler
from core.text_worker import TextWorker
from services.runtime import build_pipeline, open_runtime
from shared.config import CodecMode, EngineKind, Settings
from shared.logging import configure_logging
from shared.types import GlobalTokens, Samples, Utterance, Window
from tools.checkpoints.builder import build_checkpoint
from tools.checkpoints.dimensions import SIZES
from training.demo_voice.scores import Score, pitches
from training.demo_voice.speakers import SPEAKERS

ROOT = Path(__file__).parents[1]
PHONES = ROOT / "tests" / "data" / "teacher_phones.npz"
KEEPS = (2, 3, 4, 6)
DEMO_RIGHTS, PUBLISHED_RIGHTS = (8, 10, 12, 13, 14, 15, 16, 18, 20), (8, 12, 16, 17, 18, 20, 21, 24)
LINE_TOKENS = 100
DEMO_EVERY = 4
"""One of so many of the teacher's hundred lines is measured: a minute in all."""
PUBLISHED_LINES = 3
BEFORE = 6
"""Smallest window in tokens, before first windows were smaller than others."""
ROUNDS = 10
"""Requests of each text for each variant; the variants take turns."""
REST_S = 0.05
"""Seconds between two requests, in which the engine drops the one before: each ends with its first block. Chosen."""


@dataclass(frozen=True, slots=True)
class Line:
    """Tokens of one utterance, its voice, and the samples of decoding it whole."""

    ids: tuple[int, ...]
    voice: GlobalTokens
    whole: Samples


@dataclass(frozen=True, slots=True)
class Voices:
    """A decoder and the lines that it speaks."""

    decoder: WindowDecoder
    lines: Sequence[Line]


def demo_voices(every: int = 1, tokens: int = LINE_TOKENS) -> Voices:
    """Return the demo voice with every n-th of the teacher's lines, so many tokens of each; the voices take turns."""
    checkpoint = open_checkpoint(ROOT / "voices" / "demo")
    decoder = WindowDecoder(
        load_bicodec(open_bicodec(checkpoint.codec_path)), mode=CodecMode.FAST, device=torch.device("cpu")
    )
    random = np.random.default_rng(1)
    lines = []
    with np.load(PHONES) as data:
        for number, name in enumerate(data.files[::every]):
            phones = data[name].tolist()
            frames = random.integers(2, 9, len(phones)).tolist()
            voice = checkpoint.voices[number % len(checkpoint.voices)].global_tokens
            assert voice is not None, "the demo voices are pinned"
            speaker = SPEAKERS[number % len(SPEAKERS)]
            hz = pitches(2 * np.sin(np.arange(sum(frames)) / 9), speaker)
            spoken = Score(tuple(phones), tuple(frames), hz, speaker.middle_hz).tokens
            lines.append(_line(decoder, tuple(spoken)[:tokens], GlobalTokens(voice)))
    return Voices(decoder, lines)


def published_voices() -> Voices:
    """Return the published dimensions with random weights, of torch's default initialisation, and random tokens."""
    torch.manual_seed(0)
    model = BiCodec(SIZES["full"].codec).eval().requires_grad_(False)
    decoder = WindowDecoder(model, mode=CodecMode.FAST, device=torch.device("cpu"))
    random, voice = np.random.default_rng(9), GlobalTokens(tuple(range(32)))
    lines = [
        _line(decoder, tuple(random.integers(0, 8192, LINE_TOKENS).tolist()), voice) for _ in range(PUBLISHED_LINES)
    ]
    return Voices(decoder, lines)


def _line(decoder: WindowDecoder, ids: tuple[int, ...], voice: GlobalTokens) -> Line:
    return Line(ids, voice, decoder.decode(Window(ids, 0, len(ids), 0, voice)))


def first_window(decoder: WindowDecoder, line: Line, *, keep: int, right: int) -> Samples:
    """Return the samples of a line's first window."""
    right = min(right, len(line.ids) - keep)
    return decoder.decode(Window(line.ids[: keep + right], 0, keep, right, line.voice))


def all_windows(decoder: WindowDecoder, line: Line, *, keep: int, right: int) -> Samples:
    """Return the samples of a line in windows of one size; the tail has the look-ahead that is left."""
    return np.concatenate([decoder.decode(window) for window in _windows(decoder, line, keep=keep, right=right)])


def _windows(decoder: WindowDecoder, line: Line, *, keep: int, right: int) -> Iterator[Window]:
    for start in range(0, len(line.ids), keep):
        kept, left = min(keep, len(line.ids) - start), min(decoder.field.left, start)
        ahead = min(right, len(line.ids) - start - kept)
        yield Window(line.ids[start - left : start + kept + ahead], left, kept, ahead, line.voice)


def distances(voices: Voices, rights: Sequence[int]) -> dict[str, object]:
    """Return the distance in dB by look-ahead: of first windows, and of lines in windows of the smallest later size."""
    decoder, hop = voices.decoder, voices.decoder.config.hop
    figures: dict[str, object] = {}
    for right in rights:
        firsts = {
            f"first_window_of_{keep}_db": min(
                snr_db(first_window(decoder, line, keep=keep, right=right), line.whole[: keep * hop])
                for line in voices.lines
            )
            for keep in KEEPS
        }
        worst = min(
            snr_db(all_windows(decoder, line, keep=KEEPS[-1], right=right), line.whole)
            for line in voices.lines[:: max(1, len(voices.lines) // 5)]
        )
        figures[str(right)] = {name: round(db, 1) for name, db in firsts.items()} | {
            f"all_windows_of_{KEEPS[-1]}_db": round(worst, 1)
        }
    return figures


Variants = dict[str, Pipeline]


def variants(
    pipeline_of: Callable[[Settings], Pipeline], settings: Settings, rights: Sequence[int], least: int
) -> Variants:
    """Return a pipeline for each look-ahead of first windows up to the `least` of later ones, and that of before."""

    def with_policy(pipeline: Pipeline, policy: Policy) -> Pipeline:
        return replace(pipeline, scheduler=StreamScheduler(policy))

    equal = pipeline_of(settings.model_copy(update={"window_first": BEFORE}))
    made = {"before": with_policy(equal, EqualWindows(settings.min_headroom_s))}
    for right in (right for right in rights if right <= least):
        pipeline = pipeline_of(settings.model_copy(update={"window_lookahead_first": right}))
        made[str(right)] = with_policy(pipeline, HeadroomPolicy(settings.min_headroom_s))
    return made


async def first_sounds(made: Variants, checkpoint: Checkpoint, *, rounds: int) -> dict[str, object]:
    """Return the median time to the first block in ms, and its tokens, of each variant; the variants take turns."""
    times: dict[str, list[float]] = {name: [] for name in made}
    tokens: dict[str, list[int]] = {name: [] for name in made}
    for number in range(rounds * len(TEXTS)):
        for name, pipeline in made.items():
            utterance = Utterance(
                TEXTS[number % len(TEXTS)],
                checkpoint.voices[0],
                replace(checkpoint.sampling, seed=number),
                pipeline.codec.rate,
                stream=True,
            )
            begun = time.perf_counter()
            request = RequestState(Arrival(f"{name}-{number}", begun), utterance)
            async with pipeline.speak(request) as blocks:
                await anext(blocks)
                times[name].append(time.perf_counter() - begun)
                tokens[name].append(request.stages.codec.taken)
            await asyncio.sleep(REST_S)
    before = statistics.median(times["before"])
    return {
        name: {
            "first_sound_ms": round(statistics.median(values) * 1000, 1),
            "of_before": round(statistics.median(values) / before, 3),
            "of_before_in_each_turn": round(
                statistics.median(value / first for value, first in zip(values, times["before"], strict=True)), 3
            ),
            "tokens_kept": statistics.median(tokens[name]),
        }
        for name, values in times.items()
    }


async def real(engine: EngineKind, rights: Sequence[int], rounds: int) -> dict[str, object]:
    """Time the demo voice with a real engine on this machine."""
    settings = Settings(engine=engine, log_level="ERROR")
    async with open_runtime(settings) as runtime:
        with closing(TextWorker()) as texts:
            build = partial(_build, runtime.checkpoint, runtime.engine, runtime.codec, texts)
            made = variants(build, settings, rights, runtime.checkpoint.window_lookahead or rights[-1])
            await first_sounds(made, runtime.checkpoint, rounds=1)
            return await first_sounds(made, runtime.checkpoint, rounds=rounds)


async def simulated_gpu(checkpoint: Checkpoint) -> dict[str, object]:
    """Time the simulated GPU."""
    settings = Settings(log_level="ERROR")
    device = simulated.SimulatedDevice(max_jobs=settings.decode_batch, gather_s=settings.decode_gather_ms / 1000)
    engine, codec = simulated.SimulatedEngine(checkpoint.vocabulary), simulated.SimulatedCodec(device)
    with closing(device), closing(TextWorker()) as texts:
        made = variants(partial(_build, checkpoint, engine, codec, texts), settings, PUBLISHED_RIGHTS, 20)
        await first_sounds(made, checkpoint, rounds=1)
        return await first_sounds(made, checkpoint, rounds=2)


def _build(checkpoint: Checkpoint, engine: object, codec: object, texts: TextWorker, settings: Settings) -> Pipeline:
    return build_pipeline(settings, checkpoint, engine, codec, None, texts=texts)  # type: ignore[arg-type]


def main() -> None:
    parser = report.output_option("lookahead")
    parser.add_argument("--engines", nargs="*", type=EngineKind, default=[EngineKind.TRANSFORMERS, EngineKind.VLLM])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--rights", nargs="+", type=int, default=list(DEMO_RIGHTS), help="look-aheads of first windows")
    parser.add_argument("--no-distances", action="store_true", help="measure the first sounds alone")
    arguments = parser.parse_args()
    configure_logging("ERROR")
    figures: dict[str, object] = {}
    for engine in arguments.engines:
        figures[f"demo_voice_{engine}"] = asyncio.run(real(engine, arguments.rights, arguments.rounds))
        print(engine, figures, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        tiny = open_checkpoint(build_checkpoint(Path(folder) / "checkpoint", "tiny"))
        tiny = replace(tiny, voices=tuple(replace(voice, global_tokens=(0,) * 32) for voice in tiny.voices))
        figures["published_simulated_gpu"] = simulated.run(partial(simulated_gpu, tiny))
    if not arguments.no_distances:
        figures["demo_voice_distance"] = distances(demo_voices(every=DEMO_EVERY), DEMO_RIGHTS)
        figures["published_distance"] = distances(published_voices(), PUBLISHED_RIGHTS)
    report.write(arguments.out, figures)


if __name__ == "__main__":
    main()
