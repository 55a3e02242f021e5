from pathlib import Path
from typing import Any

import pytest
import yaml

from core.checkpoint.voices import VoicesFile, read_voices
from shared.errors import CheckpointInvalid

SHEET: dict[str, Any] = {
    "model": "veena3-demo",
    "version": "1",
    "prompt": "{speaker}: {text}",
    "emotions": ["excited"],
    "voices": [
        {"id": "lipakshi", "name": "Lipakshi", "aliases": ["nova"], "languages": ["en", "hi-IN"], "gender": "female"}
        | {"language": "hi"},
        {"id": "Bittu", "name": "Bittu", "speaker": "speaker 7", "global_tokens": list(range(32))},
    ],
}


def read(directory: Path, sheet: object) -> VoicesFile:
    path = directory / "voices.yaml"
    path.write_text(yaml.safe_dump(sheet), "utf-8")
    return read_voices(path, global_codes=64)


def test_voices_are_read(tmp_path: Path) -> None:
    sheet = read(tmp_path, SHEET)
    lipakshi, bittu = sheet.voices
    assert (sheet.model, sheet.version, sheet.prompt, sheet.emotions) == (
        "veena3-demo",
        "1",
        SHEET["prompt"],
        ("excited",),
    )
    assert (lipakshi.languages, lipakshi.language, bittu.language) == (("en", "hi-IN"), "hi-IN", None)
    assert (lipakshi.speaker, lipakshi.aliases, lipakshi.global_tokens) == ("lipakshi", ("nova",), None)
    assert (bittu.speaker, bittu.gender, bittu.global_tokens) == ("speaker 7", None, tuple(range(32)))


def test_checkpoint_may_set_its_own_sizes(tmp_path: Path) -> None:
    own = read(tmp_path, {**SHEET, "chunk_threshold": 80, "chunk_target": 60, "window_lookahead": 0})
    assert (own.chunk_threshold, own.chunk_target, own.window_lookahead) == (80, 60, 0)
    usual = read(tmp_path, SHEET)
    assert (usual.chunk_threshold, usual.chunk_target, usual.window_lookahead) == (None, None, None)


def with_voice(**changes: object) -> dict[str, Any]:
    return {**SHEET, "voices": [SHEET["voices"][0], {**SHEET["voices"][1], **changes}]}


@pytest.mark.parametrize(
    ("sheet", "reason"),
    [
        ({**SHEET, "voice": []}, "unknown key voice"),
        (with_voice(colour="blue"), "unknown key voices.1.colour"),
        (with_voice(id="lipakshi"), "voice lipakshi: the name lipakshi already belongs to voice lipakshi"),
        (with_voice(aliases=["nova"]), "voice Bittu: the name nova already belongs to voice lipakshi"),
        (with_voice(aliases=["Nova"]), "voice Bittu: the name Nova already belongs to voice lipakshi"),
        (with_voice(aliases=["Bittu"]), "voice Bittu: the name Bittu already belongs"),
        (with_voice(id="a b"), "voices.1.id"),
        (with_voice(gender="robot"), "voices.1.gender"),
        (with_voice(languages=[False]), "voices.1.languages.0"),
        (with_voice(language="ta-IN"), "voice Bittu: language: must be one of en-IN, hi-IN, mr-IN, te-IN, auto"),
        (
            with_voice(language="hi-IN", languages=["en"]),
            "voice Bittu: language: the voice does not speak Hindi; it speaks English",
        ),
        (with_voice(global_tokens=[0] * 31), "voices.1.global_tokens: List should have at least 32"),
        (with_voice(global_tokens=[0] * 33), "voices.1.global_tokens: List should have at most 32"),
        (with_voice(global_tokens=[0] * 31 + [64]), "voice Bittu: global token 64 is not one of 0 to 63"),
        (with_voice(global_tokens=[-1] * 32), "voice Bittu: global token -1"),
        (with_voice(global_tokens=["0"] * 32), "voices.1.global_tokens.0"),
        ({**SHEET, "version": 1}, "version: Input should be a valid string"),
        ({**SHEET, "prompt": "{speaker}"}, r"prompt: \{text\} must occur once"),
        ({**SHEET, "prompt": "{text} {text}"}, r"prompt: \{text\} must occur once"),
        ({**SHEET, "prompt": "{mood}: {text}"}, "prompt: only"),
        ({**SHEET, "prompt": "{text!r}"}, "prompt: only"),
        ({**SHEET, "prompt": "{text"}, "prompt: expected"),
        ({**SHEET, "emotions": ["excited", "excited"]}, "emotions: one is listed twice"),
        ({**SHEET, "emotions": ["[excited]"]}, "emotions.0"),
        ({**SHEET, "scripts": ["Taml"]}, "scripts.0"),
        ({**SHEET, "window_lookahead": -1}, "window_lookahead"),
        ({**SHEET, "voices": []}, "voices: List should have at least 1 item"),
        ({"model": "m"}, "version is missing"),
        ("text", "the document"),
        (None, "the document"),
    ],
)
def test_invalid_voices_file_is_refused_in_one_line(tmp_path: Path, sheet: object, reason: str) -> None:
    with pytest.raises(CheckpointInvalid, match=rf"voices.yaml: {reason}") as caught:
        read(tmp_path, sheet)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"a: [", b"\xff\xfe\x00"])
def test_file_that_is_not_yaml_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "voices.yaml"
    path.write_bytes(content)
    with pytest.raises(CheckpointInvalid) as caught:
        read_voices(path, global_codes=64)
    assert "\n" not in str(caught.value)


def test_missing_voices_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointInvalid, match=r"voices\.yaml"):
        read_voices(tmp_path / "voices.yaml", global_codes=64)
