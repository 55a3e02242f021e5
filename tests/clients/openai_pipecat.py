"""Pipecat's service for OpenAI with the service at URL: `openai_pipecat.py URL KEY`. Prints measurements as JSON."""

import asyncio
import sys

from pipecat.services.openai.tts import OpenAITTSService
from pipecat_turns import speak_in_turns
from turns import Told


async def main(url: str, key: str) -> None:
    told = Told()
    settings = OpenAITTSService.Settings(voice="nova")
    await speak_in_turns(OpenAITTSService(base_url=f"{url}/v1", api_key=key, settings=settings), told)
    told.print()


asyncio.run(main(*sys.argv[1:]))
