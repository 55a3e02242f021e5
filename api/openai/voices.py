"""Voices by the names that OpenAI's clients send."""

from services.voices import VoiceBook
from shared.errors import InvalidSpeaker

OPENAI_VOICES = (
    *("alloy", "ash", "ballad", "cedar", "coral", "echo", "fable"),
    *("marin", "nova", "onyx", "sage", "shimmer", "verse"),
)
"""OpenAI's voices. Clients such as Pipecat send no other name, so that each of them stands for a voice."""


def speaker_of(name: str, voices: VoiceBook) -> str:
    """Return the id of the voice that `name` stands for. Raise InvalidSpeaker.

    A name of OpenAI's that is no alias stands for a voice by its place in OPENAI_VOICES: always for the same one, as
    long as the voices are the same. `X-Speaker` names it in the answer.
    """
    if voice := voices.find(name):
        return voice.id
    if name.casefold() in OPENAI_VOICES:
        return voices.voices[OPENAI_VOICES.index(name.casefold()) % len(voices.voices)].id
    known = ", ".join(voice.id for voice in voices.voices)
    raise InvalidSpeaker(
        f"unknown voice; known are {known}, their aliases, and OpenAI's names", details={"field": "voice"}
    )
