"""Pipecat's services for Deepgram with the service at URL: `deepgram_pipecat.py URL KEY socket|http`."""

import asyncio
import sys

import aiohttp
from pipecat.services.deepgram.tts import DeepgramHttpTTSService, DeepgramTTSService
from pipecat_turns import speak_in_turns
from turns import Told


async def main(url: str, key: str, kind: str) -> None:
    told = Told()
    if kind == "socket":
        settings = DeepgramTTSService.Settings(voice="lipakshi")
        address = url.replace("http", "ws")
        await speak_in_turns(
            DeepgramTTSService(base_url=address, api_key=key, sample_rate=16_000, settings=settings), told
        )
    else:
        settings = DeepgramHttpTTSService.Settings(voice="lipakshi")
        async with aiohttp.ClientSession() as http:
            options = {"base_url": url, "api_key": key, "sample_rate": 16_000, "settings": settings}
            await speak_in_turns(DeepgramHttpTTSService(aiohttp_session=http, **options), told)
    told.print()


asyncio.run(main(*sys.argv[1:]))
