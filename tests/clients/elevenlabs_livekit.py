"""LiveKit's plugin for ElevenLabs with the service at URL: `elevenlabs_livekit.py URL KEY`. Prints its measurements."""

import asyncio
import sys

import aiohttp
from livekit.plugins import elevenlabs
from livekit_turns import failures, say, speak_in_turns
from turns import TEXTS, Told


async def main(url: str, key: str) -> None:
    told = Told()
    async with aiohttp.ClientSession() as http:

        def speaker(**more: str) -> elevenlabs.TTS:
            options = {"voice_id": "lipakshi", "base_url": f"{url}/v1", "api_key": key, "encoding": "pcm_16000"}
            return elevenlabs.TTS(http_session=http, **options | more)

        one = speaker()
        told.more = {"voices": [voice.id for voice in await one.list_voices()]}
        await speak_in_turns(one, told)
        await say(speaker(encoding="mp3_22050_32"), TEXTS[0], told)
        await failures(speaker(voice_id="nobody"), "voice", told)
        await failures(speaker(api_key="wrong"), "key", told)
        await one.aclose()
    told.print()


asyncio.run(main(*sys.argv[1:]))
