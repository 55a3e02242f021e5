"""Writer of a byte-level tokenizer with the codec's tokens added, in the layout of the published one.

`core.checkpoint.vocabulary` reads it back. Nothing is learned: a text becomes UTF-8 bytes, or whole characters if the
caller lists them.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers

from core.checkpoint.names import BYTE_SYMBOLS, CONTROL, END_OF_TURN, global_token, semantic_token
from core.checkpoint.style_tokens import style_token_names

TokenizerLayout = Literal["compact", "published"]

PUBLISHED_TEXT_TOKENS = 151_643
"""Byte-level BPE tokens of Qwen2.5, which precede every added token."""

PUBLISHED_ROWS = 166_000
"""Embedding rows of the published language model; the last 842 are unused."""

_QWEN_SPECIAL = (
    *("<|endoftext|>", "<|im_start|>", END_OF_TURN),
    *(f"<|{kind}_{edge}|>" for kind in ("object_ref", "box", "quad", "vision") for edge in ("start", "end")),
    *("<|vision_pad|>", "<|image_pad|>", "<|video_pad|>", "<tool_call>", "</tool_call>"),
    *("<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>"),
)
_ATTRIBUTES = (
    *(("pitch_value", 1001), ("pitch_var_value", 11), ("pitch_label", 5), ("pitch_var_label", 5)),
    *(("speed_value", 11), ("speed_label", 5), ("loudness_value", 31), ("loudness_label", 5)),
    *(("age", 5), ("gender", 3), ("emotion", 101)),
)
_TASKS = ("vc", "tts", "asr", "s2s", "t2s", "cap", "understand", "controllable_tts", "prompt_tts", "edit")
_PARTS = ("content", "style_label", "style_prompt", "acoustic_token", "global_token", "semantic_token")


def write_tokenizer(
    directory: Path,
    *,
    global_codes: int,
    semantic_codes: int,
    characters: str = "",
    layout: TokenizerLayout = "compact",
    styles: bool = False,
) -> int:
    """Write `tokenizer.json` and `tokenizer_config.json` into `directory`; return the number of tokens.

    The id of a text token is the value of its byte. Then follow the tokens of `characters` (each is one token instead
    of two to four bytes) and the added tokens. "compact" adds only what a checkpoint needs, and with `styles` the
    tokens of designed voices behind it; "published" adds all tokens of Spark-TTS and fills the text tokens up so that
    every id is the published one.
    """
    merges = list(dict.fromkeys(merge for character in characters for merge in _merges(character)))
    text_tokens = [*BYTE_SYMBOLS, *(first + second for first, second in merges)]
    if layout == "published":
        text_tokens += [f"unreachable {i}" for i in range(len(text_tokens), PUBLISHED_TEXT_TOKENS)]
        added = published_tokens(global_codes=global_codes, semantic_codes=semantic_codes)
    else:
        added = compact_tokens(global_codes=global_codes, semantic_codes=semantic_codes)
        added += style_token_names() if styles else []

    tokenizer = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(text_tokens)}, merges=merges))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_tokens([AddedToken(token, normalized=False) for token in added])

    directory.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(directory / "tokenizer.json"), pretty=False)
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": END_OF_TURN, "add_prefix_space": False}
    (directory / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    return len(text_tokens) + len(added)


def _merges(character: str) -> Iterator[tuple[str, str]]:
    """Yield merges that join a character's bytes from the left.

    A lead byte occurs only at the start of a character, so the ranks of merges do not compete.
    """
    symbols = [BYTE_SYMBOLS[byte] for byte in character.encode()]
    for length in range(1, len(symbols)):
        yield "".join(symbols[:length]), symbols[length]


def compact_tokens(*, global_codes: int, semantic_codes: int) -> list[str]:
    """Return the fewest added tokens that a checkpoint needs, in the published order."""
    return [*_QWEN_SPECIAL[:3], *_codec(global_codes, semantic_codes), *CONTROL[1:]]


def published_tokens(*, global_codes: int, semantic_codes: int) -> list[str]:
    """Return all added tokens of the published tokenizer in its order: 13,515 with 4,096 and 8,192 codes."""
    return [
        *_QWEN_SPECIAL,
        *_codec(global_codes, semantic_codes),
        *(f"<|{name}_{index}|>" for name, count in _ATTRIBUTES for index in range(count)),
        *(f"<|task_{task}|>" for task in _TASKS),
        *(f"<|start_{part}|>" for part in _PARTS),
        *(f"<|end_{part}|>" for part in _PARTS),
    ]


def _codec(global_codes: int, semantic_codes: int) -> list[str]:
    return [*map(global_token, range(global_codes)), *map(semantic_token, range(semantic_codes))]
