from dataclasses import replace
from hashlib import sha256

import pytest

from core.request_state import Arrival, RequestState
from services.accounts.records.record import Destination, Measures, Outcome, RequestRecord
from shared.types import Sampling, Utterance, Voice
from tests.services.accounts.records.conftest import begun, ended

TEXT = "नमस्ते."


@pytest.mark.parametrize(("kept", "text", "lexicon"), [(True, TEXT, {"AP": "ए पी"}), (False, None, None)])
def test_text_and_lexicon_are_kept_only_where_asked(kept, text, lexicon):
    for record in (begun(TEXT, kept=kept), ended(TEXT, kept=kept)):
        assert (record.text, record.lexicon, record.characters) == (text, lexicon, len(TEXT))
        assert record.text_sha256 == sha256(TEXT.encode()).hexdigest()


def test_ids_are_unique_although_callers_repeat_theirs():
    first, second = begun(request_id="same"), begun(request_id="same")
    assert first.request_id == second.request_id == "same" and first.id != second.id


def test_end_keeps_the_beginning_and_takes_the_whole_text():
    first = begun("One.")
    last = first.ended(Outcome.FAILED, "SOME_CODE", Measures(audio_s=1.5), text="One. Two.", kept=True)
    assert (last.outcome, last.error_code, last.audio_s, last.text) == (Outcome.FAILED, "SOME_CODE", 1.5, "One. Two.")
    same = {"outcome": first.outcome, "error_code": None, "audio_s": 0.0, "text": "One.", "characters": 4}
    assert replace(last, **same, text_sha256=first.text_sha256) == first


def test_measures_are_read_from_the_request():
    request = RequestState(Arrival("r", 10.0), Utterance(TEXT, Voice("v", "V"), Sampling(seed=7), 16_000))
    assert Measures.of(request, now=12.0) == Measures(took_s=2.0)
    request.queued_s, request.first_audio_at, request.samples = 0.5, 10.75, 24_000
    request.tokens, request.retries = 75, 1
    expected = Measures(queued_s=0.5, ttfb_s=0.75, took_s=2.0, audio_s=1.5, tokens=75, retries=1)
    assert Measures.of(request, now=12.0) == expected


def test_destinations_are_columns_with_a_short_label():
    assert {one.label: str(one) for one in Destination} == {"supabase": "owes_supabase", "credits": "owes_credits"}


def test_record_names_every_sampling_parameter():
    request = RequestState(Arrival("r", 0.0), Utterance(TEXT, Voice("v", "V"), Sampling(seed=7, top_k=3), 16_000))
    record = RequestRecord.begun(request, kept=True, key_id="k", model_version="m")
    assert (record.seed, record.top_k, record.outcome) == (7, 3, Outcome.RUNNING)
