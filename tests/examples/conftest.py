"""A server with keys for the examples, which run as programs of their own."""

import importlib.util
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.api.keys import Guarded, guarding

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def guarded(tiny, tmp_path_factory) -> Iterator[Guarded]:
    with guarding(tiny, f"sqlite:///{tmp_path_factory.mktemp('examples')}/veena3.db") as one:
        yield one


@pytest.fixture
def example(guarded, monkeypatch) -> Callable[[str], ModuleType]:
    """Return a function that imports an example whose environment names the server and a key."""
    monkeypatch.setitem(os.environ, "VEENA3_URL", guarded.served.url)
    monkeypatch.setitem(os.environ, "VEENA3_API_KEY", guarded.key())

    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load
