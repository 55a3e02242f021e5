"""Pipecat's services for ElevenLabs with the service at URL: `elevenlabs_pipecat.py URL KEY socket|http`."""

import asyncio
import sys

import aiohttp
from pipecat.services.elevenlabs.tts import ElevenLabsHttpTTSService, ElevenLabsTTSService
from pipecat_turns import speak_in_turns
from turns import Told


async def main(url: str, key: str, kind: str) -> None:
    told = Told()
    if kind == "socket":
        settings = ElevenLabsTTSService.Settings(voice="lipakshi")
        speaker = ElevenLabsTTSService(
            url=url.replace("http", "ws"), api_key=key, sample_rate=16_000, settings=settings
        )
        await speak_in_turns(speaker, told)
    else:
        async with aiohttp.ClientSession() as http:
            settings = ElevenLabsHttpTTSService.Settings(voice="lipakshi")
            options = {"base_url": url, "api_key": key, "sample_rate": 16_000, "settings": settings}
            await speak_in_turns(ElevenLabsHttpTTSService(aiohttp_session=http, **options), told)
    told.print()


asyncio.run(main(*sys.argv[1:]))
