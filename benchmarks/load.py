"""Measure the highest rate of requests without a gap: headroom against fixed windows in order of arrival.

Open loop, through the real service. By default on a simulated GPU in simulated time, which does not depend on the load
of this machine; with `--real` the demo voice on this machine's CPU, in real time.
"""

import argparse
import asyncio
import math
import tempfile
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from pathlib import Path

import torch

from api.cli.bench import TEXTS
from api.cli.client.arrivals import Until, open_loop
from benchmarks import report, simulated
from benchmarks.playback import PlaybackResult, play, summary
from benchmarks.policies import ArrivalOrder
from core.bicodec.checkpoint import load_bicodec, open_bicodec
from core.checkpoint.reading import open_checkpoint
from core.cloning.worker import no_cloning
from core.codec import Codec
from core.request_state import Arrival, RequestState
from core.scheduling.policy import HeadroomPolicy, Policy
from core.scheduling.scheduler import StreamScheduler
from core.text_worker import TextWorker
from services.accounts.caller import ANONYMOUS
from services.runtime import Runtime, build_pipeline, open_runtime
from services.sound import device_worker
from services.speech import OpenRuntime, SpeechService
from services.synthesis import Synthesis
from shared.config import EngineKind, Settings
from shared.errors import Unavailable
from shared.logging import configure_logging
from shared.types import Utterance
from tools.checkpoints.builder import build_checkpoint

BYTES_PER_S = 32_000
"""Of 16-bit PCM at 16 kHz."""
SEED = 1
"""Seed of the random arrival times."""
MAX_FIRST_SOUND_MS = 2000.0
"""Largest 95th percentile of the time to first audio that counts as served. Assumed: later, a user gives up."""
MAX_REDUCTION = 16
"""A search in which every rate fails ends at the first rate divided by this."""

Row = dict[str, float | int | None]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One scheduling policy under test, with the settings that it needs."""

    settings: dict[str, int | float]
    make_policy: Callable[[Settings], Policy]

    def apply(self, runtime: Runtime, settings: Settings) -> Runtime:
        """Return the runtime with a scheduler of this policy."""
        scheduler = StreamScheduler(self.make_policy(settings))
        return replace(runtime, pipeline=replace(runtime.pipeline, scheduler=scheduler))


def _headroom(settings: Settings) -> Policy:
    return HeadroomPolicy(settings.min_headroom_s)


def _arrival_order(settings: Settings) -> Policy:
    return ArrivalOrder()


POLICIES = {
    "headroom": Candidate({}, _headroom),
    "headroom, one at a time": Candidate({"decode_batch": 1}, _headroom),
    "order of arrival": Candidate({"decode_batch": 1}, _arrival_order),
    "order of arrival, batched": Candidate({}, _arrival_order),
    "order of arrival, windows of 24": Candidate(
        {"decode_batch": 1, "window_first": 24, "window_steady": 24}, _arrival_order
    ),
    "order of arrival, windows of 12": Candidate(
        {"decode_batch": 1, "window_first": 12, "window_steady": 12}, _arrival_order
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Options of a search over rates.

    `start` is the first rate in requests per second, `step` the factor to the next one, `within` the factor by which
    the result may be too low, `seconds` the duration of the arrivals at each rate.
    """

    start: float
    step: float
    within: float
    seconds: float


async def play_request(service: SpeechService, number: int) -> PlaybackResult:
    """Stream the answer to request `number` as PCM, and play it."""
    runtime, asked = service.runtime(), time.perf_counter()
    voices = runtime.checkpoint.voices
    sampling = replace(runtime.checkpoint.sampling, seed=number)
    voice, text = voices[number % len(voices)], TEXTS[number % len(TEXTS)]
    utterance = Utterance(text, voice, sampling, runtime.codec.rate, format="pcm", stream=True)
    request = RequestState(Arrival(f"load-{number}", asked), utterance)

    async def blocks(opened: AbstractAsyncContextManager[Synthesis]) -> AsyncGenerator[float, None]:
        async with opened as synthesis:
            async for piece in synthesis.encoded():
                yield len(piece) / BYTES_PER_S

    try:
        return await play(blocks(service.synthesize(request, ANONYMOUS)), time.perf_counter, asked=asked)
    except Unavailable:
        return PlaybackResult()


async def at_rate(service: SpeechService, rate: float, seconds: float) -> Row:
    """Return the figures of `seconds` of arrivals at `rate` requests per second."""
    results = await open_loop(rate, partial(play_request, service), Until(seconds=seconds), seed=SEED)
    return {"rate": round(rate, 3)} | summary(results)


def all_served(row: Row) -> bool:
    """Report whether no request had a gap or was refused, and first sounds came within MAX_FIRST_SOUND_MS."""
    return not row["underruns"] and not row["refused"] and (row["first_sound_ms_p95"] or 0.0) <= MAX_FIRST_SOUND_MS


async def search(measure: Callable[[float], Awaitable[Row]], options: Search) -> tuple[float, list[Row]]:
    """Return the highest rate at which all requests were served, and a row for each rate tried, ascending.

    Rates rise by `step` up to the first failure; then the geometric mean of the best success and the lowest failure is
    tried.
    """
    good, bad, rate = 0.0, inf, options.start
    rows: list[Row] = []
    while bad > good * options.within and rate * MAX_REDUCTION >= options.start:
        rows.append(row := await measure(rate))
        print(row, flush=True)
        if all_served(row):
            good, rate = rate, rate * options.step if bad == inf else math.sqrt(rate * bad)
        else:
            bad, rate = rate, math.sqrt(good * rate) if good else rate / options.step
    return round(good, 3), sorted(rows, key=lambda row: row["rate"] or 0.0)


@asynccontextmanager
async def serving(candidate: Candidate, settings: Settings, open_runtime: OpenRuntime) -> AsyncIterator[SpeechService]:
    """Run the real service with a candidate's policy, and with a records file of its own. Raises StartupError."""

    @asynccontextmanager
    async def opened(settings: Settings) -> AsyncIterator[Runtime]:
        async with open_runtime(settings) as runtime:
            yield candidate.apply(runtime, settings)

    with tempfile.TemporaryDirectory() as folder:
        own = {"records_path": Path(folder) / "records.db"}
        service = SpeechService(settings.model_copy(update=candidate.settings | own), opened)
        async with service.running(failed=lambda: None):
            await service.loading()
            yield service


@asynccontextmanager
async def open_simulated(settings: Settings) -> AsyncIterator[Runtime]:
    """Open a runtime whose engine and codec run on the simulated GPU."""
    opened = open_checkpoint(settings.checkpoint)
    checkpoint = replace(opened, voices=tuple(replace(voice, global_tokens=(0,) * 32) for voice in opened.voices))
    engine = simulated.SimulatedEngine(checkpoint.vocabulary)
    device = simulated.SimulatedDevice(max_jobs=settings.decode_batch, gather_s=settings.decode_gather_ms / 1000)
    codec = simulated.SimulatedCodec(device)
    with closing(TextWorker()) as texts:
        pipeline = build_pipeline(settings, checkpoint, engine, codec, None, texts=texts)  # type: ignore[arg-type]
        yield Runtime(checkpoint, engine, codec, pipeline, no_cloning(), gpu=None, load_s=0.0)  # type: ignore[arg-type]
    device.close()


@asynccontextmanager
async def open_real(settings: Settings) -> AsyncIterator[OpenRuntime]:
    """Yield an opener of runtimes that share one engine, which is slow to start; each has its own decoder."""
    async with open_runtime(settings) as runtime:

        @asynccontextmanager
        async def opened(settings: Settings) -> AsyncIterator[Runtime]:
            model = load_bicodec(open_bicodec(runtime.checkpoint.codec_path))
            choice = runtime.codec.choice
            with closing(device_worker(settings, threads=choice.threads)) as worker, closing(TextWorker()) as texts:
                codec = Codec(model, worker, choice=choice, device=torch.device("cpu"))
                await codec.warm_up()
                pipeline = build_pipeline(settings, runtime.checkpoint, runtime.engine, codec, None, texts=texts)
                yield replace(runtime, codec=codec, pipeline=pipeline)

        yield opened


async def measure(candidate: Candidate, settings: Settings, opened: OpenRuntime, options: Search) -> dict[str, object]:
    """Search the highest rate of one candidate."""
    async with serving(candidate, settings, opened) as service:
        highest, rows = await search(partial(at_rate, service, seconds=options.seconds), options)
    return {"highest_rate_without_a_gap": highest, "rates": rows}


async def measure_real(names: list[str], settings: Settings, options: Search) -> dict[str, object]:
    """Search the highest rate of each policy on this machine's CPU."""
    async with open_real(settings) as opened:
        async with serving(POLICIES[names[0]], settings, opened) as service:
            await at_rate(service, options.start, options.seconds)  # warm-up: one-time work of the engine
        return {name: await measure(POLICIES[name], settings, opened, options) for name in names}


def main() -> None:
    parser: argparse.ArgumentParser = report.output_option("load")
    parser.add_argument("--real", action="store_true", help="the demo voice on this CPU, in real time")
    parser.add_argument("--engine", type=EngineKind, default=EngineKind.AUTO)
    parser.add_argument("--policies", nargs="+", choices=POLICIES, default=list(POLICIES))
    parser.add_argument("--start", type=float, default=4.0, help="first rate, in requests per second")
    parser.add_argument("--step", type=float, default=2.0, help="factor between rates, up to the first that fails")
    parser.add_argument("--within", type=float, default=1.05, help="factor by which the result may be too low")
    parser.add_argument("--seconds", type=float, default=30.0, help="duration of the arrivals at each rate")
    arguments = parser.parse_args()
    configure_logging("ERROR")
    options = Search(start=arguments.start, step=arguments.step, within=arguments.within, seconds=arguments.seconds)
    unlimited = {"key_requests_per_minute": 10**9, "key_characters_per_minute": 10**12, "key_streams": 10**6}
    settings = Settings(max_running=256, max_waiting=256, database_url="sqlite://", auth_bypass_mode=True, **unlimited)
    if arguments.real:
        real = settings.model_copy(update={"engine": arguments.engine})
        figures = asyncio.run(measure_real(arguments.policies, real, options))
    else:
        with tempfile.TemporaryDirectory() as folder:
            checkpoint = build_checkpoint(Path(folder) / "checkpoint", "tiny")
            tiny = settings.model_copy(update={"checkpoint": checkpoint})
            figures = {
                name: simulated.run(partial(measure, POLICIES[name], tiny, open_simulated, options))
                for name in arguments.policies
            }
    report.write(arguments.out, figures)
    for name, found in figures.items():
        print(f"\n{name}: {found['highest_rate_without_a_gap']} requests per second without a gap\n")
        print(report.table(found["rates"]))


if __name__ == "__main__":
    main()
