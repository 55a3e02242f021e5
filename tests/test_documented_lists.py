"""The formats and the languages that the documents and the playground list are those of the code."""

import re
import unicodedata
from pathlib import Path
from typing import get_args

import pytest

from api.openai.schemas import ResponseFormat
from audio.encoders import ENCODERS
from processing.normalise.languages import VERBALIZERS

ROOT = Path(__file__).parents[1]
NAMES = {"en": "English", "hi": "Hindi", "mr": "Marathi", "te": "Telugu"}
"""A new language: its English name."""
LANGUAGES = sorted({verbalizer.code.partition("-")[0] for verbalizer in VERBALIZERS})
SCRIPTS = {verbalizer.block for verbalizer in VERBALIZERS if verbalizer.block is not None}


def found(page: str, pattern: str) -> str:
    """Return the group of the only match of `pattern` in a file of the repository."""
    (group,) = re.findall(pattern, (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    return group


def test_http_page_lists_every_format():
    assert set(re.findall(r"`(\w[\w-]*)`", found("docs/http.md", r"^\| `format` \| (.*) \| `wav` \|$"))) == set(
        ENCODERS
    )


def test_openai_page_lists_every_format_of_its_route():
    listed = re.findall(r"`(\w[\w-]*)`", found("docs/openai.md", r"^\| `response_format` \| (.*) \|$"))
    assert set(listed) == set(get_args(ResponseFormat))


def test_readme_lists_every_format():
    listed = found("README.md", r"^\| formats \| ([^;]*);").lower().replace("-", "").split(", ")
    assert set(listed) == {name.replace("-", "") for name in ENCODERS}


def test_decision_on_encoders_has_the_first_audio_of_every_format():
    table = found("docs/decisions/0009-encoders.md", r"(?s)\| format \|[^\n]*\n\|[-|]*\n(.*?)\n\n")
    listed = [name for row in table.splitlines() for name in row.split("|")[1].strip().split(", ")]
    assert sorted(listed) == sorted(ENCODERS)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize(
    ("page", "line"),
    [
        ("README.md", r"^(Veena3 TTS is .*)$"),
        ("README.md", r"^(\| text \| .*)$"),
        ("docs/index.md", r"^(Veena3 TTS is .*)$"),
        ("mkdocs.yml", r"^site_description: (.*)$"),
        ("pyproject.toml", r"^description = (.*)$"),
    ],
)
def test_documents_name_every_language(code, page, line):
    assert NAMES[code] in found(page, line)


def test_playground_has_a_text_in_every_language():
    samples = found("api/pages/assets/playground.js", r"(?s)^const SAMPLES = \{\n(.*?)\n\};")
    assert sorted(re.findall(r"^  (\w+):", samples, re.MULTILINE)) == LANGUAGES


@pytest.mark.parametrize("block", sorted(SCRIPTS))
def test_text_page_and_playground_know_every_script(block):
    rows = re.findall(r"^\| `(.+?)` \|", (ROOT / "docs/text.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert any(block <= ord(letter) < block + 0x80 for row in rows for letter in row)
    script = unicodedata.name(chr(block + 0x15)).split()[0].title()
    assert f'"Noto Sans {script}"' in (ROOT / "api/pages/assets/base.css").read_text(encoding="utf-8")


def test_every_row_of_the_clients_page_names_a_test():
    table = found("docs/clients.md", r"(?s)\| client \|[^\n]*\n\|[-|]*\n(.*?)\n\n").splitlines()
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    shown = [re.search(r"\| `(\w+)(?:\[\w+\])?` \|$", row) for row in table]
    assert len(table) > 20 and all(shown)
    assert [match[1] for match in shown if match and f"def {match[1]}(" not in tests] == []
