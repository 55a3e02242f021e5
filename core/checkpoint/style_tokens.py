"""Ids of the tokens that describe a designed voice, where a checkpoint's tokenizer has them."""

from collections.abc import Mapping
from dataclasses import dataclass

TASK, START_STYLE, END_STYLE = "<|task_controllable_tts|>", "<|start_style_label|>", "<|end_style_label|>"
START_ACOUSTIC, END_ACOUSTIC = "<|start_acoustic_token|>", "<|end_acoustic_token|>"
FAMILIES = {"gender": 2, "pitch_label": 5, "speed_label": 5, "pitch_value": 1001, "speed_value": 11}
"""Attributes that Spark-TTS was trained on, and their numbers of values."""


@dataclass(frozen=True, slots=True)
class StyleTokens:
    """Ids of the controllable task. Each family is a tuple of ids in the order of its values."""

    task: int
    start_style: int
    end_style: int
    start_acoustic: int
    end_acoustic: int
    gender: tuple[int, ...]
    pitch_label: tuple[int, ...]
    speed_label: tuple[int, ...]
    pitch_value: tuple[int, ...]
    speed_value: tuple[int, ...]


def style_token_names() -> list[str]:
    """Return the strings of all tokens of the controllable task."""
    values = [f"<|{name}_{value}|>" for name, count in FAMILIES.items() for value in range(count)]
    return [TASK, START_STYLE, END_STYLE, START_ACOUSTIC, END_ACOUSTIC, *values]


def find_style_tokens(added: Mapping[str, int]) -> StyleTokens | None:
    """Return the ids among the added tokens of a tokenizer; None unless it has all of them."""
    single = (TASK, START_STYLE, END_STYLE, START_ACOUSTIC, END_ACOUSTIC)
    families = {name: [f"<|{name}_{value}|>" for value in range(count)] for name, count in FAMILIES.items()}
    if not added.keys() >= {*style_token_names()}:
        return None
    ids = {name: tuple(added[token] for token in family) for name, family in families.items()}
    task, start_style, end_style, start_acoustic, end_acoustic = (added[token] for token in single)
    return StyleTokens(task, start_style, end_style, start_acoustic, end_acoustic, **ids)
