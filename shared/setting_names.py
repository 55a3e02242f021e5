"""Names of environment variables that are meant to be settings, and are none.

A misspelt setting has no effect, and nothing else would tell its user.
"""

from collections.abc import Iterable
from difflib import get_close_matches

from shared.errors import StartupError

SIMILARITY = 0.85
"""Ratio of `difflib` from which a name is taken for a misspelt setting. One letter too many or too few, or two letters
exchanged, gives at least this much for names of six letters; no variable of vLLM, torch or Modal reaches it."""
SHORTEST = 6
"""Letters below which a name without a prefix is not compared: `HOSTS` and `PORTS` may belong to another program."""


def refuse_unknown(given: Iterable[str], known: Iterable[str], *, prefix: str = "") -> None:
    """Raise StartupError with a suggestion for the first of the `given` names that is meant to be a known one.

    With a prefix each name that begins with it must be known; without one, a name that resembles a known one must.
    """
    names = {f"{prefix}{name}".upper() for name in known}
    for name in sorted(set(map(str.upper, given)) - names):
        if not name.startswith(prefix) or (not prefix and len(name) < SHORTEST):
            continue
        similar = get_close_matches(name, names, n=1, cutoff=SIMILARITY)
        if similar:
            raise StartupError(f"setting {name}: there is none of this name; did you mean {similar[0]}?")
        if prefix:
            raise StartupError(f"setting {name}: there is none of this name")
