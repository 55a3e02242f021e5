"""Voices of the server, and those that a key makes."""

from collections.abc import Mapping, Sequence
from typing import Any, Unpack
from urllib.parse import quote

from veena3_client._sync.http import Http
from veena3_client.config import client_errors
from veena3_client.speech import Speech, speech_of
from veena3_client.voices import (
    Candidate,
    DesignOptions,
    Recordings,
    Voice,
    VoiceOptions,
    checked_candidates,
    checked_voice,
    checked_voices,
    opened,
    voice_form,
)

_PATH = "/v1/voices"


class Voices:
    """Voices of the server. Those that a key makes need its scope `voices`."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(self) -> "list[Voice]":
        """Return all voices. Raises Veena3Error."""
        fields = self._http.json("GET", _PATH)
        with client_errors(self._http.config.url):
            return checked_voices(fields)

    def get(self, id: str) -> Voice:
        """Return a voice by its id, an alias or its name. Raises NotFoundError."""
        return self._voice("GET", _path(id))

    def add(
        self,
        name: str,
        audio: Recordings,
        *,
        consent: bool | str,
        transcript: str = "",
        **options: Unpack[VoiceOptions],
    ) -> Voice:
        """Make a voice of recordings: files by their paths, or their bytes.

        `consent`: True, your statement that the speaker consents, or the id of a consent record. Raises Veena3Error,
        and UsageError for a file that cannot be read.
        """
        form = voice_form(name, options) | {"consent": "true" if consent is True else str(consent)}
        if transcript:
            form["transcript"] = transcript
        return self._voice("POST", _PATH, data=form, files=opened(audio))

    def update(self, id: str, *, name: str | None = None, **options: Unpack[VoiceOptions]) -> Voice:
        """Replace fields of a voice of this key. Raises Veena3Error."""
        given = {"name": name, **options}
        return self._voice("PATCH", _path(id), json={key: value for key, value in given.items() if value is not None})

    def delete(self, id: str) -> None:
        """Delete a voice of this key. Raises NotFoundError."""
        self._http.json("DELETE", _path(id))

    def consent(self, id: str) -> "dict[str, Any]":
        """Return the consent record of a voice of this key: who stated it, when, hashes. Raises NotFoundError."""
        return self._http.json("GET", f"{_path(id)}/consent")

    def preview(self, id: str, *, format: str = "mp3") -> Speech:
        """Return a sentence in a voice. Raises Veena3Error."""
        with self._http.answer("GET", f"{_path(id)}/preview", params={"format": format}) as answer:
            return speech_of(answer.read(), answer.headers)

    def mix(self, name: str, mix: str, **options: Unpack[VoiceOptions]) -> Voice:
        """Keep a mix of voices, such as `isha(2)+ravi`. Raises Veena3Error."""
        return self._voice("POST", f"{_PATH}/mix", json={"name": name, "mix": mix, **options})

    def design(self, gender: str, **options: Unpack[DesignOptions]) -> "Sequence[Candidate]":
        """Return candidates of a designed voice, to hear. Raises Veena3Error."""
        fields = self._http.json("POST", f"{_PATH}/design", json={"gender": gender, **options})
        with client_errors(self._http.config.url):
            return checked_candidates(fields)

    def keep(self, candidate: str, name: str, **options: Unpack[VoiceOptions]) -> Voice:
        """Keep a candidate of a design as a voice. Raises Veena3Error."""
        return self._voice("POST", f"{_PATH}/design/{quote(candidate, safe='')}", json={"name": name, **options})

    def _voice(self, method: str, path: str, **content: Any) -> Voice:
        fields: Mapping[str, Any] = self._http.json(method, path, **content)
        with client_errors(self._http.config.url):
            return checked_voice(fields)


def _path(id: str) -> str:
    return f"{_PATH}/{quote(id, safe='')}"
