"""Attempts by WebSocket messages: hostile text piece by piece, contexts by the thousand, messages that are none."""

import asyncio
import json
import random
from contextlib import AsyncExitStack

from tests.attack.attempts import attempt
from tests.attack.target import SPEAK, Target
from tests.hostile import UNITS, text_of


def text(piece: str, context_id: str = "a") -> dict[str, object]:
    return {"type": "text", "text": piece, "context_id": context_id} | {"speaker": "lipakshi", "format": "pcm"}


@attempt
async def exclamations_in_one_message(target: Target) -> None:
    await target.talk(text("! " * 25_000))


@attempt
async def brackets_in_small_messages(target: Target) -> None:
    await target.talk(text("("), *[{"type": "text", "text": "(", "context_id": "a"}] * 600)


@attempt
async def every_hostile_text(target: Target) -> None:
    await target.talk(text(text_of(random.choice(list(UNITS.values())), 45_000)))


@attempt
async def text_by_letters(target: Target) -> None:
    letters = [{"type": "text", "text": letter, "context_id": "a"} for letter in "And on it goes. " * 50]
    await target.talk(text("So "), *letters)


@attempt
async def idle_contexts(target: Target) -> None:
    """Two sockets with 32 contexts that wait for text."""
    async with AsyncExitStack() as stack:
        for _ in range(2):
            client = await stack.enter_async_context(target.socket())
            for number in range(32):
                await client.send(json.dumps(text("Hello there. And then ", f"c{number}")))
        await asyncio.sleep(0.5)


@attempt
async def thousands_of_contexts(target: Target) -> None:
    await target.talk(*(text("a", f"c{number}") for number in range(2_000)))


@attempt
async def cancels_of_nothing(target: Target) -> None:
    await target.talk(*[{"type": "cancel", "context_id": "x"}] * 2_000, {"type": "cancel"}, {"type": "end"})


@attempt
async def speak_and_cancel(target: Target) -> None:
    speak = {"type": "speak", "context_id": "a"} | SPEAK
    await target.talk(*[speak, {"type": "cancel", "context_id": "a"}] * 30)


@attempt
async def pauses_that_stay(target: Target) -> None:
    speak = {"type": "speak", "context_id": "a", "text": "On and on it goes. " * 100, "speaker": "lipakshi"}
    await target.talk(speak, {"type": "pause"})


@attempt
async def departures_within_speech(target: Target) -> None:
    await asyncio.gather(*(target.talk({"type": "speak"} | SPEAK, read_s=0.02) for _ in range(12)))


@attempt
async def messages_that_are_none(target: Target) -> None:
    for message in ("", "[]", "null", "{", '{"type": 1}', "[" * 50_000, '{"type": "speak"' * 1_000, b"\x00" * 5_000):
        await target.talk({"type": "ping"}, message, read_s=0.05)


@attempt
async def surrogates_in_messages(target: Target) -> None:
    for fields in (
        '"text": "\\ud800"',
        '"text": "a", "lexicon": {"a": "\\udfff"}',
        '"text": "a", "context_id": "\\ud800"',
    ):
        await target.talk(f'{{"type": "text", "speaker": "lipakshi", {fields}}}', read_s=0.05)


@attempt
async def keys_again_and_again(target: Target) -> None:
    await target.talk(*[{"type": "auth", "api_key": target.key}] * 200)


@attempt
async def flushes_without_text(target: Target) -> None:
    await target.talk(text("a"), *[{"type": "flush", "context_id": "a"}] * 1_000)


@attempt
async def sockets_by_the_hundred(target: Target) -> None:
    """Open as many sockets as the key may, and one more."""
    async with AsyncExitStack() as stack:
        for _ in range(30):
            await stack.enter_async_context(target.socket())
        await asyncio.sleep(0.2)


@attempt
async def foreign_page_with_a_key(target: Target) -> None:
    async with target.socket(Origin="https://evil.example") as client:
        await client.send(json.dumps({"type": "speak"} | SPEAK))
        await asyncio.wait_for(client.recv(), 0.5)
        raise AssertionError("a foreign page was served")
