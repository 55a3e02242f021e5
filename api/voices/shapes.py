"""Descriptions of voices in answers."""

import time

from api.schemas import VoiceInfo
from api.voices.schemas import MadeVoiceInfo, VoiceConsent
from services.voices.stored import StoredVoice
from shared.types import Voice, VoiceSource

CATEGORIES = {VoiceSource.CLONED: "cloned", VoiceSource.DESIGNED: "generated", VoiceSource.MIXED: "generated"}
"""ElevenLabs' name of each origin of a made voice."""


def info_of(voice: Voice) -> VoiceInfo:
    """Describe a voice of the checkpoint."""
    labels = {"gender": voice.gender, "language": voice.languages[0] if voice.languages else None}
    return VoiceInfo(
        id=voice.id,
        voice_id=voice.id,
        name=voice.name,
        aliases=list(voice.aliases),
        languages=list(voice.languages),
        language=voice.language,
        gender=voice.gender,
        description=voice.description,
        source=voice.source,
        labels={name: label for name, label in labels.items() if label},
    )


def made_info(voice: StoredVoice, key_id: str) -> MadeVoiceInfo:
    """Describe a voice that a caller made, for the key `key_id`: what was heard and the consent are its owner's."""
    owned = voice.key_id == key_id
    return MadeVoiceInfo(
        id=voice.id,
        voice_id=voice.id,
        name=voice.name,
        aliases=[],
        languages=[voice.language] if voice.language else [],
        language=None,
        gender=voice.labels.get("gender"),
        description=voice.description,
        source=voice.source,
        category=CATEGORIES[voice.source],
        labels=dict(voice.labels),
        public=voice.public,
        owned=owned,
        model=voice.model,
        preview_url=f"/v1/voices/{voice.id}/preview",
        created_at=voice.created_at,
        heard=dict(voice.heard) if owned else None,
        consent=dict(voice.consent) if owned else None,
    )


def consent_export(voice: StoredVoice) -> VoiceConsent:
    """Return the consent record of a voice, with the facts that tell which voice it is of."""
    return VoiceConsent(
        voice_id=voice.id,
        name=voice.name,
        source=voice.source,
        model=voice.model,
        created_at=voice.created_at,
        consent=dict(voice.consent) or None,
        exported_at=time.time(),
    )
