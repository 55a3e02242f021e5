"""The documents say what is so."""

import re
from pathlib import Path

import pytest

from api.cli.settings import settings_table

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_the_settings_table_is_the_one_the_code_makes():
    written = README.split("<!-- settings -->\n")[1].split("\n<!-- /settings -->")[0]
    assert written == settings_table(), "paste what `veena3 settings` prints"


def test_every_make_target_it_names_exists():
    named = set(re.findall(r"make (serve|test|check|bench|test-slow|[a-z]+-[a-z]+)\b(?!-checkpoint)", README)) - {
        "make-checkpoint"
    }
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert named <= targets


FOLDERS = "api|audio|benchmarks|core|docs|ops|processing|services|shared|supabase|tests|training|voices"
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "voices").rglob("*.md"))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_is_named_exists(document):
    text = document.read_text()
    named = [ROOT / path for path in re.findall(rf"`((?:{FOLDERS})/[\w./-]*)(?:::\w+)?`", text)]
    linked = [document.parent / path for path in re.findall(r"\]\(([\w./-]+)(?:#[\w-]+)?\)", text)]
    assert [str(path) for path in named + linked if not path.exists()] == []
