"""Server that requires keys, and its keys."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from services.accounts.caller import Limits, Scope
from services.accounts.database import open_database
from services.accounts.keys.store import Key, KeyStore
from shared.config import Settings
from tests.api.conftest import WORD_TOKENS, Served, serving
from tests.fakes import FakeEngine

BODY = {"text": "Hello there.", "speaker": "lipakshi"}


def make_key(url: str, *scopes: Scope, expires_at: float | None = None, **limits: int) -> tuple[Key, str]:
    """Create a key in the database at `url` beside the server, as `veena3 keys create` does."""

    async def make() -> tuple[Key, str]:
        async with open_database(url) as database:
            return await KeyStore(database).create(
                "a test", scopes=frozenset(scopes), limits=Limits(**limits), expires_at=expires_at
            )

    return asyncio.run(make())


@dataclass
class Guarded:
    """A running server that requires keys, and its database."""

    served: Served
    database_url: str

    def key(self, *scopes: Scope, **more) -> str:
        return make_key(self.database_url, *(scopes or (Scope.GENERATE,)), **more)[1]

    def ask(self, method: str, path: str, key: str | None = None, **more) -> httpx.Response:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.request(method, f"{self.served.url}{path}", headers=headers | more.pop("headers", {}), **more)

    def generate(self, key: str | None = None, **body) -> httpx.Response:
        return self.ask("POST", "/v1/tts/generate", key, json=BODY | body)


@contextmanager
def guarding(
    tiny, database_url: str, engine: FakeEngine | None = None, *, word_tokens: int | None = WORD_TOKENS, **settings
) -> Iterator[Guarded]:
    given = Settings(auth_bypass_mode=False, database_url=database_url, window_first=4, window_lookahead=3, **settings)
    with serving(tiny, engine or FakeEngine(tiny.vocabulary), given, word_tokens=word_tokens) as served:
        yield Guarded(served, database_url)
