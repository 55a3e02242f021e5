"""LiveKit's plugin for OpenAI with the service at URL: `openai_livekit.py URL KEY`. Prints its measurements as JSON."""

import asyncio
import sys

from livekit.agents import APIError
from livekit.plugins import openai
from livekit_turns import ONCE, say_whole
from turns import LONG, TEXTS, Told, described


async def main(url: str, key: str) -> None:
    told = Told()

    def speaker(**more: str) -> openai.TTS:
        options = {"voice": "nova", "base_url": f"{url}/v1", "api_key": key, "response_format": "pcm"}
        return openai.TTS(**options | more)

    one = speaker()
    for text in TEXTS:
        await say(one, text, told)
    async with one.synthesize(LONG[:4000], conn_options=ONCE) as whole:
        await anext(aiter(whole))
        told.interrupt()
    await say(one, TEXTS[0], told)
    for name, wrong in (("voice", speaker(voice="nobody")), ("key", speaker(api_key="wrong"))):
        try:
            await say_whole(wrong, TEXTS[0], told)
        except APIError as error:
            told.errors[f"{name}, whole"] = described(error)
        await wrong.aclose()
    await one.aclose()
    told.print()


async def say(speaker: openai.TTS, text: str, told: Told) -> None:
    turn = told.turn()
    async with speaker.synthesize(text, conn_options=ONCE) as whole:
        async for heard in whole:
            turn.hear(heard.frame.data.tobytes())


asyncio.run(main(*sys.argv[1:]))
