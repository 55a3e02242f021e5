"""Lines of the kinds that were misread once, by class: `tests/data/normalise/`.

Run as a script, the module prints how many lines of each class are read as judged.
"""

import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from processing.normalise import normalise
from shared.types import AUTO, Reading

DATA = Path(__file__).parents[1] / "data" / "normalise"


def cases(file: Path) -> Iterator[tuple[str, str, str]]:
    """Yield the class, the text and the spoken form of each line; ⏎ stands for the end of a line.

    A class may declare the language of its lines: "tenglish@te-IN".
    """
    for line in file.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, written, spoken = line.split("\t")
            written = written.replace(" ⏎ ", "\n")
            yield kind, written, unicodedata.normalize("NFC", spoken.replace(" ⏎ ", "\n"))


@pytest.mark.parametrize("file", sorted(DATA.glob("*.tsv")), ids=lambda file: file.stem)
def test_normaliser_says_lines_of_each_class(file: Path) -> None:
    said = [(kind, written, read(kind, written), spoken) for kind, written, spoken in cases(file)]
    assert said and [case for case in said if case[2] != case[3]] == []


def read(kind: str, written: str) -> str:
    return normalise(written, reading=Reading(kind.partition("@")[2] or AUTO))


def print_table() -> None:
    counts: dict[str, list[int]] = {}
    for file in DATA.glob("*.tsv"):
        for kind, written, spoken in cases(file):
            of = counts.setdefault(kind, [0, 0])
            of[read(kind, written) != spoken] += 1
    for kind, (right, wrong) in sorted(counts.items()):
        sys.stdout.write(f"{kind:20}{right:5} right{wrong:5} wrong\n")


if __name__ == "__main__":
    print_table()
