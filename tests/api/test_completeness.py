"""Completeness in answers, events, a header and metrics, with an aligner whose verdicts the test gives."""

import httpx
import pytest

from core.alignment.protocol import Fault, FaultKind, Verdict
from shared.config import Settings
from tests.api.conftest import serving
from tests.api.test_event_models import SSE
from tests.api.test_sse import ask
from tests.fakes import FakeAligner, FakeEngine

TOKENS = 60
SPEAK = {"text": "One two three four.", "speaker": "lipakshi", "seed": 1}
JSON = {"accept": "application/json"}
COMPLETE = Verdict(1.0, ())
OMITTED = Verdict(0.75, (Fault(FaultKind.OMITTED, 20, 20, range(1, 2)),))


@pytest.fixture(scope="module", params=["retry", "off"])
def judged(tiny, request):
    settings = Settings(window_first=4, window_lookahead=3, completeness=request.param)
    with serving(tiny, FakeEngine(tiny.vocabulary, length=TOKENS), settings) as one:
        aligner = FakeAligner(word_tokens=12)
        object.__setattr__(one.app.state.service.loaded.pipeline, "aligner", aligner)
        one.aligner, one.mode = aligner, request.param
        yield one


def test_incomplete_file_is_generated_again_which_answer_and_metrics_say(judged):
    before = [judged.metric(f"completeness_{name}_total") for name in ("retries", "retry_tokens")]
    judged.aligner.verdicts = [OMITTED, COMPLETE] if judged.mode == "retry" else []
    answer = httpx.post(f"{judged.url}/v1/tts/generate", json=SPEAK, headers=JSON, timeout=60)
    if judged.mode == "off":
        assert "completeness" not in answer.json() and "x-completeness" not in answer.headers
        assert not judged.aligner.texts and answer.headers["x-retries"] == "0"
        return
    assert (answer.headers["x-completeness"], answer.headers["x-retries"]) == ("1.0000", "1")
    counts = {"chunks": 1, "incomplete": 0, "retried": 1, "retry_tokens": TOKENS, "babble_cut": 0}
    assert answer.json()["completeness"] == {"score": 1.0, "faults": {}} | counts
    after = [judged.metric(f"completeness_{name}_total") for name in ("retries", "retry_tokens")]
    assert [new - old for new, old in zip(after, before, strict=True)] == [1, TOKENS]


def test_last_event_of_a_stream_names_the_faults_that_were_heard(judged):
    heard = judged.metric("chunk_faults_total", kind="omitted")
    judged.aligner.verdicts = [OMITTED]
    _, (*_, end) = ask(judged, **SPEAK)
    SSE.validate_python(end)
    if judged.mode == "off":
        assert "completeness" not in end
        return
    assert end["completeness"]["score"] == 0.75 and end["completeness"]["faults"] == {"omitted": 1}
    assert judged.metric("chunk_faults_total", kind="omitted") == heard + 1
    assert judged.metric("chunks_judged_total", outcome="incomplete") >= 1
