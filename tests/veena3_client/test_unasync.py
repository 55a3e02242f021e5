import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "clients/python/unasync.py"


def test_synchronous_form_is_derived_from_the_asynchronous_one():
    """`python clients/python/unasync.py` writes it."""
    spec = spec_from_file_location("unasync", SCRIPT)
    assert spec and spec.loader
    unasync = sys.modules["unasync"] = module_from_spec(spec)
    spec.loader.exec_module(unasync)
    derived = unasync.derived()
    assert {path.name for path in derived} | unasync.HANDWRITTEN == {
        path.name for path in (unasync.PACKAGE / "_sync").glob("*.py")
    }
    assert [path.name for path, text in derived.items() if path.read_text() != text] == []
