"""Voices in the database, SQLite and PostgreSQL."""

import asyncio
import time
import tracemalloc
from dataclasses import replace

import pytest

from services.accounts.database import Database
from services.voices.book import VoiceBook
from services.voices.consents import ConsentStore, consent_record
from services.voices.library import MAX_CACHED, VoiceLibrary
from services.voices.mixing import VoiceMixer
from services.voices.store import VoiceStore
from services.voices.stored import StoredVoice, VoiceTokens, new_id
from shared.deadline import Deadline
from shared.errors import (
    ConsentNotFound,
    InvalidSpeaker,
    ValidationFailed,
    VoiceExists,
    VoiceLimitReached,
    VoiceNotFound,
)
from shared.types import Reference, Style, Voice, VoiceSource

MIXER = VoiceMixer(None, (4, 4, 4))
TOKENS = VoiceTokens(tuple(range(32)), Reference("What I said. ", (5, 6, 7)))


def a_voice(name: str, key_id: str = "mine", **more) -> StoredVoice:
    fields = {"id": new_id("voice"), "key_id": key_id, "name": name, "source": VoiceSource.CLONED, "codec": "c"}
    return StoredVoice(
        **fields | {"model": "m-1", "created_at": time.time(), "changed_at": 0.0, "tokens": TOKENS} | more
    )


@pytest.fixture
def store(database: Database) -> VoiceStore:
    return VoiceStore(database)


async def test_voice_is_read_back_as_it_was_stored(store):
    voice = a_voice("Ä 'quoted' %", labels={"gender": "female"}, heard={"speech_s": 5.5}, consent={"kind": "statement"})
    await store.create(voice, most=10)
    assert await store.read("mine", voice.id) == await store.find("mine", "ä 'QUOTED' %") == voice
    assert voice.voice.reference == TOKENS.reference and voice.voice.global_tokens == tuple(range(32))
    (listed,) = await store.list("mine")
    assert listed == replace(voice, tokens=None)
    styled = VoiceTokens((1,) * 32, style=Style(0, 2, 3, pitch_value=145, speed_value=4))
    assert VoiceTokens.from_json(styled.in_json()) == styled


async def test_names_are_unique_per_key_and_among_public_voices_when_many_are_made_at_once(store):
    made = await asyncio.gather(
        *(store.create(a_voice("One"), most=10) for _ in range(8)),
        *(store.create(a_voice("Shared", key, public=True), most=10) for key in ("a", "b", "c")),
        return_exceptions=True,
    )
    assert sum(isinstance(one, StoredVoice) for one in made) == 2
    assert all(isinstance(one, StoredVoice | VoiceExists) for one in made)


async def test_change_keeps_the_tokens_and_other_keys_change_nothing(store):
    voice = await store.create(a_voice("Before"), most=10)
    changed = await store.change("mine", voice.id, {"name": "After", "public": True})
    assert (await store.read("mine", voice.id)).tokens == TOKENS and changed.name == "After"
    assert (await store.find("other", "after")).id == voice.id
    for attempt in (
        store.change("other", voice.id, {}),
        store.delete("other", voice.id),
        store.read("other", voice.id),
    ):
        with pytest.raises(VoiceNotFound):
            await attempt
    for wrong in ("voice_1", "../voices", "voice_" + "0" * 20):
        with pytest.raises(VoiceNotFound):
            await store.delete("mine", wrong)


async def test_own_voice_comes_before_a_public_one_of_its_name(store):
    public = await store.create(a_voice("Echoes", "other", public=True), most=10)
    assert (await store.find("mine", "Echoes")).id == public.id
    own = await store.create(a_voice("Echoes"), most=10)
    assert (await store.find("mine", "Echoes")).id == own.id


async def test_thousand_voices_are_made_listed_and_found(store):
    begun = time.perf_counter()
    for n in range(1_000):
        await store.create(a_voice(f"Voice {n}"), most=1_000)
    with pytest.raises(VoiceLimitReached, match="may have 1000"):
        await store.create(a_voice("One more"), most=1_000)
    assert len(await store.list("mine")) == 1_000
    begun = time.perf_counter()
    for n in range(0, 1_000, 50):
        assert (await store.find("mine", f"voice {n}")).name == f"Voice {n}"
    assert (time.perf_counter() - begun) / 20 < 0.1


async def test_cache_of_a_library_stays_below_its_stated_memory(store):
    longest = VoiceTokens(tuple(range(4064, 4096)), Reference("What I said. ", tuple(range(6_000, 7_500))))
    count = 40
    for n in range(count):
        await store.create(a_voice(f"Long {n}", tokens=longest), most=count)
    library = VoiceLibrary(VoiceBook([]), store, MIXER, codec="c", budget_s=5)
    tracemalloc.start()
    try:
        for n in range(count):
            assert await library.find("mine", f"long {n}", Deadline())
        held_bytes, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        await library.close()
    assert held_bytes / count * MAX_CACHED < 64e6


async def test_deleted_voice_is_in_no_table(store, database):
    voice = await store.create(a_voice("Gone"), most=10)
    await store.delete("mine", voice.id)
    assert await database.fetch("SELECT * FROM voices") == [] and await store.find("mine", "gone") is None


async def test_library_finds_made_voices_within_its_cache_and_refuses_those_of_another_codec(store):
    library = VoiceLibrary(VoiceBook([Voice("preset", "Preset")]), store, MIXER, codec="c", budget_s=5)
    voices = library.named("mine")
    await voices.learn(["preset", "Made"], Deadline())
    assert voices.find("made") is None
    made = await store.create(a_voice("Made"), most=10)
    await asyncio.sleep(0.6)
    voices = library.named("mine")
    await voices.learn_from(f"""<voice name="{made.id}">a</voice> <voice name='made'/>""", Deadline())
    assert voices.speaker(made.id) == voices.speaker("MADE") == made.voice and voices.speaker("preset").id == "preset"
    stale = await store.create(a_voice("Stale", codec="another"), most=10)
    with pytest.raises(InvalidSpeaker, match="made with m-1"):
        await library.named("mine").learn([stale.id], Deadline())
    with pytest.raises(InvalidSpeaker, match="at most 16"):
        await voices.learn([f"name {n}" for n in range(20)], Deadline())
    await library.close()


async def test_consent_is_recorded_kept_and_deleted(database):
    store = ConsentStore(database)
    consent = await store.create("mine", "Anjali", "en", recording_sha256="f" * 64, seconds=4.0)
    record = await consent_record(store, "mine", consent.id)
    assert record["kind"] == "recording" and record["recording_sha256"] == "f" * 64 and record["name"] == "Anjali"
    assert (await store.rename("mine", consent.id, "A.")).name == "A." and len(await store.list("mine")) == 1
    for attempt in (store.read("other", consent.id), store.delete("other", consent.id), store.rename("o", "x", "n")):
        with pytest.raises(ConsentNotFound):
            await attempt
    await store.delete("mine", consent.id)
    with pytest.raises(ConsentNotFound):
        await consent_record(store, "mine", consent.id)
    assert (await consent_record(store, "mine", "TRUE"))["kind"] == "statement"
    for wrong in ("", "yes", "cons_../"):
        with pytest.raises(ValidationFailed, match="consent"):
            await consent_record(store, "mine", wrong)
