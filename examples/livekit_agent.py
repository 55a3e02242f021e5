"""A LiveKit agent that speaks with this service, through LiveKit's plugin for ElevenLabs and another address.

pip install livekit-agents livekit-plugins-elevenlabs livekit-plugins-openai
Talk to it in the terminal:  OPENAI_API_KEY=… python livekit_agent.py console
In a LiveKit room:           LIVEKIT_URL=… LIVEKIT_API_KEY=… LIVEKIT_API_SECRET=… python livekit_agent.py dev
OPENAI_BASE_URL names another language model that speaks OpenAI's API.
"""

import os

from livekit.agents import Agent, AgentServer, AgentSession, JobContext, cli
from livekit.plugins import elevenlabs, openai

URL = os.environ.get("VEENA3_URL", "http://127.0.0.1:8000")
KEY = os.environ.get("VEENA3_API_KEY", "none")

server = AgentServer()


def open_session() -> AgentSession:
    """Return a session that hears and thinks with OpenAI's models, and speaks with this service."""
    return AgentSession(
        stt=openai.STT(),
        llm=openai.LLM(model=os.environ.get("LLM_MODEL", "gpt-4.1-mini")),
        tts=elevenlabs.TTS(base_url=f"{URL}/v1", voice_id="lipakshi", api_key=KEY, encoding="pcm_24000"),
        use_tts_aligned_transcript=True,  # after an interruption, the conversation has what was heard
    )


def open_agent() -> Agent:
    return Agent(instructions="You are a friendly assistant. Answer in one or two short sentences, without lists.")


@server.rtc_session()
async def talk(context: JobContext) -> None:
    """Join a room and greet. An interruption frees the service's GPU within 100 ms."""
    session = open_session()
    await session.start(open_agent(), room=context.room)
    await session.say("Hello, how can I help you?")


if __name__ == "__main__":
    cli.run_app(server)
