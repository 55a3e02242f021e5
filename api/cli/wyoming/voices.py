"""Voices of the service as Wyoming describes them, and the voice that a request names."""

from wyoming.info import Attribution, Info, TtsProgram, TtsVoice
from wyoming.tts import SynthesizeVoice

from api.cli.client.printing import printable
from shared.version import APP_VERSION
from veena3_client import Voice

_SOURCE = Attribution(name="Veena3 TTS", url="")


def info(voices: list[Voice]) -> Info:
    """Return the description of the service with its voices."""
    described = [
        TtsVoice(
            name=voice.id,
            attribution=_SOURCE,
            installed=True,
            description=printable(voice.description) or voice.id,
            version=APP_VERSION,
            languages=list(voice.languages),
        )
        for voice in voices
    ]
    program = TtsProgram(
        name="veena3",
        attribution=_SOURCE,
        installed=True,
        description="Veena3 TTS",
        version=APP_VERSION,
        voices=described,
        supports_synthesize_streaming=True,
    )
    return Info(tts=[program])


def speaker_of(asked: SynthesizeVoice | None, voices: list[Voice], default: str | None) -> str:
    """Return the name of the voice for a request: the one it names, or the first that speaks its language.

    Without either it is `default`, else the first voice. A name is not checked: the service refuses unknown ones. A
    language that no voice speaks gets the default voice, because Home Assistant offers listed languages alone.
    """
    if asked and asked.name:
        return asked.name
    first: str = default or voices[0].id
    if asked and asked.language:
        language = asked.language.partition("-")[0].lower()
        spoken = [voice.id for voice in voices if any(_is_same(code, language) for code in voice.languages)]
        return first if first in spoken or not spoken else spoken[0]
    return first


def _is_same(code: str, language: str) -> bool:
    return code.partition("-")[0].lower() == language
