"""A key that pays for its speech with credits."""

from services.accounts.caller import Limits, Scope
from services.accounts.credits.ledger import Ledger
from services.accounts.database import open_database
from services.accounts.keys.store import KeyStore


async def paying_key(
    url: str, amount_ms: int, *, scopes: frozenset[Scope] = frozenset({Scope.GENERATE}), limits: Limits | None = None
) -> tuple[str, str]:
    """Create a key in the database at `url` with so much speech to spend; return its id and its secret."""
    async with open_database(url) as database:
        made = await KeyStore(database).create("a test", scopes=scopes, limits=limits or Limits(), expires_at=None)
        key, secret = made
        await Ledger(database).grant(f"grant-{key.id}", key.id, amount_ms=amount_ms)
    return key.id, secret
