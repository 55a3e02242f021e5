"""The LiveKit agent of examples/ without a room: `example_livekit.py EXAMPLES`. Prints its measurements as JSON."""

import asyncio
import sys

from livekit import rtc
from livekit.agents.utils import http_context
from livekit.agents.voice.io import AudioOutput, AudioOutputCapabilities
from turns import Told, Turn


class Sink(AudioOutput):
    """Loudspeaker that plays at once."""

    def __init__(self) -> None:
        super().__init__(label="sink", capabilities=AudioOutputCapabilities(pause=False))
        self.turn, self.seconds = Turn(), 0.0

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await super().capture_frame(frame)
        self.turn.hear(frame.data.tobytes())
        self.seconds += frame.duration

    def flush(self) -> None:
        super().flush()
        self.on_playback_finished(playback_position=self.seconds, interrupted=False)

    def clear_buffer(self) -> None:
        self.on_playback_finished(playback_position=self.seconds, interrupted=True)


async def main(examples: str) -> None:
    sys.path.insert(0, examples)
    import livekit_agent

    told, sink = Told(), Sink()
    async with http_context.open():
        session = livekit_agent.open_session()
        session.output.audio = sink
        await session.start(livekit_agent.open_agent())
        sink.turn = told.turn()
        await session.say("Hello, how can I help you?")
        sink.turn = told.turn()
        answer = await session.run(user_input="What is the time?")
        told.more = {"answer": [event.item.text_content.strip() for event in answer.events if event.type == "message"]}
        await session.aclose()
    told.print()


asyncio.run(main(*sys.argv[1:]))
