"""Provenance of speech: the mark of this deployment, and its detection in uploads."""

from typing import Any

from audio.encoders import Tags
from audio.mark.pattern import MarkPattern, Signs
from audio.mark.process import head
from services.voices.recordings import MAX_S, RecordingReader
from shared.config import Settings
from shared.errors import ValidationFailed


def mark_signs(settings: Settings) -> Signs | None:
    """Return the signs of the mark that all speech has; None where the settings have no secret."""
    if settings.mark_secret is None:
        return None
    return MarkPattern.of(settings.mark_secret.get_secret_value()).with_id(settings.mark_id)


def file_tags(settings: Settings, request_id: str, model_version: str) -> Tags | None:
    """Return the tags of a request's file; None where the settings want none."""
    return Tags(request_id, model_version) if settings.file_tags else None


async def detect_mark(data: bytes, settings: Settings, recordings: RecordingReader) -> dict[str, Any]:
    """Return the report on a recording of at most MAX_S seconds, as `find_mark` has it.

    Raises ValidationFailed without a secret, RecordingUnusable, Overloaded.
    """
    if settings.mark_secret is None:
        raise ValidationFailed("this service marks no speech: its setting MARK_SECRET is not set")
    secret = settings.mark_secret.get_secret_value()
    fields, _ = await recordings.ask("audio.mark.process", head(secret, max_s=MAX_S), data)
    return fields
