"""Values of markup's attributes: durations, rates and volumes."""

import re

STRENGTHS_S = {"none": 0.0, "x-weak": 0.1, "weak": 0.2, "medium": 0.4, "strong": 0.7, "x-strong": 1.2}
"""Pause of each strength of `break`, in seconds. SSML names the strengths alone; chosen around the pauses of
punctuation (`processing/pauses.py`): a comma has 0.15 s, a paragraph 0.5 s."""
RATES = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "default": 1.0, "fast": 1.25, "x-fast": 1.6}
"""Factor of each rate that has a name. Chosen: at 0.5 and 1.6 speech is still easy to follow."""
VOLUMES_DB = {"x-soft": -12.0, "soft": -6.0, "medium": 0.0, "default": 0.0, "loud": 4.0, "x-loud": 8.0}
"""Gain of each volume that has a name, in decibels. Chosen: steps that are clearly heard."""
LEAST_RATE, MOST_RATE = 0.25, 4.0
"""Bounds of the rate, as of `speed`."""
MOST_DB = 12.0
"""Largest gain in decibels. Chosen: above it the peak limiter works all the time."""
LEAST_DB = -60.0
"""Smallest gain above silence, in decibels. Chosen: quieter speech is not heard."""

_DURATION = re.compile(r"\s*\+?(\d{1,6}(?:\.\d{0,6})?|\.\d{1,6})\s*(ms|s)\s*")
_RATE = re.compile(r"\s*(?P<sign>[+-]?)(?P<number>\d{1,4}(?:\.\d{0,4})?|\.\d{1,4})(?P<percent>%?)\s*")
_DECIBELS = re.compile(r"\s*([+-]?\d{1,3}(?:\.\d{0,4})?)\s*dB\s*", re.IGNORECASE)
_LOUDNESS = re.compile(r"\s*(?P<sign>[+-]?)(?P<number>\d{1,3}(?:\.\d{0,4})?)(?P<percent>%?)\s*")


def read_duration(text: str) -> float | None:
    """Return the seconds of "500ms" or "1.5s"; None for another form."""
    found = _DURATION.fullmatch(text)
    if not found:
        return None
    return float(found[1]) / (1000 if found[2] == "ms" else 1)


def read_rate(text: str) -> float | None:
    """Return the factor of "slow", "80%", "+10%" or "1.2"; None for another form."""
    if (named := RATES.get(text.strip())) is not None:
        return named
    found = _RATE.fullmatch(text)
    if not found or (found["sign"] and not found["percent"]):
        return None
    number = float(found["number"]) / (100 if found["percent"] else 1)
    if found["sign"]:
        number = 1 + (number if found["sign"] == "+" else -number)
    return number if number > 0 else None


def read_volume(text: str) -> float | None:
    """Return the gain, as a factor, of "loud", "silent", "+6dB", "80" or "+10%"; None for another form."""
    name = text.strip()
    if name == "silent":
        return 0.0
    if name in VOLUMES_DB:
        return from_decibels(VOLUMES_DB[name])
    if found := _DECIBELS.fullmatch(text):
        return from_decibels(min(max(float(found[1]), LEAST_DB), MOST_DB))
    found = _LOUDNESS.fullmatch(text)
    if not found:
        return None
    share = float(found["number"]) / 100
    if found["sign"]:  # relative to the volume around it
        share = 1 + (share if found["sign"] == "+" else -share)
    return min(max(share, 0.0), from_decibels(MOST_DB))


def from_decibels(decibels: float) -> float:
    """Return the factor of a gain in decibels."""
    return float(10 ** (decibels / 20))
