"""The protocol's own client with a bridge to URL: `wyoming_turns.py URL KEY BRIDGE_PORT`. Prints measurements."""

import asyncio
import sys

from turns import LONG, TEXTS, Told
from wyoming.audio import AudioChunk, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.error import Error
from wyoming.tts import Synthesize, SynthesizeChunk, SynthesizeStart, SynthesizeStop, SynthesizeStopped, SynthesizeVoice

VOICE = SynthesizeVoice("lipakshi")


async def main(_url: str, _key: str, port: str) -> None:
    told = Told()
    client = AsyncTcpClient("127.0.0.1", int(port))
    await client.connect()
    await speak(client, told)
    await speak_streamed(client, told)

    await client.write_event(Synthesize(TEXTS[0], SynthesizeVoice("nobody")).event())
    while not Error.is_type((event := await client.read_event()).type):
        pass
    told.errors["voice"] = str(Error.from_event(event).code)

    await client.write_event(Synthesize(LONG, VOICE).event())
    while not AudioChunk.is_type((await client.read_event()).type):
        pass
    told.interrupt()
    await client.disconnect()
    await client.connect()
    await asyncio.sleep(1)
    await speak(client, told)
    told.print()


async def speak(client: AsyncTcpClient, told: Told) -> None:
    turn = told.turn()
    await client.write_event(Synthesize(TEXTS[0], VOICE).event())
    while not AudioStop.is_type((event := await client.read_event()).type):
        turn.hear(AudioChunk.from_event(event).audio if AudioChunk.is_type(event.type) else b"")


async def speak_streamed(client: AsyncTcpClient, told: Told) -> None:
    """Send the text as Home Assistant does while a language model writes it."""
    turn = told.turn()
    await client.write_event(SynthesizeStart(voice=VOICE).event())
    for word in TEXTS[1].split(" "):
        await client.write_event(SynthesizeChunk(f"{word} ").event())
    await client.write_event(SynthesizeStop().event())
    while not SynthesizeStopped.is_type((event := await client.read_event()).type):
        turn.hear(AudioChunk.from_event(event).audio if AudioChunk.is_type(event.type) else b"")


asyncio.run(main(*sys.argv[1:]))
