"""`veena3 lexicon`: a W3C Pronunciation Lexicon in the form of the setting LEXICON."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.screen import line_console
from api.cli.stdio import output_errors
from processing.lexicon import read_lexicon
from processing.pls import MAX_PLS, read_pls
from shared.errors import CommandFailed, ValidationFailed


def lexicon(file: Annotated[Path, typer.Argument(help="PLS document")]) -> None:
    """Print the entries of a W3C Pronunciation Lexicon, one `word<TAB>spoken form` a line."""
    try:
        with file.open("rb") as opened:
            found = read_pls(opened.read(MAX_PLS + 1))
        read_lexicon(found.entries)
    except OSError as error:
        raise CommandFailed(f"{file}: {error.strerror}") from None
    except ValidationFailed as error:
        raise CommandFailed(f"{file}: {error.message}", code=error.code) from None
    with output_errors():
        for word, spoken in found.entries.items():
            typer.echo(f"{word}\t{spoken}")
    if skipped := len(found.without_pronunciation):
        line_console(stderr=True).print(f"{skipped} words have neither alias nor phonemes")
