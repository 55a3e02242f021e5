"""The price of a request: an amount of speech, in milliseconds."""

from dataclasses import dataclass

BASE_MS = 1_000
"""Milliseconds that each request's hold has beside those of its text."""
CHARACTER_MS = 100
"""Milliseconds held for a character at normal speed. Slow speakers of plain text need 80."""
MORE_MS = 5_000
"""Milliseconds held at a time for later text, or sound beyond the estimate: one question to the ledger in 5 s of it."""


@dataclass(frozen=True, slots=True)
class Charge:
    """An amount of speech, in milliseconds, that one request of one key holds or has spent. `id` names the request."""

    id: str
    key_id: str
    amount_ms: int


def estimate_ms(characters: int, speed: float) -> int:
    """Return the most milliseconds of speech that a text of this length is expected to give."""
    return round(CHARACTER_MS * characters / speed)
