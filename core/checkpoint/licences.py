"""Licence of weights, as their repository states it, in words that an operator can act on."""

import re

PUBLISHED = {"SparkAudio/Spark-TTS-0.5B": "cc-by-nc-sa-4.0"}
"""Licences of repositories whose listing may lack them: https://huggingface.co/SparkAudio/Spark-TTS-0.5B."""
_NON_COMMERCIAL = re.compile(r"\bnc\b|non-?commercial", re.IGNORECASE)
UNKNOWN = (
    "not stated; weights that derive from the published Spark-TTS are under its licence, CC BY-NC-SA 4.0: "
    "no commercial use"
)


def licence_of(repo: str, stated: str | None) -> str | None:
    """Return the licence that the repository states, or is known to have."""
    return stated or PUBLISHED.get(repo)


def in_words(licence: str | None) -> str:
    """Return the licence, with what forbids commercial use."""
    if licence is None:
        return UNKNOWN
    return f"{licence}: no commercial use" if _NON_COMMERCIAL.search(licence) else licence
