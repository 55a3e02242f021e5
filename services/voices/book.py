"""The voices of a checkpoint, by id and alias."""

from collections.abc import Iterable

from shared.errors import InvalidSpeaker, VoiceNotFound
from shared.types import Voice


class VoiceBook:
    """Voices by id and alias, without regard to case."""

    def __init__(self, voices: Iterable[Voice]) -> None:
        self.voices = tuple(voices)
        self._by_name = {name.casefold(): voice for voice in self.voices for name in (voice.id, *voice.aliases)}

    def find(self, name: str) -> Voice | None:
        """Return the voice of this id or alias; None if there is none."""
        return self._by_name.get(name.casefold())

    def speaker(self, name: str) -> Voice:
        """Return the voice that a request names. Raises InvalidSpeaker."""
        if voice := self.find(name):
            return voice
        known = ", ".join(voice.id for voice in self.voices)
        raise InvalidSpeaker(
            f"unknown speaker; known are {known}, and the aliases that /v1/voices lists", details={"field": "speaker"}
        )

    def voice(self, name: str) -> Voice:
        """Return the voice at `/v1/voices/{name}`. Raises VoiceNotFound."""
        if voice := self.find(name):
            return voice
        raise VoiceNotFound("there is no voice of that name; /v1/voices lists them")
