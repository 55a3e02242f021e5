"""Times of words on the surfaces of the service's own API, with an aligner that spaces words by 12 tokens (240 ms)."""

import base64
import io
import json
from zipfile import ZipFile

import httpx
import pytest

from core.checkpoint.reading import Checkpoint
from shared.config import Settings
from tests.api.client import SPEAK, connected
from tests.api.conftest import Served, serving
from tests.api.test_event_models import SOCKET, SSE
from tests.api.test_sse import ask
from tests.fakes import FakeEngine
from veena3_client import AsyncVeena3

TEXT = "  It costs ₹1,299, Dr. Rao!"
WORDS = [("It", 2, 4), ("costs", 5, 10), ("₹1,299", 11, 17), ("Dr.", 19, 22), ("Rao", 23, 26)]
JSON = {"accept": "application/json"}


@pytest.fixture(scope="module")
def unaligned(tiny: Checkpoint):
    """Start a server whose checkpoint has no aligner."""
    with serving(tiny, FakeEngine(tiny.vocabulary), Settings(window_first=4, window_lookahead=3)) as one:
        object.__setattr__(one.app.state.service.loaded.pipeline, "aligner", None)
        yield one


def whole(served: Served, query: str = "", headers=JSON, **body) -> httpx.Response:
    body = {"text": TEXT, "speaker": "lipakshi", "timestamps": True, "seed": 1} | body
    return httpx.post(f"{served.url}/v1/tts/generate{query}", json=body, headers=headers, timeout=60)


def told_in(events) -> list[dict]:
    """Return the words of events, each as it was told last."""
    words: dict[int, dict] = {}
    for event in events:
        for word in event["words"] if event["type"] == "words" else ():
            assert word["index"] not in words or words[word["index"]]["end_s"] is None
            words[word["index"]] = word
    assert list(words) == list(range(len(words)))
    return list(words.values())


def test_json_answer_has_each_word_as_it_was_sent_with_its_times(common):
    answer = whole(common).json()
    assert [(word["word"], word["from"], word["to"]) for word in answer["words"]] == WORDS
    assert [TEXT[word["from"] : word["to"]] for word in answer["words"]] == [word for word, _, _ in WORDS]
    assert [word["start_s"] for word in answer["words"][:3]] == pytest.approx([0.0, 0.24, 0.48], abs=0.001)
    last = 0.0
    for word in answer["words"]:
        assert set(word) == {"word", "start_s", "end_s", "from", "to"}
        assert last <= word["start_s"] <= word["end_s"] <= answer["seconds"]
        last = word["start_s"]
    assert "alignment_unavailable" not in answer


def test_json_answer_spaces_the_characters_evenly_inside_their_word(common):
    answer = whole(common).json()
    characters = answer["characters"]
    assert [one["character"] for one in characters] == list("".join(word for word, _, _ in WORDS))
    assert all(TEXT[one["from"] : one["to"]] == one["character"] for one in characters)
    first, second = characters[:2]
    assert first["end_s"] == second["start_s"] == pytest.approx(0.12, abs=0.001) and second["end_s"] == pytest.approx(
        0.24
    )


def test_json_answer_without_the_option_has_no_times(common):
    assert not {"words", "characters", "alignment_unavailable"} & whole(common, timestamps=False).json().keys()


def test_file_has_the_times_in_a_header_if_asked(common):
    asked, plain = whole(common, headers={}), whole(common, headers={}, timestamps=False)
    assert asked.content == plain.content and "x-word-times" not in plain.headers
    words = whole(common).json()["words"]
    assert json.loads(asked.headers["x-word-times"]) == [[w["start_s"], w["end_s"], w["from"], w["to"]] for w in words]
    long = whole(common, headers={}, text="word " * 400)
    assert long.status_code == 200 and long.headers["x-word-times"] == "too-long-for-a-header"


def test_sse_tells_each_word_before_the_audio_that_it_begins_in(common):
    _, events = ask(common, text=TEXT, timestamps=True, seed=1)
    for event in events:
        SSE.validate_python(event)
    words = told_in(events)
    answer = whole(common).json()
    assert [{key: word[key] for key in ("word", "start_s", "end_s", "from", "to")} for word in words] == answer["words"]
    heard_s, starts = 0.0, []
    for event in events:
        if event["type"] == "words":
            starts += [word["start_s"] for word in event["words"]]
        elif event["type"] == "audio":
            heard_s += event["samples"] / 16_000
            assert sum(start < heard_s for start in starts) >= sum(w["start_s"] < heard_s - 0.001 for w in words)


@pytest.mark.parametrize("speed", [0.5, 2.0])
def test_times_follow_the_speed(common, speed):
    answer = whole(common, speed=speed).json()
    assert answer["words"][1]["start_s"] == pytest.approx(0.24 / speed, abs=0.001)


async def test_socket_tells_words_before_their_frames(common):
    async with connected(common) as client:
        await client.send(**(SPEAK | {"text": TEXT}), timestamps=True, context_id="a", seed=1)
        await client.until("end")
    for event in client.events:
        SOCKET.validate_python(event)
    assert [(word["word"], word["from"], word["to"]) for word in told_in(client.events)] == WORDS
    kinds = client.kinds()
    assert kinds.index("words") < kinds.index("chunk")


async def test_places_run_over_all_pieces_and_flushes_of_a_context(common):
    pieces = ["  Hello **wor", "ld**, it costs ", "₹5. And", " more"]
    async with connected(common) as client:
        for number, piece in enumerate(pieces):
            options = {} if number else {"speaker": "lipakshi", "timestamps": True, "format": "pcm"}
            await client.send(type="text", text=piece, context_id="a", **options)
            if number == 1:
                await client.send(type="flush", context_id="a")
        await client.send(type="end", context_id="a")
        end = await client.until("end")
    words, sent = told_in(client.events), "".join(pieces)
    assert [word["word"] for word in words] == ["Hello", "world", "it", "costs", "₹5", "And", "more"]
    assert [sent[word["from"] : word["to"]].replace("*", "") for word in words] == [word["word"] for word in words]
    starts = [word["start_s"] for word in words]
    assert starts == sorted(starts) and words[-1]["end_s"] <= end["seconds"] + 0.001


@pytest.mark.parametrize(("played_s", "word"), [(0.0, None), (0.3, "costs"), (0.5, "₹1,299"), (100.0, "Rao")])
async def test_cancel_answers_with_the_last_word_that_was_heard(common, played_s, word):
    async with connected(common) as client:
        await client.send(**(SPEAK | {"text": TEXT}), timestamps=True, context_id="a", seed=1)
        await client.until("end")
        await client.send(type="cancel", context_id="a", played_s=played_s)
        cancelled = await client.until("cancelled")
    SOCKET.validate_python(cancelled)
    assert "spoken_to" in cancelled and (cancelled["spoken_to"] or {}).get("word") == word


async def test_cancel_while_speaking_answers_with_a_word_that_was_sent(served):
    served.engine.delay_s = 0.02
    async with connected(served) as client:
        await client.send(**(SPEAK | {"text": TEXT}), timestamps=True, context_id="a")
        await client.until_audio()
        await client.send(type="cancel", context_id="a")
        cancelled = await client.until("cancelled")
        assert cancelled["spoken_to"]["word"] in [word for word, _, _ in WORDS]
        await client.send(type="cancel", context_id="b")
        assert "spoken_to" not in await client.until("cancelled")


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ({"played_s": 1.0}, "context_id"),
        ({"played_s": -1, "context_id": "a"}, "played_s"),
        ({"played_s": "1", "context_id": "a"}, "played_s"),
    ],
)
async def test_wrong_playback_position_is_refused(common, message, reason):
    async with connected(common) as client:
        await client.send(type="cancel", **message)
        error = (await client.until("error"))["error"]
    assert error["code"] == "VALIDATION_ERROR" and reason in error["message"]


async def test_answers_without_an_aligner_say_so(unaligned):
    reason = "this checkpoint has no aligner"
    answer = whole(unaligned).json()
    assert (answer["words"], answer["characters"], answer["alignment_unavailable"]) == (None, None, reason)
    file = whole(unaligned, headers={})
    assert file.headers["x-alignment-unavailable"] == reason and "x-word-times" not in file.headers
    _, events = ask(unaligned, timestamps=True)
    assert events[0]["alignment_unavailable"] == reason and "words" not in [event["type"] for event in events]
    async with connected(unaligned) as client:
        await client.send(**SPEAK, timestamps=True, context_id="a")
        assert (await client.until("start"))["alignment_unavailable"] == reason
        await client.until("end")
        await client.send(type="cancel", context_id="a")
        assert (await client.until("cancelled"))["spoken_to"] is None


@pytest.mark.parametrize(
    ("body", "reason"),
    [({"stream": True}, "a stream of audio has no place"), ({"timestamps": "yes"}, "timestamps")],
)
def test_option_without_a_place_in_the_answer_is_refused(common, body, reason):
    answer = whole(common, **body)
    assert answer.status_code == 400 and reason in answer.json()["error"]["message"]


def test_link_to_a_stream_with_times_is_refused(common):
    body = {"text": "Hi.", "speaker": "lipakshi", "timestamps": True}
    answer = httpx.post(f"{common.url}/v1/tts/stream", json=body)
    assert answer.status_code == 400 and "timestamps" in answer.text


def test_openai_route_has_the_header_of_a_file_and_warns_for_a_stream(common):
    body = {"input": "Hello there.", "voice": "lipakshi", "response_format": "wav", "timestamps": True}
    streamed = httpx.post(f"{common.url}/v1/audio/speech", json=body)
    assert streamed.status_code == 200 and "timestamps" in streamed.headers["warning"]
    file = httpx.post(f"{common.url}/v1/audio/speech", json=body | {"stream": False})
    assert len(json.loads(file.headers["x-word-times"])) == 2 and "warning" not in file.headers


def test_sound_is_the_same_with_and_without_times(common):
    sounds = [base64.b64decode(whole(common, timestamps=asked).json()["audio_b64"]) for asked in (True, False)]
    assert sounds[0] == sounds[1]


async def test_client_gets_the_words_of_files_streams_and_contexts(common):
    async with AsyncVeena3(base_url=common.url) as client:
        asked = {"speaker": "lipakshi", "seed": 1}
        whole = await client.tts.generate_with_timestamps(TEXT, **asked)
        stream = client.tts.stream(TEXT, transport="sse", timestamps=True, **asked)
        streamed = await stream.read()
        assert [(word.word, word.text_start, word.text_end) for word in whole.words] == WORDS
        assert [(word.word, word.start_s, word.end_s) for word in streamed.words] == [
            (word.word, word.start_s, word.end_s) for word in whole.words
        ]
        async with client.tts.websocket() as socket, socket.context(timestamps=True, **asked) as context:
            await context.speak(TEXT)
            async for event in context:
                if event.type == "end":
                    break
            heard = [await context.cancel(played_s=played_s) for played_s in (0.0, 0.3)]
            assert [word and word.word for word in (*heard, await context.cancel())] == [None, "costs", "Rao"]


def unzipped(answer: httpx.Response) -> dict[str, bytes]:
    assert answer.headers["content-type"] == "application/zip"
    assert int(answer.headers["content-length"]) == len(answer.content)
    with ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize(("format", "suffix"), [("wav", "wav"), ("mp3", "mp3"), ("mulaw", "wav")])
def test_sidecar_comes_with_its_audio_in_an_archive(common, format, suffix):
    plain = whole(common, headers={}, format=format, timestamps=False)
    files = unzipped(whole(common, "?timestamps=srt", headers={}, format=format, timestamps=False))
    assert files[f"speech.{suffix}"] == plain.content
    assert files["speech.srt"].decode() == "1\n00:00:00,000 --> 00:00:01,200\nIt costs ₹1,299,\n\n"


def test_sidecars_have_the_form_of_their_format(common):
    assert unzipped(whole(common, "?timestamps=vtt", headers={}))["speech.vtt"].startswith(
        b"WEBVTT\n\n00:00:00.000 -->"
    )
    told = json.loads(unzipped(whole(common, "?timestamps=json", headers={}))["speech.json"])
    answer = whole(common, "?timestamps=vtt").json()
    assert told == {name: answer[name] for name in ("seconds", "words", "characters")}
    assert answer["captions"].startswith("WEBVTT")


def test_archive_of_a_file_on_the_disk_is_whole(common):
    text = "Here is one more sentence of some length. " * 150
    files = unzipped(whole(common, "?timestamps=srt", headers={}, text=text, sample_rate=48_000))
    assert len(files["speech.wav"]) > 4 * 1024 * 1024 and files["speech.srt"].count(b"-->") > 10


@pytest.mark.parametrize(
    ("query", "body", "reason"),
    [("?timestamps=ass", {}, "timestamps"), ("?timestamps=srt", {"stream": True}, "no place")],
)
def test_wrong_sidecar_is_refused(common, query, body, reason):
    answer = whole(common, query, **body)
    assert answer.status_code == 400 and reason in answer.json()["error"]["message"]


def test_captions_without_an_aligner_are_refused_and_json_says_why(unaligned):
    answer = whole(unaligned, "?timestamps=srt", headers={})
    assert answer.status_code == 400 and "no aligner" in answer.json()["error"]["message"]
    told = json.loads(unzipped(whole(unaligned, "?timestamps=json", headers={}))["speech.json"])
    assert told["words"] is None and told["alignment_unavailable"] == "this checkpoint has no aligner"


@pytest.mark.parametrize("normalize", [True, False])
def test_places_of_markup_are_those_of_the_document(common, normalize):
    text = "  <speak>Pay <emphasis>now</emphasis> to AT&amp;T<break/> नमस्ते</speak>"
    words = whole(common, text=text, input_type="ssml", normalize=normalize).json()["words"]
    sent = [text[word["from"] : word["to"]] for word in words]
    assert sent[:3] + sent[-1:] == ["Pay", "now", "to", "नमस्ते"] and "".join(sent[3:-1]) == "AT&amp;T"
