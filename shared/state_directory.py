"""Directory of keys and records on this machine, as the environment names it."""

import os
from pathlib import Path

from shared.errors import StartupError


def state_directory() -> Path:
    """Return the directory of keys and records, the same wherever a command is called.

    It is VEENA3_HOME, else `veena3` in XDG_STATE_HOME, by default `~/.local/state`. Raises StartupError without a home.
    """
    if given := os.environ.get("VEENA3_HOME"):
        return Path(given).absolute()
    base = Path(os.environ.get("XDG_STATE_HOME", ""))
    try:
        return (base if base.is_absolute() else Path.home() / ".local/state") / "veena3"
    except RuntimeError:
        raise StartupError("setting VEENA3_HOME: must be set, because this user has no home directory") from None
