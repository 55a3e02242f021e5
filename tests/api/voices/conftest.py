"""Servers whose checkpoint clones voices, and keys of two callers."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from core.checkpoint.reading import Checkpoint, open_checkpoint
from services.accounts.caller import Scope
from tests.api.conftest import Served
from tests.api.keys import guarding, make_key
from tests.cloning_checkpoint import add_encode_side, sound_file, speech_like
from tools.checkpoints.builder import build_checkpoint

RECORDING = sound_file(speech_like())


@pytest.fixture(scope="session")
def cloning(tmp_path_factory) -> Checkpoint:
    """Build the smallest checkpoint with the encode side."""
    root = build_checkpoint(tmp_path_factory.mktemp("cloning") / "checkpoint", "tiny")
    return open_checkpoint(add_encode_side(root, features=True))


@dataclass
class Voices:
    """A running server, and clients of two keys that may make voices, and of one that may not."""

    served: Served
    database: str
    mine: httpx.Client
    other: httpx.Client
    speaker: httpx.Client

    def make(self, given: str, /, client: httpx.Client | None = None, **fields: str) -> httpx.Response:
        files = {"audio": ("a.wav", RECORDING)}
        return (client or self.mine).post("/v1/voices", data={"name": given, "consent": "true"} | fields, files=files)


@pytest.fixture(scope="module")
def voices(cloning, tmp_path_factory) -> Iterator[Voices]:
    """Start a server that clones with transcripts."""
    database = f"sqlite:///{tmp_path_factory.mktemp('voices')}/keys.db"
    scopes = [(Scope.GENERATE, Scope.VOICES), (Scope.GENERATE, Scope.VOICES), (Scope.GENERATE,)]
    secrets = [make_key(database, *one)[1] for one in scopes]
    with guarding(cloning, database, cloning="full") as guarded:
        url = guarded.served.url
        clients = [httpx.Client(base_url=url, headers={"X-API-Key": secret}, timeout=60) for secret in secrets]
        yield Voices(guarded.served, database, *clients)
        for client in clients:
            client.close()
