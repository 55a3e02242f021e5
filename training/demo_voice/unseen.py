"""Sentences of the evaluation, by language and kind. No training text may contain one of them.

`tests/data/unseen_sentences_LANGUAGE.txt` has sentences of all kinds, `unseen_intonation_LANGUAGE.tsv` questions and
lists, each after its kind and a tab.
"""

from enum import StrEnum
from pathlib import Path

DATA = Path("tests/data")
STATEMENTS = 36
"""Number of statements: as many as there are yes/no questions."""
_FULL_STOPS = (".", "।")


class Kind(StrEnum):
    """Kind of a sentence."""

    STATEMENT = "statement"
    YES_NO = "yes-no"
    WH = "wh"
    LIST = "list"


def unseen_sentences(language: str, folder: Path = DATA) -> list[str]:
    """Return the sentences of all kinds that intelligibility is measured on."""
    return (folder / f"unseen_sentences_{language}.txt").read_text("utf-8").splitlines()


def sentences_of(kind: Kind, language: str, folder: Path = DATA) -> list[str]:
    """Return the sentences of one kind; statements are the first unseen sentences that end with a full stop."""
    if kind is Kind.STATEMENT:
        return [line for line in unseen_sentences(language, folder) if line.endswith(_FULL_STOPS)][:STATEMENTS]
    rows = (folder / f"unseen_intonation_{language}.tsv").read_text("utf-8").splitlines()
    return [text for name, _, text in (row.partition("\t") for row in rows) if name == kind]


def held_out(folder: Path = DATA) -> set[str]:
    """Return all sentences of the evaluation, those of mixed languages too."""
    lines = [line for path in folder.glob("unseen_sentences_*.txt") for line in path.read_text("utf-8").splitlines()]
    rows = [row for path in folder.glob("unseen_intonation_*.tsv") for row in path.read_text("utf-8").splitlines()]
    return {*lines, *(row.partition("\t")[2] for row in rows)}
