"""A server with keys for the tests of all vendors."""

from collections.abc import Iterator

import pytest

from tests.api.keys import Guarded, guarding


@pytest.fixture(scope="package")
def guarded(tiny, tmp_path_factory) -> Iterator[Guarded]:
    with guarding(tiny, f"sqlite:///{tmp_path_factory.mktemp('vendor-keys')}/veena3.db") as one:
        yield one
