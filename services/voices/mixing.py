"""Mixed voices: `isha(2)+ravi` is two parts of the one and one of the other."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from core.voice_mixing import mix_tokens
from shared.errors import InvalidSpeaker
from shared.types import GlobalTokens, Voice, VoiceSource

MAX_PARTS = 8
"""Most voices of a mix. Chosen: the average of many is always the same voice."""
MAX_WEIGHT = 100.0
"""Largest weight. Chosen: of 100 to 1, the smaller part is no longer heard."""
_PART = re.compile(r"\s*(?P<name>[^()+]+?)\s*(?:\((?P<weight>\d{1,3}(?:\.\d{1,3})?)\)\s*)?")
_WHERE: dict[str, object] = {"field": "speaker"}


@dataclass(frozen=True, slots=True)
class Part:
    """A voice of a mix by name, and its weight."""

    name: str
    weight: float


def is_mix(name: str) -> bool:
    """Return whether the name of a speaker is that of a mix."""
    return "+" in name


def parse_mix(name: str) -> tuple[Part, ...]:
    """Return the parts of a mix. Raises InvalidSpeaker."""
    found = [_PART.fullmatch(part) for part in name.split("+", MAX_PARTS)]
    parts = tuple(Part(one["name"], float(one["weight"] or 1)) for one in found if one)
    if len(parts) < len(found) or not 2 <= len(parts) <= MAX_PARTS:
        raise InvalidSpeaker(f"a mix is 2 to {MAX_PARTS} voices, such as `isha(2)+ravi`", details=_WHERE)
    if not all(0 < part.weight <= MAX_WEIGHT for part in parts):
        raise InvalidSpeaker(f"a weight of a mix is above 0 and at most {MAX_WEIGHT:g}", details=_WHERE)
    return parts


@dataclass(frozen=True, slots=True)
class VoiceMixer:
    """Mixer of voices of one checkpoint. `tokens_of` returns a voice's global tokens, `levels` are those of its FSQ."""

    tokens_of: Callable[[Voice], Awaitable[GlobalTokens]]
    levels: tuple[int, ...]

    async def mix(self, voices: Sequence[tuple[Voice, float]]) -> Voice:
        """Return the mix of voices with their weights. Raises InvalidSpeaker, and what `tokens_of` raises."""
        tokens = [(await self.tokens_of(voice)).ids for voice, _ in voices]
        return replace(
            mixed_voice(voices), global_tokens=mix_tokens(tokens, [weight for _, weight in voices], self.levels)
        )


def mixed_voice(voices: Sequence[tuple[Voice, float]]) -> Voice:
    """Return the voice of a mix, without its tokens.

    It speaks the languages that all of the voices speak. The model is asked for it by the name of the heaviest, if that
    is a voice of the checkpoint. Raises InvalidSpeaker where no language is left.
    """
    heaviest = max(voices, key=lambda one: one[1])[0]
    known = [voice.languages for voice, _ in voices if voice.languages]
    languages = tuple(tag for tag in known[0] if all(tag in tags for tags in known)) if known else ()
    if known and not languages:
        raise InvalidSpeaker("the voices of a mix have no language in common", details=_WHERE)
    genders = {voice.gender for voice, _ in voices}
    return Voice(
        id="+".join(f"{voice.id}({weight:g})" for voice, weight in voices),
        name="+".join(voice.name for voice, _ in voices),
        languages=languages,
        language=heaviest.language if heaviest.language in languages else None,
        gender=genders.pop() if len(genders) == 1 else None,
        speaker=heaviest.speaker,
        source=VoiceSource.MIXED,
    )
