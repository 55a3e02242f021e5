"""Literal token strings of a Spark-TTS vocabulary.

Their ids come from the tokenizer file alone, because fine-tunes keep the strings and change the ids.
"""

from collections.abc import Iterator

END_OF_TURN = "<|im_end|>"
TASK_TTS = "<|task_tts|>"
START_CONTENT, END_CONTENT = "<|start_content|>", "<|end_content|>"
START_GLOBAL, END_GLOBAL = "<|start_global_token|>", "<|end_global_token|>"
START_SEMANTIC, END_SEMANTIC = "<|start_semantic_token|>", "<|end_semantic_token|>"

CONTROL = (END_OF_TURN, TASK_TTS, START_CONTENT, END_CONTENT, START_GLOBAL, END_GLOBAL, START_SEMANTIC, END_SEMANTIC)
"""Tokens that prompts and ends of answers consist of, all of which every checkpoint must have."""


def global_token(index: int) -> str:
    return f"<|bicodec_global_{index}|>"


def semantic_token(index: int) -> str:
    return f"<|bicodec_semantic_{index}|>"


def _byte_symbols() -> Iterator[str]:
    """Yield the symbol of each byte in byte-level BPE: itself if printable Latin-1, else a code point from 256 up."""
    unprintable = 0
    for byte in range(256):
        if chr(byte).isprintable() and chr(byte) != " ":
            yield chr(byte)
        else:
            yield chr(256 + unprintable)
            unprintable += 1


BYTE_SYMBOLS = tuple(_byte_symbols())
"""Symbol of each byte in byte-level BPE, indexed by byte value."""
