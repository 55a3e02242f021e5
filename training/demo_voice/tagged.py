"""Lines with emotion tags: the text with its tag, and the score as the tag asks for it."""

import random

from training.demo_voice.manners import MANNERS, NEUTRAL, SOUNDS, TAGS
from training.demo_voice.scores import Line, Score, score, with_sound
from training.demo_voice.speakers import Speaker


def tagged(line: Line, speaker: Speaker, rng: random.Random, share: float) -> tuple[str, Score]:
    """Return the text and the score of a line, in `share` of the cases with a tag, drawn from TAGS.

    A manner's tag stands before the line, a sound's before or behind it.
    """
    tag = rng.choice(TAGS) if rng.random() < share else ""
    sung = score(line, speaker, MANNERS.get(tag, NEUTRAL))
    if tag not in SOUNDS:
        return f"[{tag}] {line.text}" if tag else line.text, sung
    at_end = rng.random() < 0.5
    text = f"{line.text} [{tag}]" if at_end else f"[{tag}] {line.text}"
    return text, with_sound(sung, speaker, SOUNDS[tag](rng), at_end=at_end)
