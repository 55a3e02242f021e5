"""Turns of a LiveKit speech plugin: two that end, one whole text, one that is interrupted, and one more."""

from livekit.agents import APIConnectOptions, APIError, tts
from turns import LONG, TEXTS, Told, described

ONCE = APIConnectOptions(max_retry=0, timeout=10)


async def speak_in_turns(speaker: tts.TTS, told: Told) -> None:
    """Speak as an agent does; the long text has not ended when it is interrupted.

    The plugins with a pool of connections close the interrupted one when they open the next.
    """
    for text in TEXTS:
        await say(speaker, text, told)
    turn = told.turn()
    async with speaker.synthesize(TEXTS[0], conn_options=ONCE) as whole:
        async for heard in whole:
            turn.hear(heard.frame.data.tobytes())
    stream = speaker.stream(conn_options=ONCE)
    stream.push_text(LONG[:2000])
    async for heard in stream:
        if heard.frame.samples_per_channel:
            break
    told.interrupt()
    await stream.aclose()
    await say(speaker, TEXTS[0], told)


async def say(speaker: tts.TTS, text: str, told: Told) -> None:
    """Speak a text that arrives word by word."""
    turn = told.turn()
    async with speaker.stream(conn_options=ONCE) as stream:
        for word in text.split(" "):
            stream.push_text(f"{word} ")
        stream.end_input()
        async for heard in stream:
            turn.hear(heard.frame.data.tobytes())


async def failures(speaker: tts.TTS, name: str, told: Told) -> None:
    """Record the error of a stream and of a whole text."""
    for kind, call in (("stream", say), ("whole", say_whole)):
        try:
            await call(speaker, TEXTS[0], Told())
        except APIError as error:
            told.errors[f"{name}, {kind}"] = described(error)
        else:
            told.errors[f"{name}, {kind}"] = "no error"


async def say_whole(speaker: tts.TTS, text: str, _told: Told) -> None:
    async with speaker.synthesize(text, conn_options=ONCE) as whole:
        async for _ in whole:
            pass
