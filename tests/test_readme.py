"""The README says what is so."""

import re
from pathlib import Path

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


def test_every_file_it_names_exists():
    for name in re.findall(r"`((?:docs|core|voices|benchmarks)/[\w./]*)`|\]\(([\w./]+)\)", README):
        assert (ROOT / (name[0] or name[1])).exists(), name
