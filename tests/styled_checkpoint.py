"""Smallest checkpoint that designs voices: its tokenizer has the tokens of styles, and `voices.yaml` says so.

Its language model answers the controllable task on every engine, as `tools/checkpoints/scripted.py` describes.
"""

from dataclasses import replace
from pathlib import Path

import yaml
from tokenizers import AddedToken, Tokenizer

from core.checkpoint.language_model import expected_shapes
from core.checkpoint.style_tokens import (
    END_ACOUSTIC,
    END_STYLE,
    FAMILIES,
    START_ACOUSTIC,
    START_STYLE,
    TASK,
)
from core.checkpoint.tensor_file import write_tensors
from core.checkpoint.vocabulary import read_vocabulary
from tools.checkpoints.builder import build_checkpoint
from tools.checkpoints.dimensions import SIZES
from tools.checkpoints.scripted import TokenScript

SIZE = replace(SIZES["tiny"], hidden=96, rows=1664)

STYLE_TOKENS = [
    *(TASK, START_STYLE, END_STYLE, START_ACOUSTIC, END_ACOUSTIC),
    *(f"<|{name}_{value}|>" for name, count in FAMILIES.items() for value in range(count)),
]


def build_styled_checkpoint(root: Path) -> Path:
    """Write the checkpoint; return `root`."""
    build_checkpoint(root, SIZE)
    path = root / "LLM/tokenizer.json"
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.add_tokens([AddedToken(token, normalized=False) for token in STYLE_TOKENS])
    tokenizer.save(str(path))
    config, vocabulary = SIZE.language_model(rows=SIZE.rows), read_vocabulary(path, rows=SIZE.rows)
    script = TokenScript(config=config, vocabulary=vocabulary, tokens_per_text_token=2, seed=0, styled=True)
    write_tensors(root / "LLM/model.safetensors", expected_shapes(config), script.tensor, dtype="float32")
    sheet = root / "voices.yaml"
    sheet.write_text(yaml.safe_dump(yaml.safe_load(sheet.read_text()) | {"controllable": True}, sort_keys=False))
    return root
