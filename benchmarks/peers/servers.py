"""Measure any server that speaks OpenAI's speech API beside this one: same client, texts and playback.

`--server NAME=URL` once for each, with `--voice NAME=VOICE` where a server knows other voices. All are asked in turn, a
round each, for raw 16-bit samples at 24 kHz, as OpenAI's `pcm` has them.
"""

import argparse
import asyncio
import time
from functools import partial

from api.cli.client.arrivals import Until, closed_loop
from api.cli.client.figures import RequestResult, figures
from api.cli.client.playback import play_stream
from api.cli.client.server import Server, open_server
from api.cli.client.streams import ReceivedStream
from benchmarks import report
from benchmarks.listeners import TEXTS
from shared.errors import CommandFailed
from veena3_client import Event
from veena3_client.checks import MAX_RATE, whole

RATE = 24_000
"""Rate of OpenAI's `pcm`, in Hz."""
STREAMS = (1, 4)
"""Listeners at once."""
REQUESTS = 8
"""Requests of one round: each text once."""


async def over_openai(server: Server, text: str, voice: str, model: str) -> ReceivedStream:
    """Request `POST /v1/audio/speech` as a stream of samples. Raises CommandFailed."""
    body = {"model": model, "input": text, "voice": voice, "response_format": "pcm", "stream": True}
    async with server.open("POST", "/v1/audio/speech", json=body) as answer:
        given = {"rate": int(answer.headers.get("x-sample-rate", RATE))}
        rate = whole(given, "rate", least=1, most=MAX_RATE)
        yield Event(time.perf_counter(), "start", fields={"format": "pcm", "sample_rate": rate})
        size = 0
        async for sound in answer.aiter_raw():
            yield Event(time.perf_counter(), "audio", sound, size / (2 * rate))
            size += len(sound)
        yield Event(time.perf_counter(), "end", fields={"seconds": size / (2 * rate)})


async def measure(url: str, voice: str, model: str, key: str | None, streams: int, requests: int) -> dict[str, object]:
    """Return the figures of one round on one server."""
    async with open_server(url, key=key) as server:

        async def ask(number: int) -> RequestResult:
            try:
                stream = over_openai(server, TEXTS[number % len(TEXTS)], voice, model)
                return RequestResult(await play_stream(stream))
            except CommandFailed as failure:
                print(failure, flush=True)
                return RequestResult(None, failure.code)

        run = partial(closed_loop, streams, until=Until(requests=requests))
        begun = time.perf_counter()
        results: list[RequestResult] = await run(ask)
        return figures(results, took_s=time.perf_counter() - begun)


def named(pairs: list[str]) -> dict[str, str]:
    """Return `NAME=VALUE` arguments as a mapping. Raises SystemExit."""
    split = [pair.partition("=") for pair in pairs]
    if any(not (name and sign and value) for name, sign, value in split):
        raise SystemExit(f"NAME=VALUE is wanted, not {' '.join(pairs)}")
    return {name: value for name, _, value in split}


def main() -> None:
    parser: argparse.ArgumentParser = report.output_option("peers-servers")
    parser.add_argument("--server", action="append", required=True, metavar="NAME=URL")
    parser.add_argument("--voice", action="append", default=[], metavar="NAME=VOICE", help="default: alloy")
    parser.add_argument("--model", action="append", default=[], metavar="NAME=MODEL", help="default: tts-1")
    parser.add_argument("--key", action="append", default=[], metavar="NAME=KEY")
    parser.add_argument("--streams", type=int, nargs="+", default=list(STREAMS))
    parser.add_argument("--requests", type=int, default=REQUESTS)
    parser.add_argument("--rounds", type=int, default=3, help="the first warms every server up and is not counted")
    arguments = parser.parse_args()
    voices, models, keys = named(arguments.voice), named(arguments.model), named(arguments.key)
    rows: dict[str, dict[str, list[dict[str, object]]]] = {}
    for streams in arguments.streams:
        for round_ in range(arguments.rounds):
            for name, url in named(arguments.server).items():
                voice, model = voices.get(name, "alloy"), models.get(name, "tts-1")
                row = asyncio.run(measure(url, voice, model, keys.get(name), streams, arguments.requests))
                print(name, streams, row, flush=True)
                if round_ or arguments.rounds == 1:
                    rows.setdefault(name, {}).setdefault(f"{streams}_streams", []).append(row)
    report.write(arguments.out, {"servers": rows})


if __name__ == "__main__":
    main()
