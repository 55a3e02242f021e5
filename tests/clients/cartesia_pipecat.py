"""Pipecat's services for Cartesia with the service at URL: `cartesia_pipecat.py URL KEY socket|http`."""

import asyncio
import sys

from pipecat.services.cartesia.tts import CartesiaHttpTTSService, CartesiaTTSService
from pipecat_turns import speak_in_turns
from turns import Told


async def main(url: str, key: str, kind: str) -> None:
    told = Told()
    if kind == "socket":
        settings = CartesiaTTSService.Settings(voice="lipakshi")
        address = f"{url.replace('http', 'ws')}/tts/websocket"
        speaker = CartesiaTTSService(url=address, api_key=key, sample_rate=16_000, settings=settings)
    else:
        settings = CartesiaHttpTTSService.Settings(voice="lipakshi")
        speaker = CartesiaHttpTTSService(base_url=url, api_key=key, sample_rate=16_000, settings=settings)
    await speak_in_turns(speaker, told, interrupted=kind == "socket")
    told.print()


asyncio.run(main(*sys.argv[1:]))
