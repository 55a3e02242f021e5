"""Cartesia's SDK with the service at URL: `cartesia_sdk.py URL KEY`. Prints its measurements as JSON."""

import asyncio
import sys

from cartesia import AsyncCartesia, Cartesia
from turns import LONG, TEXTS, Told

RAW = {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 16_000}
ASKED = {"model_id": "sonic-3", "voice": {"mode": "id", "id": "lipakshi"}, "output_format": RAW}


def main(url: str, key: str) -> None:
    told = Told()

    def client(api_key: str) -> Cartesia:
        return Cartesia(base_url=url, websocket_base_url=url.replace("http", "ws"), api_key=api_key, max_retries=0)

    one = client(key)
    for text in TEXTS:
        turn = told.turn()
        turn.hear(one.tts.generate(transcript=text, **ASKED).read())
    turn = told.turn()
    words = []
    for event in one.tts.generate_sse(transcript=TEXTS[0], add_timestamps=True, **ASKED):
        turn.hear(event.audio if event.type == "chunk" else b"")
        words += event.word_timestamps.words if event.type == "timestamps" else []
    with one.tts.websocket_connect() as connection:
        for text in TEXTS:
            turn, context = told.turn(), connection.context(add_timestamps=True, **ASKED)
            for word in text.split(" "):
                context.push(f"{word} ")
            context.no_more_inputs()
            for event in context.receive():
                turn.hear(event.audio if event.type == "chunk" else b"")
                words += event.word_timestamps.words if event.type == "timestamps" else []
        context = connection.context(**ASKED | {"voice": {"id": "nobody"}})
        context.push(TEXTS[0])
        event = next(iter(context.receive()))
        told.errors["voice, socket"] = f"{event.type} {event.status_code} {event.error_code}"
    asyncio.run(asynchronous(url, key, told))

    def speak(api_key: str, **change: object) -> None:
        client(api_key).tts.generate(transcript=TEXTS[0], **ASKED | change)

    told.fails("voice", lambda: speak(key, voice={"id": "nobody"}))
    told.fails("format", lambda: speak(key, output_format=RAW | {"encoding": "pcm_alaw"}))
    told.fails("key", lambda: speak("wrong"))

    with one.tts.websocket_connect() as connection:
        context = connection.context(**ASKED)
        context.push(LONG)
        events = context.receive()
        next(events)
        told.interrupt()
        context.cancel()
        told.more = {"last": [event.type for event in events][-1], "words": words}
    told.print()


async def asynchronous(url: str, key: str, told: Told) -> None:
    """Speak through the socket of the asynchronous client, in its default format."""
    one = AsyncCartesia(base_url=url, websocket_base_url=url.replace("http", "ws"), api_key=key)
    async with one.tts.websocket_connect() as connection:
        turn = told.turn()
        context = connection.context(model_id="sonic-3", voice={"mode": "id", "id": "lipakshi"})
        await context.push(TEXTS[0])
        await context.no_more_inputs()
        async for event in context.receive():
            turn.hear(event.audio if event.type == "chunk" else b"")


main(*sys.argv[1:])
