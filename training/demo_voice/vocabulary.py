"""Token ids of the demo language model: bytes, globals, semantics, controls, in core.checkpoint.tokenizer's order."""

from core.checkpoint import names
from training.demo_voice.codes import CODE_COUNT, GLOBAL_LEVELS, Speaker

BYTES = 256
GLOBAL_COUNT = GLOBAL_LEVELS[0] * GLOBAL_LEVELS[1]
_ADDED = names.compact_tokens(global_codes=GLOBAL_COUNT, semantic_codes=CODE_COUNT)
_IDS = {name: BYTES + i for i, name in enumerate(_ADDED)}
GLOBAL_0, SEMANTIC_0 = _IDS[names.global_token(0)], _IDS[names.semantic_token(0)]
TOKEN_COUNT = BYTES + len(_ADDED)
EMBEDDING_ROWS = -(-TOKEN_COUNT // 64) * 64
PADDING, END_OF_TURN = _IDS["<|endoftext|>"], _IDS[names.END_OF_TURN]
ENDING = [_IDS[names.END_SEMANTIC], END_OF_TURN]


def prompt(speaker: Speaker, text: str) -> list[int]:
    """Ids up to and with <|start_global_token|>."""
    content = list(f"{speaker.id}: {text}".encode())
    return [
        _IDS[names.TASK_TTS],
        _IDS[names.START_CONTENT],
        *content,
        _IDS[names.END_CONTENT],
        _IDS[names.START_GLOBAL],
    ]


def globals_and_start(speaker: Speaker) -> list[int]:
    """The 32 globals and the two control tokens before the first semantic token."""
    ids = [GLOBAL_0 + index for index in speaker.global_tokens]
    return [*ids, _IDS[names.END_GLOBAL], _IDS[names.START_SEMANTIC]]
