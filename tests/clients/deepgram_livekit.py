"""LiveKit's plugin for Deepgram with the service at URL: `deepgram_livekit.py URL KEY`. Prints its measurements."""

import asyncio
import sys

import aiohttp
from livekit.plugins import deepgram
from livekit_turns import failures, speak_in_turns
from turns import Told


async def main(url: str, key: str) -> None:
    told = Told()
    async with aiohttp.ClientSession() as http:

        def speaker(**more: str) -> deepgram.TTS:
            options = {"model": "lipakshi", "base_url": f"{url}/v1/speak", "api_key": key, "sample_rate": 16_000}
            return deepgram.TTS(http_session=http, **options | more)

        one = speaker()
        await speak_in_turns(one, told)
        await failures(speaker(model="nobody"), "voice", told)
        await failures(speaker(api_key="wrong"), "key", told)
        await one.aclose()
    told.print()


asyncio.run(main(*sys.argv[1:]))
