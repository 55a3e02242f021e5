"""Times of words in the vendors' forms, from a server whose aligner spaces words evenly."""

import json
from collections.abc import Iterator

import httpx
import pytest

from shared.config import Settings
from tests.api.adapters.vendor_socket import vendor_socket
from tests.api.conftest import Served, serving
from tests.fakes import HOP, FakeEngine

WORD_TOKENS = 10
WORD_S = WORD_TOKENS * HOP / 16_000
TEXT = "Now “it” costs ₹2, 🙂 ok?"
SPOKEN = "Now “it” costs two rupees, ok?"
WORDS = {"Now": 0, "“it”": 1, "costs": 2, "₹2,": 3, "ok?": 5}
"""Words of TEXT with their punctuation, and the number of words that are spoken before each."""
HINDI = "नमस्ते! कैसे हैं?"
MULTI = "/v1/text-to-speech/lipakshi/multi-stream-input?output_format=pcm_16000"
FORMAT = {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 16_000}


@pytest.fixture(scope="module")
def aligned(tiny) -> Iterator[Served]:
    """Start a server whose first window is so small that words sound beyond it."""
    settings = Settings(window_first=4, window_lookahead=3)
    with serving(tiny, FakeEngine(tiny.vocabulary, length=80), settings, word_tokens=WORD_TOKENS) as one:
        yield one


@pytest.fixture(scope="module")
def unaligned(tiny) -> Iterator[Served]:
    settings = Settings(window_first=4, window_lookahead=3)
    with serving(tiny, FakeEngine(tiny.vocabulary), settings, word_tokens=None) as one:
        yield one


def timed(served: Served, path: str, text: str) -> list[dict]:
    """Return the objects of an answer with timestamps."""
    url = f"{served.url}/v1/text-to-speech/lipakshi/{path}?output_format=pcm_16000"
    answer = httpx.post(url, json={"text": text}).raise_for_status()
    return [json.loads(line) for line in answer.text.splitlines()]


def joined(alignments: list[dict | None]) -> tuple[str, list[float], list[float]]:
    given = [one for one in alignments if one]
    text = "".join("".join(one["characters"]) for one in given)
    starts, ends = (
        [time for one in given for time in one[f"character_{edge}_times_seconds"]] for edge in ("start", "end")
    )
    return text, starts, ends


@pytest.mark.parametrize("path", ["with-timestamps", "stream/with-timestamps"])
def test_elevenlabs_characters_are_those_of_both_texts_with_their_times(aligned, path):
    objects = timed(aligned, path, f"  {TEXT}")
    text, starts_s, ends_s = joined([one["alignment"] for one in objects])
    assert text == TEXT and starts_s == sorted(starts_s)
    assert all(start <= end for start, end in zip(starts_s, ends_s, strict=True))
    for word, before in WORDS.items():
        letter = next(place for place in range(TEXT.index(word), len(TEXT)) if TEXT[place] not in "“ ")
        assert starts_s[letter] == pytest.approx(before * WORD_S, abs=2e-3), word
    spoken, starts_s, _ = joined([one["normalized_alignment"] for one in objects])
    assert spoken == SPOKEN
    assert starts_s[SPOKEN.index("two")] == pytest.approx(3 * WORD_S, abs=2e-3)


def test_elevenlabs_characters_come_with_the_audio_in_which_they_begin(aligned):
    begin_s = 0.0
    for line in timed(aligned, "stream/with-timestamps", TEXT):
        end_s = begin_s + len(line["audio_base64"]) // 4 * 3 / 32_000
        for name in ("alignment", "normalized_alignment"):
            for start_s in line[name]["character_start_times_seconds"] if line[name] else ():
                assert begin_s - 1e-3 <= start_s <= end_s + 1e-3
        begin_s = end_s


def test_elevenlabs_alignments_have_the_marks_of_indic_letters(aligned):
    text, starts_s, _ = joined([timed(aligned, "with-timestamps", HINDI)[0]["alignment"]])
    assert text == HINDI
    assert [starts_s[HINDI.index(word)] for word in HINDI.split()] == pytest.approx([0.0, WORD_S, 2 * WORD_S])
    assert starts_s[HINDI.index("ै")] == starts_s[HINDI.index("क")]  # a mark sounds with its letter


async def spoken_in_pieces(served: Served, query: str) -> list[dict]:
    """Return the messages of a context that is flushed once in the middle."""
    async with vendor_socket(served, MULTI + query) as socket:
        await socket.send(context_id="a", text=" ")
        await socket.send(context_id="a", text="One two")
        await socket.send(context_id="a", text=" three. ", flush=True)
        await socket.send(context_id="a", text="It costs ₹2.")
        await socket.send(context_id="a", flush=True)
        await socket.send(context_id="a", close_context=True)
        await socket.until(lambda message: message.get("isFinal"))
        return [message for message in socket.messages if "alignment" in message]


async def test_elevenlabs_sockets_alignments_follow_the_sound_when_their_spans_are_added(aligned):
    messages = await spoken_in_pieces(aligned, "")
    for name, text in (("alignment", " One two three. It costs ₹2. "), ("normalizedAlignment", None)):
        sound_ms, clock_ms, starts_ms, chars = 0.0, 0, [], []
        for message in messages:
            sound_ms += len(message["audio"] or "") // 4 * 3 / 32
            if alignment := message[name]:
                starts, durations = alignment["charStartTimesMs"], alignment["charDurationsMs"]
                ends = [start + duration for start, duration in zip(starts, durations, strict=True)]
                assert starts[0] >= 0 and starts[1:] == ends[:-1]
                starts_ms += [clock_ms + start for start in starts]
                chars += alignment["chars"]
                clock_ms += starts[-1] + durations[-1]
                assert clock_ms == pytest.approx(sound_ms, abs=2) or not message["audio"]
        assert "".join(chars) == (text or "One two three. It costs two rupees. ")
        second_ms = 1000 * 80 * HOP / 16_000  # the sound before the flush
        assert starts_ms[chars.index("I")] == pytest.approx(second_ms, abs=2)
        assert starts_ms[chars.index("w")] == pytest.approx(1000 * WORD_S * 4 / 3, abs=2)


async def test_elevenlabs_sockets_times_count_from_the_beginning_with_sync_alignment(aligned):
    messages = await spoken_in_pieces(aligned, "&sync_alignment=true")
    alignments = [message["alignment"] for message in messages if message["alignment"]]
    starts_ms = [start for one in alignments for start in one["charStartTimesMs"]]
    chars = [char for one in alignments for char in one["chars"]]
    assert starts_ms == sorted(starts_ms)
    assert starts_ms[chars.index("I")] == pytest.approx(1000 * 80 * HOP / 16_000, abs=2)


async def test_elevenlabs_sockets_alignments_are_null_without_an_aligner(unaligned):
    messages = await spoken_in_pieces(unaligned, "")
    assert messages and all(one["alignment"] is one["normalizedAlignment"] is None for one in messages)


def test_elevenlabs_timestamps_are_null_without_an_aligner(unaligned):
    for path in ("with-timestamps", "stream/with-timestamps"):
        assert all(one["alignment"] is one["normalized_alignment"] is None for one in timed(unaligned, path, TEXT))


def words_of(messages: list[dict]) -> list[tuple[str, float, float]]:
    timestamps = [message["word_timestamps"] for message in messages if message["type"] == "timestamps"]
    return [word for one in timestamps for word in zip(one["words"], one["start"], one["end"], strict=True)]


def test_cartesia_events_tell_words_with_their_punctuation(aligned):
    body = {"transcript": f" {TEXT}", "voice": "lipakshi", "output_format": FORMAT, "add_timestamps": True}
    answer = httpx.post(f"{aligned.url}/tts/sse", json=body)
    lines = [line for line in answer.text.splitlines() if line.startswith("data: ")]
    events = [json.loads(line.removeprefix("data: ")) for line in lines]
    assert "warning" not in answer.headers
    assert [(word, start_s) for word, start_s, _ in words_of(events)] == [
        (word, pytest.approx(before * WORD_S)) for word, before in WORDS.items()
    ]
    assert words_of(events)[3][2] == pytest.approx(5 * WORD_S)  # ₹2, in two words
    sound_s = 0.0
    for event in events:
        if event["type"] == "timestamps":
            assert event["done"] is False and max(event["word_timestamps"]["end"]) >= sound_s - 0.1
        sound_s += len(event.get("data", "")) // 4 * 3 / 32_000


async def test_cartesia_contexts_tell_words_of_all_their_transcripts(aligned):
    async with vendor_socket(aligned, "/tts/websocket") as socket:
        fields = {"context_id": "a", "voice": {"mode": "id", "id": "lipakshi"}, "output_format": FORMAT}
        fields |= {"add_timestamps": True, "model_id": "sonic-3"}
        await socket.send(fields | {"transcript": "One two, ", "continue": True, "max_buffer_delay_ms": 0})
        await socket.send(fields | {"transcript": "three. ", "continue": True, "max_buffer_delay_ms": 0})
        await socket.send(fields | {"transcript": "", "continue": False})
        await socket.until(lambda message: message["type"] == "done")
        words = words_of(socket.messages)
        assert [word for word, _, _ in words] == ["One", "two,", "three."]
        assert words[2][1] == pytest.approx(80 * HOP / 16_000)
        assert "add_timestamps" not in socket.messages[0].get("without_effect", [])


@pytest.mark.parametrize("path", ["/tts/sse", "/tts/bytes"])
def test_cartesia_names_timestamps_as_without_effect_where_there_are_none(unaligned, aligned, path):
    body = {"transcript": TEXT, "voice": "lipakshi", "output_format": FORMAT}
    served = unaligned if path == "/tts/sse" else aligned
    answer = httpx.post(f"{served.url}{path}", json=body | {"add_timestamps": True})
    assert "add_timestamps" in answer.headers["warning"] and b"word_timestamps" not in answer.content
    assert "warning" not in httpx.post(f"{served.url}{path}", json=body | {"add_timestamps": False}).headers
