"""OpenAI TTS of a LiveKit agent with the service at URL: `livekit_agent.py URL`. Prints its measurements as JSON."""

import asyncio
import json
import sys
import time

from livekit.plugins import openai

TEXT = "Hello, this is the demo voice. It speaks to a LiveKit agent."


async def hear(url: str, **more: str) -> dict[str, object]:
    speaker = openai.TTS(base_url=f"{url}/v1", api_key="none", **more)
    begun, first_s, samples, frames, peak, rate = time.perf_counter(), 0.0, 0, 0, 0, 0
    async with speaker.synthesize(TEXT) as stream:
        async for heard in stream:
            first_s = first_s or time.perf_counter() - begun
            samples, frames, rate = samples + heard.frame.samples_per_channel, frames + 1, heard.frame.sample_rate
            peak = max(peak, *map(abs, heard.frame.data))
    await speaker.aclose()
    return {"rate": rate, "seconds": samples / rate, "frames": frames, "peak": peak, "first_s": round(first_s, 3)}


async def main(url: str) -> None:
    asked = [{}, {"response_format": "pcm"}, {"model": "tts-1", "voice": "onyx"}]  # events of MP3, of PCM; plain MP3
    json.dump([await hear(url, **more) for more in asked], sys.stdout)


asyncio.run(main(sys.argv[1]))
