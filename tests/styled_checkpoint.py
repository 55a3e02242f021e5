"""Smallest checkpoint that designs voices: its tokenizer has the tokens of styles, and `voices.yaml` says so."""

from dataclasses import replace
from pathlib import Path

import yaml
from tokenizers import AddedToken, Tokenizer

from core.checkpoint.style_tokens import (
    END_ACOUSTIC,
    END_STYLE,
    FAMILIES,
    START_ACOUSTIC,
    START_STYLE,
    TASK,
)
from tools.checkpoints.builder import build_checkpoint
from tools.checkpoints.dimensions import SIZES

STYLE_TOKENS = [
    *(TASK, START_STYLE, END_STYLE, START_ACOUSTIC, END_ACOUSTIC),
    *(f"<|{name}_{value}|>" for name, count in FAMILIES.items() for value in range(count)),
]


def build_styled_checkpoint(root: Path) -> Path:
    """Write the checkpoint, with random weights; return `root`."""
    build_checkpoint(root, replace(SIZES["tiny"], rows=1664))
    path = root / "LLM/tokenizer.json"
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.add_tokens([AddedToken(token, normalized=False) for token in STYLE_TOKENS])
    tokenizer.save(str(path))
    sheet = root / "voices.yaml"
    sheet.write_text(yaml.safe_dump(yaml.safe_load(sheet.read_text()) | {"controllable": True}, sort_keys=False))
    return root
