"""Write a byte-level tokenizer with the codec's tokens added, in the layout of the published one.

Reading one back is `vocabulary`'s part. Nothing here is learned: text falls into UTF-8 bytes, or into whole characters
where the caller names them.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers

from core.checkpoint.names import END_OF_TURN, PUBLISHED_TEXT_TOKENS, compact_tokens, published_tokens

Layout = Literal["compact", "published"]


def write_tokenizer(
    directory: Path, *, global_codes: int, semantic_codes: int, characters: str = "", layout: Layout = "compact"
) -> int:
    """Write `tokenizer.json` and `tokenizer_config.json` into `directory`; return how many tokens there are.

    A text token's id is its byte's value, then come the tokens that spell `characters` (each of these becomes one
    token instead of its two to four bytes), then the added ones. "compact" adds only what a checkpoint needs;
    "published" adds everything Spark-TTS did and fills the text tokens up so that every id is the published one.
    """
    merges = list(dict.fromkeys(merge for character in characters for merge in _merges(character)))
    text_tokens = [*BYTE_SYMBOLS, *(first + second for first, second in merges)]
    if layout == "published":
        text_tokens += [f"unreachable {i}" for i in range(len(text_tokens), PUBLISHED_TEXT_TOKENS)]
        added = published_tokens(global_codes=global_codes, semantic_codes=semantic_codes)
    else:
        added = compact_tokens(global_codes=global_codes, semantic_codes=semantic_codes)

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


def _byte_symbols() -> Iterator[str]:
    """The stand-in of every byte in byte-level BPE: itself if printable Latin-1, else a code point from 256 up."""
    unprintable = 0
    for byte in range(256):
        if chr(byte).isprintable() and chr(byte) != " ":
            yield chr(byte)
        else:
            yield chr(256 + unprintable)
            unprintable += 1


BYTE_SYMBOLS = tuple(_byte_symbols())
"""Indexed by byte value."""


def _merges(character: str) -> Iterator[tuple[str, str]]:
    """Join a character's bytes from the left. A lead byte stands nowhere else, so the merges' ranks never compete."""
    symbols = [BYTE_SYMBOLS[byte] for byte in character.encode()]
    for length in range(1, len(symbols)):
        yield "".join(symbols[:length]), symbols[length]
