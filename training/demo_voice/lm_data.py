"""Training batches of the language model: rows in the token format, each line as one of the speakers speaks it."""

import random
from collections.abc import Iterator

from shared.types import Style
from training.demo_voice.anybody import anybody
from training.demo_voice.designs import design
from training.demo_voice.rows import IGNORED, Batch, Row, collate
from training.demo_voice.scores import Line, Score, asks
from training.demo_voice.speakers import SPEAKERS, Speaker
from training.demo_voice.tagged import tagged
from training.demo_voice.vocabulary import (
    ENDING,
    SEMANTIC_0,
    designed_prompt,
    globals_and_start,
    prompt,
    style_values,
)

SHARES = {"en": 0.52, "hi": 0.18, "te": 0.18, "hi-en": 0.06, "te-en": 0.06}
"""Share of each language in the rows, whatever the size of its data."""
QUESTION_SHARE = 0.35
"""Share of rows that ask for yes or no, beside those of the lines: few lines do, and their rise is learned last."""
JOINED_SHARE, PAUSE_FRAMES = 0.4, (9, 10, 11, 12)
"""Share of rows made of two lines where the first is a sentence, and frames of the pause between them."""
LONGEST = 80
"""Characters of two joined lines, at most: `chunk_threshold` of the voice."""
TAG_SHARE = 0.15
"""Share of lines with an emotion tag."""
GLOBALS_SHARE = 0.25
"""Share of a speaker's rows with global tokens, which only repeat what the name says."""
NAMELESS_SHARE = 0.3
"""Share of rows of voices from the whole space, which global tokens alone tell: prompts of cloned voices."""

DESIGNED_SHARE = 0.1
"""Share of rows of voices that labels describe: the model answers with values and global tokens before it speaks."""


def joined(first: Score, second: Score, pause: int) -> Score:
    """Join two scores; sound 0 is the pause at the begin and end of each."""
    cut, lead = len(first.hz) - first.frames[-1], second.frames[0]
    return Score(
        (*first.sounds[:-1], 0, *second.sounds[1:]),
        (*first.frames[:-1], pause, *second.frames[1:]),
        (*first.hz[:cut], *[first.hz[cut - 1]] * pause, *second.hz[lead:]),
        first.middle_hz,
    )


def row(text: str, sung: Score, speaker: Speaker, *, with_globals: bool) -> Row:
    """Return a row: prompt, global tokens, semantic tokens, both stop tokens.

    Without global tokens the rest keeps its positions, which saves a sixth of the work. A voice without a name has its
    global tokens always; the model does not learn to guess them, but opens the speech itself, as for a cloned voice.
    """
    head, voice = prompt(speaker, text), globals_and_start(speaker)
    tail = [*(SEMANTIC_0 + code for code in sung.tokens), *ENDING]
    positions = list(range(len(head) + len(voice) + len(tail)))
    if not speaker.id:
        given = [*head, *voice[:-1]]
        return Row([*given, voice[-1], *tail], positions, [IGNORED] * len(given) + voice[-1:] + tail)
    if with_globals:
        return Row([*head, *voice, *tail], positions, [IGNORED] * len(head) + voice + tail)
    del positions[len(head) : len(head) + len(voice) - 1]
    return Row([*head, voice[-1], *tail], positions, [IGNORED] * (len(head) + 1) + tail)


def designed_row(text: str, sung: Score, voice: Speaker, style: Style) -> Row:
    """Return a row of the controllable task: labels, then values, global tokens, semantic tokens, both stop tokens."""
    head = designed_prompt(style, text)
    tail = [*style_values(style), *globals_and_start(voice), *(SEMANTIC_0 + code for code in sung.tokens), *ENDING]
    return Row([*head, *tail], list(range(len(head) + len(tail))), [IGNORED] * len(head) + tail)


class Sampler:
    """Sampler of rows in the languages' SHARES, in batches of about `tokens` tokens and similar lengths."""

    def __init__(self, lines: dict[str, list[Line]], tokens: int, seed: int) -> None:
        self._lines = lines
        self._questions = {name: [line for line in rows if asks(line.text)] for name, rows in lines.items()}
        self._tokens = tokens
        self._rng = random.Random(seed)

    def batches(self) -> Iterator[Batch]:
        """Yield batches without end."""
        languages = list(self._lines)
        shares = [SHARES[name] for name in languages]
        while True:
            drawn = self._rng.choices(languages, shares, k=256)
            groups = self._grouped(sorted(map(self._row, drawn), key=lambda one: len(one.ids)))
            self._rng.shuffle(groups)
            yield from map(collate, groups)

    def _row(self, language: str) -> Row:
        rng = self._rng
        asked = rng.random() < QUESTION_SHARE
        rows = (asked and self._questions[language]) or self._lines[language]
        style, line = None, rng.choice(rows)
        speaker = anybody(rng) if rng.random() < NAMELESS_SHARE else rng.choice(SPEAKERS)
        if rng.random() < DESIGNED_SHARE:
            speaker, style = design(rng)
        text, sung = tagged(line, speaker, rng, TAG_SHARE)
        if line.text[-1] in ".?!।" and rng.random() < JOINED_SHARE:
            second = rng.choice(rows)
            if len(text) + len(second.text) < LONGEST:
                other, follows = tagged(second, speaker, rng, TAG_SHARE)
                text, sung = f"{text} {other}", joined(sung, follows, rng.choice(PAUSE_FRAMES))
        if style is not None:
            return designed_row(text, sung, speaker, style)
        return row(text, sung, speaker, with_globals=rng.random() < GLOBALS_SHARE)

    def _grouped(self, rows: list[Row]) -> list[list[Row]]:
        groups: list[list[Row]] = [[]]
        for one in rows:
            if groups[-1] and (len(groups[-1]) + 1) * len(one.ids) > self._tokens:
                groups.append([])
            groups[-1].append(one)
        return groups
