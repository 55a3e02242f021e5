"""LiveKit's plugin for Cartesia with the service at URL: `cartesia_livekit.py URL KEY`. Prints its measurements."""

import asyncio
import sys

import aiohttp
from livekit.plugins import cartesia
from livekit_turns import failures, speak_in_turns
from turns import Told


async def main(url: str, key: str) -> None:
    told = Told()
    async with aiohttp.ClientSession() as http:

        def speaker(**more: str) -> cartesia.TTS:
            options = {"voice": "lipakshi", "base_url": url, "api_key": key, "sample_rate": 16_000}
            return cartesia.TTS(http_session=http, **options | more)

        one = speaker()
        await speak_in_turns(one, told)
        await failures(speaker(voice="nobody"), "voice", told)
        await failures(speaker(api_key="wrong"), "key", told)
        await one.aclose()
    told.print()


asyncio.run(main(*sys.argv[1:]))
