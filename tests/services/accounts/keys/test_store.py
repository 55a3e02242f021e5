import time
from hashlib import sha256

import pytest

from services.accounts.caller import Limits, Scope
from services.accounts.database import Database
from services.accounts.keys.store import KeyStore, digest, new_secret
from shared.errors import KeyNotFound

GENERATE = frozenset({Scope.GENERATE})


def test_secrets_are_256_random_bits_and_stored_as_a_hash():
    secrets = {new_secret() for _ in range(1000)}
    assert len(secrets) == 1000 and {len(secret) for secret in secrets} == {len("veena3_") + 43}
    one = secrets.pop()
    assert digest(one) == sha256(one.encode()).hexdigest()


@pytest.mark.parametrize("text", ["", "x", "veena3_", "veena3_" + "a" * 42, "veena3_" + "a" * 44, "sk-" + "a" * 47])
def test_text_that_is_no_key_has_no_digest(text):
    assert digest(text) is None


async def test_key_is_found_by_its_secret_alone(database: Database):
    store = KeyStore(database)
    limits = Limits(requests_per_minute=5, characters_per_minute=600, streams=2)
    key, secret = await store.create("Ада", scopes=frozenset(Scope), limits=limits, expires_at=time.time() + 60)
    await store.create("another", scopes=GENERATE, limits=Limits(), expires_at=None)
    assert await store.find(digest(secret)) == key == await store.get(key.id)
    assert secret.startswith(key.prefix) and len(key.prefix) < 15
    assert key.caller.limits == limits and key.caller.scopes == frozenset(Scope) and key.state == "active"
    assert await store.find(digest(new_secret())) is None
    assert [stored.name for stored in await store.all()] == ["Ада", "another"]


async def test_secret_is_not_in_the_database(database: Database):
    _, secret = await KeyStore(database).create("n", scopes=GENERATE, limits=Limits(), expires_at=None)
    (row,) = await database.fetch("SELECT * FROM api_keys")
    assert secret not in str(dict(row)) and row["hash"] == digest(secret)


async def test_revoked_key_stays_revoked_and_listed(database: Database):
    store = KeyStore(database)
    key, secret = await store.create("n", scopes=GENERATE, limits=Limits(), expires_at=None)
    revoked = await store.revoke(key.id)
    assert revoked.state == "revoked" and await store.find(digest(secret)) is None
    assert await store.revoke(key.id) == revoked
    assert [stored.state for stored in await store.all()] == ["revoked"]
    for wrong in ("key_none", "key_0123456789abcdef", "", "\x00", "' OR 1=1 --"):
        with pytest.raises(KeyNotFound):
            await store.revoke(wrong)


async def test_expired_key_is_found_as_expired(database: Database):
    key, secret = await KeyStore(database).create("n", scopes=GENERATE, limits=Limits(), expires_at=time.time() - 1)
    found = await KeyStore(database).find(digest(secret))
    assert found is not None and found.expired and found.state == "expired" and found.id == key.id


async def test_rotated_key_keeps_its_id_and_both_secrets_work_for_the_overlap(database):
    store = KeyStore(database)
    key, first = await store.create("n", scopes=frozenset({Scope.GENERATE}), limits=Limits(), expires_at=None)
    rotated, second = await store.rotate(key.id, overlap_s=60)
    assert rotated.id == key.id and rotated.prefix == second[: len(key.prefix)] != key.prefix
    for secret in (first, second):
        assert (await store.find(digest(secret))).id == key.id
    _, third = await store.rotate(key.id, overlap_s=-1)
    assert [await store.find(digest(secret)) for secret in (first, second)] == [None, None]
    assert (await store.find(digest(third))).id == key.id
    await store.revoke(key.id)
    assert await store.find(digest(third)) is None
    with pytest.raises(KeyNotFound, match="revoked"):
        await store.rotate(key.id, overlap_s=60)
