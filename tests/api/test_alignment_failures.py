"""Answers, health and metrics where the aligner fails, or the checkpoint has none."""

import base64
import io
import json
from zipfile import ZipFile

import httpx
import pytest
from openai import OpenAI

from api.cli.caption_files import CaptionFiles
from api.word_times import WordHistory
from core.alignment_failures import ALIGNMENT_FAILED
from core.checkpoint.reading import Checkpoint
from shared.config import Settings
from shared.errors import CommandFailed
from tests.api.client import connected
from tests.api.conftest import Served, serving
from tests.api.test_event_models import SOCKET, SSE
from tests.api.test_sse import ask
from tests.failing_aligner import FailingAligner
from tests.fakes import FakeAligner, FakeEngine
from veena3_client import Event

TEXT = "It costs ₹1,299, Dr. Rao!"
WINDOWS = {"window_first": 4, "window_lookahead": 3}
JSON = {"accept": "application/json"}


def break_aligner(served: Served, where: str, after: int = 0) -> FailingAligner:
    aligner = FailingAligner(FakeAligner(word_tokens=12), where, after=after)
    object.__setattr__(served.app.state.service.loaded.pipeline, "aligner", aligner)
    return aligner


@pytest.fixture(scope="module")
def failing(tiny: Checkpoint):
    """Start a server whose aligner fails at once."""
    with serving(tiny, FakeEngine(tiny.vocabulary), Settings(**WINDOWS)) as one:
        break_aligner(one, "feed")
        yield one


def whole(served: Served, query: str = "", headers=JSON, **body) -> httpx.Response:
    body = {"text": TEXT, "speaker": "lipakshi", "timestamps": True, "seed": 1} | body
    return httpx.post(f"{served.url}/v1/tts/generate{query}", json=body, headers=headers, timeout=60)


def health(served: Served) -> dict[str, object]:
    return httpx.get(f"{served.url}/health").json()


def test_file_has_its_sound_and_the_reason(failing, common):
    answer, sound = whole(failing).json(), whole(common).json()["audio_b64"]
    assert answer["audio_b64"] == sound and answer["alignment_unavailable"] == ALIGNMENT_FAILED
    assert answer["words"] is answer["characters"] is None and "completeness" not in answer
    plain = whole(failing, headers={})
    assert plain.status_code == 200 and plain.content == base64.b64decode(sound)
    assert plain.headers["x-alignment-unavailable"] == ALIGNMENT_FAILED
    assert not {"x-word-times", "x-completeness"} & plain.headers.keys()


def test_file_that_was_to_be_checked_alone_tells_the_reason(failing):
    answer = whole(failing, timestamps=False).json()
    assert answer["alignment_unavailable"] == ALIGNMENT_FAILED and not {"words", "completeness"} & answer.keys()


@pytest.mark.parametrize("format", ["srt", "json"])
def test_archive_has_the_reason_in_the_place_of_captions(failing, format):
    answer = whole(failing, f"?timestamps={format}", headers={})
    with ZipFile(io.BytesIO(answer.content)) as archive:
        assert set(archive.namelist()) == {"speech.wav", "speech.json"}
        told = json.loads(archive.read("speech.json"))
    assert told["words"] is None and told["alignment_unavailable"] == ALIGNMENT_FAILED
    assert "captions" not in whole(failing, f"?timestamps={format}").json()


def test_stream_that_loses_its_words_goes_on_and_says_so_at_the_end(served, common):
    served.engine.delay_s = 0.01
    aligner = break_aligner(served, "due", after=1)
    text = TEXT + " One more sentence is here." * 3
    asked = {"text": text, "timestamps": True, "seed": 1, "format": "pcm"}
    (_, events), (_, sound) = ask(served, **asked), ask(common, **asked)
    for event in events:
        SSE.validate_python(event)
    assert aligner.failed == 1
    assert [e["audio"] for e in events if e["type"] == "audio"] == [e["audio"] for e in sound if e["type"] == "audio"]
    assert "alignment_unavailable" not in events[0] and "words" in [event["type"] for event in events]
    assert events[-1]["alignment_unavailable"] == ALIGNMENT_FAILED and "completeness" not in events[-1]
    with pytest.raises(CommandFailed, match="the aligner failed"):
        CaptionFiles.of(srt="speech.srt").receive(Event(0.0, "end", fields=events[-1]))


async def test_cancel_names_no_word_behind_the_failure_and_the_next_piece_has_words_again(served):
    served.engine.delay_s = 0.01
    aligner = break_aligner(served, "due", after=1)
    piece = {"type": "text", "context_id": "a", "text": TEXT}
    async with connected(served) as client:
        await client.send(**piece, speaker="lipakshi", timestamps=True, format="pcm")
        await client.send(type="flush", context_id="a")
        await client.until("flushed")
        assert aligner.failed == 1
        aligner.failing = False
        lost_s = [word["start_s"] for e in client.events if e["type"] == "words" for word in e["words"]][-1]
        await client.send(**piece)
        await client.send(type="end", context_id="a")
        end = await client.until("end")
        heard = []
        for played_s in (lost_s + 0.001, 1.15, end["seconds"]):
            await client.send(type="cancel", context_id="a", played_s=played_s)
            heard.append((await client.until("cancelled"))["spoken_to"])
    for event in client.events:
        SOCKET.validate_python(event)
    assert heard[0]["start_s"] == lost_s and heard[1] is None and heard[2]["from"] > len(TEXT)
    assert end["alignment_unavailable"] == ALIGNMENT_FAILED and "completeness" not in end


def test_history_knows_words_before_a_gap_and_behind_it():
    history = WordHistory()
    history.add([{"index": 0, "start_s": 0.1}, {"index": 1, "start_s": 0.3}])
    history.break_off(0.5)
    history.add([{"index": 2, "start_s": 2.0}])
    heard = [history.spoken_to(seconds) for seconds in (0.1, 0.2, 0.5, 0.6, 2.0, 2.1)]
    assert [word and word["index"] for word in heard] == [None, 0, 1, None, None, 2]


def test_failures_are_counted_and_named_in_health(served):
    told = health(served)
    assert told["alignment"] == {"aligner": True, "completeness": "retry", "failures": 0} and not told["degraded"]
    aligner = break_aligner(served, "finish")
    whole(served)
    told = health(served)
    assert told["status"] == "degraded" and told["alignment"]["failures"] == 1
    (reason,) = told["degraded"]
    assert reason.startswith("the aligner fails (AlignerFault") and "secret" not in reason
    assert served.metric("alignment_failures_total") == 1 and served.metric("aligner_loaded") == 1
    assert served.metric("answers_total", outcome="ok") == 1
    aligner.failing = False
    assert whole(served).json()["words"]


@pytest.mark.parametrize(
    ("given", "reasons"),
    [({}, []), ({"completeness": "report"}, ["COMPLETENESS=report has no effect"]), ({"completeness": "off"}, [])],
)
def test_health_and_models_tell_of_a_checkpoint_without_an_aligner(tiny, given, reasons):
    with serving(tiny, FakeEngine(tiny.vocabulary), Settings(**WINDOWS, **given), word_tokens=None) as one:
        told = health(one)
        assert told["alignment"] == {"aligner": False, "completeness": "off", "failures": 0}
        assert [line.split(":")[0] for line in told["degraded"]] == reasons
        (card, *_) = httpx.get(f"{one.url}/v1/models").json()["data"]
        assert (card["word_times"], card["completeness"]) == (False, "off")


def test_models_tell_of_times_and_completeness(common):
    with OpenAI(base_url=f"{common.url}/v1", api_key="none") as client:
        cards = list(client.models.list())
    for card in cards:
        assert card.word_times is True and card.completeness == "retry"
