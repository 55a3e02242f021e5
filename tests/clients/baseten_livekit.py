"""LiveKit's plugin for Baseten (Qwen3-TTS, vllm-omni's socket): `baseten_livekit.py URL KEY`. Prints measurements."""

import asyncio
import sys

import aiohttp
from livekit.plugins import baseten
from livekit_turns import failures, speak_in_turns
from turns import Told


async def main(url: str, key: str) -> None:
    told, endpoint = Told(), f"{url.replace('http', 'ws')}/v1/audio/speech/stream"
    async with aiohttp.ClientSession() as http:

        def speaker(**more: str) -> baseten.TTS:
            options = {"model": "qwen3-tts", "voice": "lipakshi", "model_endpoint": endpoint, "api_key": key}
            return baseten.TTS(http_session=http, **options | more)

        one = speaker()
        await speak_in_turns(one, told)
        await failures(speaker(voice="nobody"), "voice", told)
        await failures(speaker(api_key="wrong"), "key", told)
        await one.aclose()
    told.print()


asyncio.run(main(*sys.argv[1:]))
