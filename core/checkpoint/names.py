"""The literal strings of a Spark-TTS vocabulary, and the order in which the published tokenizer added them.

Ids follow from a tokenizer file, never from here: fine-tunes keep the strings and move the ids.
"""

END_OF_TURN = "<|im_end|>"
TASK_TTS = "<|task_tts|>"
START_CONTENT, END_CONTENT = "<|start_content|>", "<|end_content|>"
START_GLOBAL, END_GLOBAL = "<|start_global_token|>", "<|end_global_token|>"
START_SEMANTIC, END_SEMANTIC = "<|start_semantic_token|>", "<|end_semantic_token|>"

CONTROL = (END_OF_TURN, TASK_TTS, START_CONTENT, END_CONTENT, START_GLOBAL, END_GLOBAL, START_SEMANTIC, END_SEMANTIC)
"""What a prompt or the end of an answer is made of: no checkpoint works without all of these."""

PUBLISHED_TEXT_TOKENS = 151_643
"""Byte-level BPE tokens of Qwen2.5, which come before every added token."""

PUBLISHED_ROWS = 166_000
"""Embedding rows of the published language model; the last 842 belong to no token."""

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


def global_token(index: int) -> str:
    return f"<|bicodec_global_{index}|>"


def semantic_token(index: int) -> str:
    return f"<|bicodec_semantic_{index}|>"


def compact_tokens(*, global_codes: int, semantic_codes: int) -> list[str]:
    """The fewest added tokens a checkpoint works with, in the published order."""
    return [*_QWEN_SPECIAL[:3], *_codec(global_codes, semantic_codes), *CONTROL[1:]]


def published_tokens(*, global_codes: int, semantic_codes: int) -> list[str]:
    """All added tokens of the published tokenizer in its order: 13,515 at 4,096 and 8,192 codes."""
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
