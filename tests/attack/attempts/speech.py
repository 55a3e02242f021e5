"""Attempts by valid and nearly valid requests to speak: sampling, amplification, departures, hostile strings."""

import asyncio
import random

from tests.attack.attempts import attempt
from tests.attack.requests import request
from tests.attack.target import Target
from tests.hostile import UNITS, text_of

LONGEST = 50_000


@attempt
async def sampling_at_the_edge_of_floats(target: Target) -> None:
    for fields in ({"top_p": 1e-46}, {"temperature": 1e-38}, {"top_p": 5e-324}, {"temperature": 5e-324, "top_p": 1e-9}):
        await target.speak(max_tokens=64, **fields)
    for fields in ({"repetition_penalty": 1e-38}, {"top_k": 2**63}, {"seed": 2**64}, {"temperature": 1e308}):
        await target.speak(max_tokens=64, **fields)


@attempt
async def numbers_that_are_none(target: Target) -> None:
    for value in (float("nan"), float("inf"), -float("inf"), 10**400, "1", None, [], {}, True):
        await target.speak(temperature=value, speed=value)


@attempt
async def hostile_texts(target: Target) -> None:
    units = ("⁴", "! ", "(", "1²", "1+1=", "No. ", "https://a.b/", "~", "^ ", "> ", "| ", "e\u0301", "1,")
    await target.leave(text=text_of(random.choice(units), LONGEST))


@attempt
async def hostile_units_in_one_piece(target: Target) -> None:
    await target.leave(text=text_of(random.choice(list(UNITS.values())), LONGEST), chunking=False)


@attempt
async def twelve_departures_at_once(target: Target) -> None:
    await asyncio.gather(*(target.leave(text=text_of("⁴", LONGEST)) for _ in range(12)))


@attempt
async def amplification_by_lexicon(target: Target) -> None:
    await target.leave(text="a " * 20_000, lexicon={"a": "alpha " * 15})


@attempt
async def amplification_by_digits(target: Target) -> None:
    await target.leave(text="1234567890" * 15)
    await target.leave(text="2⁴" * 75, speed=0.25)


@attempt
async def amplification_by_tags(target: Target) -> None:
    await target.leave(text="[excited] " * 5_000)
    await target.leave(text="[excited]a" * 2_000)


@attempt
async def surrogates(target: Target) -> None:
    for fields in (
        {"text": "\ud800"},
        {"lexicon": {"\ud800": "a"}},
        {"lexicon": {"a": "\udfff"}},
        {"speaker": "\ud800"},
    ):
        await target.speak(**fields)


@attempt
async def strings_of_strange_characters(target: Target) -> None:
    for text in (
        "\x00" * 1_000,
        "\u202e" * 1_000 + "a",
        "a" + "\u0301" * 20_000,
        "\ufeff",
        "\U000e0041" * 1_000,
        "\x1b[2J",
    ):
        await target.speak(text=text, max_tokens=64)
        await target.speak(speaker=text)


@attempt
async def request_ids_of_an_attacker(target: Target) -> None:
    for id in ("same", "x" * 5_000, "../../etc", "a b", "%00", "=cmd()", "<b>"):
        body = {"text": "Hello there.", "speaker": "lipakshi", "max_tokens": 64}
        await target.ask("POST", "/v1/tts/generate", json=body, headers={"X-Request-ID": id})


@attempt
async def whole_files_at_once(target: Target) -> None:
    await asyncio.gather(*(target.speak(text="On and on it goes. " * 20, sample_rate=48_000) for _ in range(8)))


@attempt
async def every_format_and_a_departure(target: Target) -> None:
    for form in ("wav", "pcm", "mp3", "opus", "flac", "aac", "mulaw"):
        await target.leave(format=form, text="On and on it goes. " * 50)


@attempt
async def streams_beyond_the_limit_of_a_key(target: Target) -> None:
    await asyncio.gather(*(target.leave(text="On and on it goes. " * 20) for _ in range(40)))


@attempt
async def slowest_speech(target: Target) -> None:
    await target.leave(text="On and on it goes. " * 500, speed=0.25, sample_rate=48_000)


@attempt
async def tiny_paid_requests(target: Target) -> None:
    for _ in range(20):
        await target.speak(text="a", max_tokens=8)


@attempt
async def events_of_strangers(target: Target) -> None:
    for number in range(50):
        await target.ask("POST", "/log_frontend_event", json={"event": f"e{number}" * 20, "data": {"bytes": number}})


@attempt
async def scrapes(target: Target) -> None:
    await asyncio.gather(*(target.ask("GET", path) for path in ("/metrics", "/health", "/v1/voices", "/docs") * 5))


@attempt
async def generated_requests(target: Target) -> None:
    for number in range(20):
        method, path, headers, body = request(number + id(asyncio.current_task()) % 10**6, "veena3")
        await target.ask(method, path, headers=headers, content=body)
