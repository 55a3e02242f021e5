"""Token ids of the language model: bytes, characters of the Indian scripts, globals, semantics, controls."""

import tempfile
from functools import cache
from math import prod
from pathlib import Path

from tokenizers import Tokenizer

from core.checkpoint import names
from core.checkpoint.style_tokens import find_style_tokens
from shared.types import Style
from tools.checkpoints.tokenizer import write_tokenizer
from training.demo_voice.anybody import all_tokens
from training.demo_voice.codes import CODE_COUNT
from training.demo_voice.speakers import GLOBAL_LEVELS, Speaker

CHARACTERS = "".join(map(chr, (*range(0x0901, 0x0980), *range(0x0C00, 0x0C80))))
"""Characters of Devanagari and Telugu, one token each."""


def write(folder: Path) -> int:
    """Write the tokenizer's files; return the number of tokens."""
    return write_tokenizer(
        folder, global_codes=prod(GLOBAL_LEVELS), semantic_codes=CODE_COUNT, characters=CHARACTERS, styles=True
    )


@cache
def tokenizer() -> Tokenizer:
    """Return the tokenizer."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder))
        return Tokenizer.from_file(str(Path(folder) / "tokenizer.json"))


def token(name: str) -> int:
    """Return the id of a token."""
    found: int | None = tokenizer().token_to_id(name)
    assert found is not None, name
    return found


TOKEN_COUNT = tokenizer().get_vocab_size()
EMBEDDING_ROWS = -(-TOKEN_COUNT // 64) * 64
GLOBAL_0, SEMANTIC_0 = token(names.global_token(0)), token(names.semantic_token(0))
PADDING, END_OF_TURN = token("<|endoftext|>"), token(names.END_OF_TURN)
ENDING = [token(names.END_SEMANTIC), END_OF_TURN]
_STYLES = find_style_tokens(tokenizer().get_vocab())
assert _STYLES
STYLES = _STYLES
"""Ids of the tokens of designed voices."""
_BEGINNING = [token(names.TASK_TTS), token(names.START_CONTENT)]
_ANSWER = [token(names.END_CONTENT), token(names.START_GLOBAL)]
_SPEECH = [token(names.END_GLOBAL), token(names.START_SEMANTIC)]


def prompt(speaker: Speaker, text: str) -> list[int]:
    """Return the prompt's ids, up to and including <|start_global_token|>. A voice without an id is not named."""
    named = f"{speaker.id}: {text}" if speaker.id else text
    content: list[int] = tokenizer().encode(named, add_special_tokens=False).ids
    return [*_BEGINNING, *content, *_ANSWER]


def designed_prompt(style: Style, text: str) -> list[int]:
    """Return the prompt's ids of a voice by its labels, up to and including <|end_style_label|>."""
    content: list[int] = tokenizer().encode(text, add_special_tokens=False).ids
    labels = [STYLES.gender[style.gender], STYLES.pitch_label[style.pitch], STYLES.speed_label[style.speed]]
    start, end = _BEGINNING[1], _ANSWER[0]
    return [STYLES.task, start, *content, end, STYLES.start_style, *labels, STYLES.end_style]


def style_values(style: Style) -> list[int]:
    """Return what the model answers to labels before the global tokens: the values, and <|start_global_token|>."""
    assert style.pitch_value is not None
    assert style.speed_value is not None
    values = [STYLES.pitch_value[style.pitch_value], STYLES.speed_value[style.speed_value]]
    return [STYLES.start_acoustic, *values, STYLES.end_acoustic, _ANSWER[1]]


def globals_and_start(speaker: Speaker) -> list[int]:
    """Return the 32 global tokens and the two control tokens before the first semantic token."""
    return [*(GLOBAL_0 + index for index in all_tokens(speaker)), *_SPEECH]
