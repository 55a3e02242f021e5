"""Test that the modules of the training have the names that others import from them: type checks leave them out."""

import ast
from pathlib import Path

import pytest

MODULES = sorted(Path("training").rglob("*.py"))


def path_of(module: str) -> Path:
    return Path(*module.split(".")).with_suffix(".py")


def defined(path: Path) -> set[str]:
    """Return the names that a module has at its top level."""
    tree = ast.parse(path.read_text("utf-8"))
    bound = {node.id for one in tree.body for node in ast.walk(one) if isinstance(node, ast.Name)}
    made = {one.name for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    imports = (one for one in tree.body if isinstance(one, ast.Import | ast.ImportFrom))
    return bound | made | {alias.asname or alias.name for one in imports for alias in one.names}


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_imported_names_exist(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.ImportFrom) or not node.module or not node.module.startswith("training."):
            continue
        if path_of(node.module).exists():
            missing = {alias.name for alias in node.names} - defined(path_of(node.module))
            assert not missing, f"{node.module} lacks {missing}"
