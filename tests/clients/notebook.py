"""The notebook of examples/, run cell by cell: `notebook.py EXAMPLES`. Prints the outputs of its cells as JSON."""

import json
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient


def main(examples: str) -> None:
    notebook = nbformat.read(Path(examples) / "notebook.ipynb", as_version=4)
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    json.dump([cell.outputs for cell in notebook.cells if cell.cell_type == "code"], sys.stdout)


main(*sys.argv[1:])
