"""Checkpoints that are damaged, or made to hold a start up: each is refused with one clear line within 5 s."""

import asyncio
import json
import os
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.runtime import open_runtime
from shared.config import EngineKind, Settings
from shared.errors import StartupError

REFUSED_WITHIN_S = 5.0
LONGEST_LINE = 600

Damage = Callable[[Path], object]


def written(name: str, content: str) -> Damage:
    return lambda root: (root / name).write_text(content)


def replaced(name: str, make: Callable[[Path], object]) -> Damage:
    def damage(root: Path) -> None:
        (root / name).unlink(missing_ok=True)
        make(root / name)

    return damage


def in_json(name: str, change: Callable[[Any], object]) -> Damage:
    def damage(root: Path) -> None:
        document = json.loads((root / name).read_text())
        change(document)
        (root / name).write_text(json.dumps(document))

    return damage


def in_yaml(key: str, value: object) -> Damage:
    def damage(root: Path) -> None:
        path = root / "BiCodec/config.yaml"
        text, changes = re.subn(rf"\b{key}:.*", f"{key}: {value}", path.read_text())
        assert changes
        path.write_text(text)

    return damage


def manifest(**entry: object) -> Damage:
    file = {"path": "config.yaml", "size": 0, "sha256": "0" * 64} | entry
    return written("manifest.json", json.dumps({"repo": "a/b", "revision": "x", "files": [file]}))


def with_tokens(change: Callable[[dict[str, Any]], object]) -> Damage:
    return in_json("LLM/tokenizer.json", lambda document: [change(token) for token in document["added_tokens"]])


FILES = (
    *("BiCodec/config.yaml", "BiCodec/model.safetensors", "LLM/config.json", "LLM/model.safetensors"),
    *("LLM/tokenizer.json", "config.yaml", "voices.yaml"),
)
JSON = ("LLM/config.json", "LLM/tokenizer.json", "LLM/generation_config.json", "manifest.json")
YAML = ("BiCodec/config.yaml", "config.yaml", "voices.yaml")
DAMAGES: dict[str, Damage] = {
    **{f"{name} empty": written(name, "") for name in FILES},
    **{f"{name} missing": replaced(name, lambda path: None) for name in FILES},
    **{f"{name} is a folder": replaced(name, Path.mkdir) for name in FILES},
    **{f"{name} is endless": replaced(name, lambda path: path.symlink_to("/dev/zero")) for name in (*FILES, *JSON)},
    **{f"{name} is a pipe": replaced(name, os.mkfifo) for name in (*FILES, *JSON)},
    **{f"{name} of zeros": written(name, "\0" * 1000) for name in FILES},
    **{f"{name} nested deep": written(name, "[" * 200_000) for name in (*JSON, *YAML)},
    **{f"{name} with 5,000 digits": written(name, f'{{"a": {"9" * 5000}}}') for name in (*JSON, *YAML)},
    **{f"{name} with a date that is none": written(name, "a: 2024-99-99") for name in YAML},
    **{f"{name} of 6 MB": written(name, "a: " + "x " * 3_000_000) for name in YAML},
    **{f"{name} with a command": written(name, "!!python/object/apply:os.abort []") for name in YAML},
    **{f"{name} is null": written(name, "null") for name in (*JSON, *YAML)},
    **{
        f"{key} = {value!r}": in_json("LLM/config.json", lambda found, key=key, value=value: found.update({key: value}))
        for key in ("num_hidden_layers", "vocab_size", "hidden_size", "num_attention_heads")
        for value in (10**8, 10**18, -1, 1.5, None, True, "8")
    },
    **{
        f"{key}: {str(value)[:12]}": in_yaml(key, value)
        for key in ("vocos_num_layers", "codebook_size", "rates", "token_num", "sample_rate")
        for value in (10**8, -1, "x", [10**8], [2] * 1000)
    },
    "token ids are text": with_tokens(lambda token: token.update(id=str(token["id"]))),
    "token ids are fractions": with_tokens(lambda token: token.update(id=token["id"] + 0.5)),
    "token ids are huge": with_tokens(lambda token: token.update(id=token["id"] + 10**12)),
    "token ids are negative": with_tokens(lambda token: token.update(id=-token["id"])),
    "two tokens share an id": in_json(
        "LLM/tokenizer.json",
        lambda document: document["added_tokens"][0].update(id=document["added_tokens"][1]["id"]),
    ),
    "tokens have no name": with_tokens(lambda token: token.pop("content")),
    "tokenizer without a model": in_json("LLM/tokenizer.json", lambda document: document.pop("model")),
    "merges of tokens that are not there": in_json(
        "LLM/tokenizer.json", lambda document: document["model"].update(merges=[["zz", "yy"]])
    ),
    "manifest names a device": manifest(path="/dev/zero"),
    "manifest climbs to a device": manifest(path="../../../../../../../../dev/zero"),
    "manifest names a file of the system": manifest(path="/etc/passwd", size=Path("/etc/passwd").stat().st_size),
    "manifest names no path": manifest(path="a\0b"),
    "manifest names a long path": manifest(path="a" * 100_000),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damaged_checkpoint_is_refused_in_one_line(tiny_path: Path, tmp_path: Path, damage: Damage) -> None:
    root = tmp_path / "checkpoint"
    shutil.copytree(tiny_path, root)
    damage(root)

    async def load() -> None:
        async with open_runtime(Settings(checkpoint=root, engine=EngineKind.TRANSFORMERS)):
            pass

    begun = time.perf_counter()
    with pytest.raises(StartupError) as refusal:
        asyncio.run(load())
    assert time.perf_counter() - begun < REFUSED_WITHIN_S
    line = str(refusal.value)
    assert "\n" not in line and len(line) < LONGEST_LINE and str(root) in line
