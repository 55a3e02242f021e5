"""Candidates of designs in the database, SQLite and PostgreSQL."""

import pytest

from services.accounts.database import Database
from services.voices import candidates
from services.voices.candidates import Candidate, CandidateStore
from services.voices.stored import VoiceTokens, new_id
from shared.errors import VoiceNotFound
from shared.types import Style

TOKENS = VoiceTokens(tuple(range(32)), style=Style(1, 1, 2, pitch_value=153, speed_value=4))


def a_candidate() -> Candidate:
    return Candidate(new_id("cand"), {"gender": "male"}, "c", "m-1", TOKENS)


async def test_candidate_is_read_by_its_key_alone_and_deleted(database: Database):
    store, candidate = CandidateStore(database), a_candidate()
    await store.add("mine", candidate)
    assert await store.read("mine", candidate.id) == candidate
    for key, wrong in (("other", candidate.id), ("mine", "cand_1"), ("mine", "cand_" + "0" * 20)):
        with pytest.raises(VoiceNotFound, match="60 minutes"):
            await store.read(key, wrong)
    await store.delete("other", candidate.id)
    assert await store.read("mine", candidate.id) == candidate
    await store.delete("mine", candidate.id)
    assert await database.fetch("SELECT * FROM voice_candidates") == []


async def test_old_candidates_are_deleted_with_each_new_one(database: Database, monkeypatch):
    monkeypatch.setattr(candidates, "MAX_CANDIDATES", 3)
    store = CandidateStore(database)
    added = [a_candidate() for _ in range(5)]
    for candidate in added:
        await store.add("mine", candidate)
    await store.add("other", a_candidate())
    rows = await database.fetch("SELECT id FROM voice_candidates WHERE key_id = $1", "mine")
    assert {row["id"] for row in rows} == {candidate.id for candidate in added[2:]}
    monkeypatch.setattr(candidates, "KEPT_S", -1.0)
    with pytest.raises(VoiceNotFound):
        await store.read("mine", added[4].id)
    await store.add("mine", a_candidate())
    assert len(await database.fetch("SELECT id FROM voice_candidates")) == 1
