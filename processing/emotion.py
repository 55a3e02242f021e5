"""Emotion tags in the text: `[excited]`, and the legacy form `<laugh>`. A tag instructs the model and is not spoken.

The caller passes the tags that the checkpoint was trained on.

Guarantee: time is linear in the text. A tag has at most LONGEST_TAG characters, and no search goes further.
"""

import re
from collections.abc import Collection
from typing import Literal

from processing.rich_text import is_element
from shared.errors import ValidationFailed
from shared.source_map import SourceMap, replace_spans

TAG = re.compile(r"\[[A-Za-z][A-Za-z _-]{0,31}\]")
"""Possible tag in text whose tags are resolved. No chunk ends inside one, and the normaliser does not change it."""

LONGEST_TAG = 34
"""Longest tag in characters, with its brackets."""

_WRITTEN = re.compile(r"\[(?P<name>[A-Za-z][A-Za-z _-]{0,31})\]|</?(?P<legacy>[A-Za-z][A-Za-z_]{1,31}) ?/?>")

_LEGACY = {
    "laugh": ("laughs", "laughing", "laughter"),
    "laugh_harder": ("laughs harder", "laughs", "laughing", "laugh"),
    "giggle": ("giggles", "giggling", "chuckles", "laughs", "laugh"),
    "chuckle": ("chuckles", "chuckling", "laughs", "laugh"),
    "sigh": ("sighs", "sighing", "exhale"),
    "gasp": ("gasps", "gasping"),
    "cough": ("coughs", "coughing"),
    "sniffle": ("sniffles", "sniffs", "crying"),
    "groan": ("groans", "groaning"),
    "yawn": ("yawns", "yawning"),
    "cry": ("crying", "cries", "sobbing", "sad"),
    "scream": ("screams", "screaming", "shouting"),
    "whisper": ("whispers", "whispering"),
    "excited": ("excitement",),
    "sad": ("sadness",),
    "angry": ("anger",),
    "surprised": ("surprise",),
}
"""Names that a checkpoint may use for the sound of a legacy tag, best first, after the tag's own name."""


def resolve_tags(
    text: str,
    *,
    known: Collection[str] = (),
    unknown: Literal["drop", "refuse"] = "drop",
    sources: SourceMap | None = None,
) -> str:
    """Return `text` with known tags in square brackets, spelt as in `known`, and without unknown ones.

    `sources`, if given, are those of the text, and become those of the result.
    `known` holds names without brackets. An unknown bracketed phrase of several words is text and stays, and so does an
    element of HTML, which is the matter of `rich_text`.
    Raises ValidationFailed for an unknown tag if `unknown` is `refuse`.
    """
    names = {_plain(name): name for name in known}
    edits: list[tuple[int, int, str]] = []
    done = 0
    for match in _WRITTEN.finditer(text):
        written = match["name"] or match["legacy"]
        name = None if match[0].startswith("</") else _known_name(written, match["legacy"] is not None, names)
        if name is None and (" " in written if match["name"] else is_element(written)):
            continue
        if name is None and unknown == "refuse":
            raise ValidationFailed("the text has an unknown emotion tag", details={"known": sorted(names.values())})
        before, done = text[done : match.start()], match.end()
        if name is None and (not before or before[-1].isspace()):
            done += text.startswith(" ", done)
        edits.append((match.start(), done, "" if name is None else f"[{name}]"))
    return replace_spans(text, edits, sources, "tag")


def _plain(name: str) -> str:
    return name.strip().lower().replace("_", " ").replace("-", " ")


def _known_name(written: str, legacy: bool, names: dict[str, str]) -> str | None:
    plain = _plain(written)
    others = _LEGACY.get(written.lower(), ()) if legacy else ()
    return next((names[candidate] for candidate in (plain, *others) if candidate in names), None)
