"""The conversation as a voice agent holds it, with a real uvicorn and the `websockets` client."""

import asyncio
import json
import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress

import pytest
import websockets.sync.client as blocking
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from api.app import create_app
from core.checkpoint.reading import Checkpoint
from shared.config import Settings
from shared.errors import StartupError
from tests.api.conftest import running, serving
from tests.fakes import HOP, FakeEngine

WITHIN_S = 0.1
SPEAK = {"type": "speak", "text": "Hello there.", "speaker": "lipakshi", "format": "pcm"}


class Client:
    """A socket, and what came over it: JSON as dicts, sound by context."""

    def __init__(self, socket):
        self.socket, self.told, self.sound, self.audible = socket, [], {}, None

    async def say(self, **message):
        await self.socket.send(json.dumps(message))

    async def hear(self):
        message = await asyncio.wait_for(self.socket.recv(), 5)
        if isinstance(message, bytes):
            self.sound.setdefault(self.audible, []).append(message)
            return message
        event = json.loads(message)
        assert {"type", "context_id", "seq", "ts_ms"} <= event.keys()
        if event["type"] in {"start", "progress"}:
            self.audible = event["context_id"]
        self.told.append(event)
        return event

    async def until(self, kind, context_id=None):
        while True:
            event = await self.hear()
            if isinstance(event, dict) and event["type"] == kind and context_id in (None, event["context_id"]):
                return event

    async def until_sound(self):
        while not isinstance(message := await self.hear(), bytes):
            pass
        return message

    def kinds(self):
        return [event["type"] for event in self.told]


@asynccontextmanager
async def talking(served, query="", **options):
    async with connect(f"ws://127.0.0.1:{served.port}/v1/tts/ws{query}", **options) as socket:
        yield Client(socket)


async def freed(served):
    begun = time.perf_counter()
    while served.engine.unfinished or served.app.state.service.queue != {"running": 0, "waiting": 0}:
        assert time.perf_counter() - begun < 5
        await asyncio.sleep(0.001)
    return time.perf_counter() - begun


async def test_speak_is_the_sound_of_generate_in_frames_of_20_ms(common):
    whole = await asyncio.to_thread(common.generate, seed=3, format="pcm")
    async with talking(common) as client:
        await client.say(**SPEAK, seed=3, context_id="a")
        end = await client.until("end")
    frames = client.sound["a"]
    assert b"".join(frames) == whole.content and {len(frame) for frame in frames} == {640}
    assert client.kinds()[0] == "start" and "progress" in client.kinds() and client.kinds()[-2:] == ["chunk", "end"]
    assert end["seconds"] == pytest.approx(common.engine.length * HOP / 16_000) and end["seed"] == 3
    assert end["tokens"] > 0 and end["ttfb_ms"] > 0 and end["rtf"] > 0
    assert [event["seq"] for event in client.told] == list(range(len(client.told)))
    assert {event["context_id"] for event in client.told} == {"a"}


async def test_older_clients_name_no_type_in_their_first_message(common):
    async with talking(common) as client:
        await client.say(text="Hello there.", speaker="lipakshi")
        assert (await client.until("start"))["format"] == "wav"
        await client.until("end")
        assert next(iter(client.sound.values()))[0].startswith(b"RIFF")
        await client.say(text="Hello again.", speaker="lipakshi")
        assert (await client.until("error"))["error"]["details"] == {"field": "type"}


async def test_tagged_frames_say_number_and_first_sample(common):
    async with talking(common) as client:
        await client.say(**SPEAK, framing="tagged", frame_ms=10, context_id="a")
        await client.until("end")
    tags = [struct.unpack("<II", frame[:8]) for frame in client.sound["a"]]
    assert tags == [(n, 160 * n) for n in range(len(tags))] and len(tags) == common.engine.length * HOP // 160


async def test_trace_gives_metrics_of_every_frame(common):
    async with talking(common, "?trace=1") as client:
        await client.say(**SPEAK, context_id="a")
        await client.until("end")
    metrics = [event for event in client.told if event["type"] == "metrics"]
    assert [event["frame"] for event in metrics] == list(range(len(client.sound["a"])))
    assert metrics[0]["timings_ms"]["first_audio"] > 0 and metrics[-1]["queued"] >= 0


@pytest.mark.parametrize("format", ["wav", "opus", "mp3", "flac", "aac"])
async def test_other_formats_are_the_streamed_file(common, format):
    asked = {"seed": 9, "format": format, "text": "Hello there."}
    whole = await asyncio.to_thread(common.generate, stream=True, **asked)
    async with talking(common) as client:
        await client.say(**(SPEAK | asked), context_id="a")
        await client.until("end")
    sound = b"".join(client.sound["a"])
    assert sound[:4] == whole.content[:4] and abs(len(sound) - len(whole.content)) < 0.1 * len(whole.content)


WORDS = ("This is the first of the sentences here. " + "And then there comes one more of them now. " * 21).split()[:200]


async def test_a_conversation_with_a_voice_agent(served):
    """200 words token by token; sound before the second sentence is whole; barge-in; a clean next utterance."""
    served.engine.delay_s = 0.002
    async with talking(served) as client:
        heard_at = None
        for n, word in enumerate(WORDS):
            speaker = {"speaker": "lipakshi", "format": "pcm"} if n == 0 else {}
            await client.say(type="text", context_id="a", text=word + " ", **speaker)
            if n == 9:
                await client.until_sound()  # nine words on, the second sentence is not: it has 9 of its own
                heard_at = n
        assert heard_at == 9
        await client.say(type="end", context_id="a")
        end = await client.until("end")
        texts = "".join(event["text"] for event in client.told if event["type"] == "chunk")
        assert " ".join(texts.split()) == " ".join(WORDS)
        assert end["seconds"] * 16_000 == pytest.approx(len(b"".join(client.sound["a"])) / 2)

        served.engine.forever = True
        await client.say(**SPEAK, context_id="b")
        await client.until_sound()
        said = time.perf_counter()
        await client.say(type="cancel", context_id="b")
        await client.until("cancelled", "b")
        assert served.engine.unfinished == 0  # the acknowledgement proves it
        assert time.perf_counter() - said < WITHIN_S

        served.engine.forever = False
        heard = len(client.sound["b"])
        await client.say(**SPEAK, context_id="c", seed=1)
        await client.until("end", "c")
        assert len(client.sound["b"]) == heard
        assert len(b"".join(client.sound["c"])) == served.engine.length * HOP * 2
    assert served.app.state.service.queue == {"running": 0, "waiting": 0}


async def test_a_flush_speaks_what_is_there_and_says_when(common):
    async with talking(common) as client:
        await client.say(
            type="text", context_id="a", text="No end yet", speaker="lipakshi", format="pcm", framing="tagged"
        )
        await client.say(type="flush", context_id="a")
        await client.until("flushed", "a")
        first = len(client.sound["a"])
        assert first == common.engine.length and common.app.state.service.queue["running"] == 0
        await client.say(type="text", context_id="a", text="and so on")
        await client.say(type="end", context_id="a")
        end = await client.until("end", "a")
    assert client.kinds().count("start") == 1 and end["chunks"] == 2
    chunks = [event for event in client.told if event["type"] == "chunk"]
    assert [event["index"] for event in chunks] == [0, 1] and chunks[0]["end_s"] == chunks[1]["start_s"]
    tags = [struct.unpack("<II", frame[:8]) for frame in client.sound["a"]]
    assert tags == [(n, HOP * n) for n in range(2 * first)]


async def test_several_contexts_on_one_socket(served):
    served.engine.delay_s = 0.001
    async with talking(served) as client:
        for name in "abcd":
            await client.say(**SPEAK, context_id=name, seed=ord(name))
        ends = [await client.until("end") for _ in range(4)]
    assert {event["context_id"] for event in ends} == set("abcd")
    for name in "abcd":
        alone = await asyncio.to_thread(served.generate, seed=ord(name), format="pcm")
        assert b"".join(client.sound[name]) == alone.content


async def test_what_the_client_calls_off_is_not_taken_for_a_client_that_left(tiny: Checkpoint):
    """Whether it was spoken or waited for a slot; the client stays."""
    engine = FakeEngine(tiny.vocabulary, forever=True, delay_s=0.002)
    with serving(tiny, engine, Settings(max_running=1)) as served:
        service = served.app.state.service
        async with talking(served) as client:
            await client.say(**SPEAK, context_id="a")
            await client.until_sound()
            await client.say(**SPEAK, context_id="b")
            await asyncio.to_thread(served.until, lambda: service.queue["waiting"])
            await client.say(type="cancel")
            await client.until("cancelled", "b")
            assert service.metrics.aborted.labels("cancelled")._value.get() == 2
            await client.say(**SPEAK, context_id="c")
            await client.until_sound()
        await asyncio.to_thread(served.until, lambda: service.metrics.aborted.labels("client_left")._value.get() == 1)


@pytest.mark.parametrize(("offered", "taken"), [("mine-1", True), ("not a sane one", False)])
async def test_a_socket_has_the_request_id_of_its_client(common, offered, taken):
    async with talking(common, additional_headers={"X-Request-ID": offered}) as client:
        given = client.socket.response.headers["X-Request-ID"]
        assert (given == offered) is taken and given
        await client.say(**SPEAK)
        assert (await client.until("start"))["request_id"].startswith(given)


async def test_mulaw_has_its_one_rate_whatever_is_asked(common):
    async with talking(common) as client:
        await client.say(**(SPEAK | {"format": "mulaw"}), sample_rate=48_000)
        assert (await client.until("start"))["sample_rate"] == 8_000
        end = await client.until("end")
    assert end["seconds"] == pytest.approx(common.engine.length * HOP / 16_000, abs=1e-3)


async def test_cancel_of_all_and_of_none(served):
    served.engine.forever, served.engine.delay_s = True, 0.005
    async with talking(served) as client:
        for name in "ab":
            await client.say(**SPEAK, context_id=name)
        await client.until("start", "a")
        await client.say(type="cancel")
        assert {(await client.until("cancelled"))["context_id"] for _ in range(2)} == {"a", "b"}
        assert served.engine.unfinished == 0
        await client.say(type="cancel")
        await client.until("cancelled")


async def test_pause_stops_sound_and_generation_and_resume_goes_on(tiny: Checkpoint):
    settings = Settings(window_first=4, window_lookahead=3, window_steady=8, frame_queue=5)
    with serving(tiny, FakeEngine(tiny.vocabulary, length=400, delay_s=0.001), settings) as served:
        async with talking(served) as client:
            await client.say(**SPEAK, context_id="a")
            await client.until_sound()
            await client.say(type="pause")
            await client.until("paused")
            await asyncio.sleep(0.3)
            stood_at = served.engine.last_token_at
            heard = len(client.sound["a"])
            await client.say(type="ping")
            assert (await client.hear())["type"] == "pong"  # nothing came before it
            await asyncio.sleep(0.1)
            assert served.engine.last_token_at == stood_at and served.engine.unfinished == 1
            assert len(client.sound["a"]) == heard
            await client.say(type="resume")
            await client.until("end")
            assert client.kinds()[-3:].count("end") == 1 and len(client.sound["a"]) == 400


async def test_a_client_that_leaves_frees_the_engine(served):
    served.engine.forever, served.engine.delay_s = True, 0.002
    async with talking(served) as client:
        for name in "ab":
            await client.say(**SPEAK, context_id=name)
        await client.until_sound()
        client.socket.transport.abort()
        assert await freed(served) < WITHIN_S


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("{", "VALIDATION_ERROR"),
        ("[]", "VALIDATION_ERROR"),
        ("null", "VALIDATION_ERROR"),
        ("[" * 100_000, "VALIDATION_ERROR"),
        (b"\x00\x01", "VALIDATION_ERROR"),
        ('{"type": "dance"}', "VALIDATION_ERROR"),
        ('{"type": 7}', "VALIDATION_ERROR"),
        ('{"type": "ping", "colour": "red"}', "VALIDATION_ERROR"),
        ('{"type": "flush", "context_id": "nobody"}', "VALIDATION_ERROR"),
        ('{"type": "text", "text": "who speaks?", "context_id": "x"}', "VALIDATION_ERROR"),
        (json.dumps(SPEAK | {"text": " "}), "VALIDATION_ERROR"),
        (json.dumps(SPEAK | {"speaker": "nobody"}), "INVALID_SPEAKER"),
        (json.dumps(SPEAK | {"format": "ogg"}), "INVALID_FORMAT"),
        (json.dumps(SPEAK | {"frame_ms": 5}), "VALIDATION_ERROR"),
        (json.dumps(SPEAK | {"text": "a" * 50_001}), "TEXT_TOO_LONG"),
        (json.dumps(SPEAK | {"text": "..."}), "VALIDATION_ERROR"),
        ('{"type": "speak", "text": "NaN", "speaker": "lipakshi", "speed": NaN}', "VALIDATION_ERROR"),
    ],
    ids=lambda value: repr(value)[:40],
)
async def test_what_is_wrong_is_answered_and_the_socket_stays_open(common, said, code):
    async with talking(common) as client:
        await client.socket.send(said)
        event = await client.hear()
        assert event["error"]["code"] == code and event["error"]["message"] and event["request_id"]
        await client.say(**SPEAK)
        await client.until("end")


async def test_errors_name_their_context(common):
    async with talking(common) as client:
        await client.say(**(SPEAK | {"speaker": "nobody"}), context_id="mine")
        assert (await client.hear())["context_id"] == "mine"


async def test_a_context_speaks_once_at_a_time_and_contexts_are_bounded(served):
    served.engine.forever, served.engine.delay_s = True, 0.01
    async with talking(served) as client:
        await client.say(**SPEAK, context_id="a")
        await client.say(**SPEAK, context_id="a")
        assert "still speaking" in (await client.until("error"))["error"]["message"]
        for n in range(16):
            await client.say(**SPEAK, context_id=f"b{n}")
        assert "at most 16" in (await client.until("error"))["error"]["message"]


async def test_a_failure_of_the_engine_is_an_error_of_its_context(served):
    served.engine.fail_after = 40
    async with talking(served) as client:
        await client.say(**SPEAK, context_id="a")
        event = await client.until("error")
        assert event["context_id"] == "a" and event["error"]["code"] == "GPU_FAULT"


# Close codes


async def closed_with(client):
    with pytest.raises(ConnectionClosed):
        while True:
            await client.hear()
    return client.socket.close_code


async def test_1000_when_everything_is_ended_and_spoken(common):
    async with talking(common) as client:
        await client.say(type="text", context_id="a", text="No end yet", speaker="lipakshi")
        await client.say(type="end")
        assert await closed_with(client) == 1000 and client.kinds()[-1] == "end"
    async with talking(common) as client:
        await client.say(type="end")
        assert await closed_with(client) == 1000


@pytest.mark.parametrize("kind", [str, bytes])
async def test_1009_for_a_message_over_the_limit(common, kind):
    async with talking(common) as client:
        await client.socket.send("a" * 1_100_000 if kind is str else b"a" * 1_100_000)
        assert await closed_with(client) == 1009


async def test_1011_for_a_fault_of_ours_and_for_a_dead_engine(served, monkeypatch):
    async with talking(served) as client:
        monkeypatch.setattr(served.engine, "stream", None)
        await client.say(**SPEAK, context_id="a")
        event = await client.until("error")
        assert event["error"]["code"] == "INTERNAL_ERROR" and "NoneType" not in json.dumps(event)
        assert await closed_with(client) == 1011
    served.engine.dead = True
    async with talking(served) as client:
        assert (await client.until("error"))["error"]["code"] == "GPU_FAULT"
        assert await closed_with(client) == 1011


async def test_a_silent_socket_does_not_outlive_the_engine(served):
    async with talking(served) as client:
        await client.say(type="ping")
        await client.until("pong")
        served.engine.dead = True
        assert await closed_with(client) == 1011


async def test_1013_before_the_model_is_loaded():
    @asynccontextmanager
    async def never(_settings):
        await asyncio.sleep(0.5)
        raise StartupError("no model here")
        yield

    with running(create_app(Settings(), never)) as port:
        async with connect(f"ws://127.0.0.1:{port}/v1/tts/ws") as socket:
            client = Client(socket)
            assert (await client.until("error"))["error"]["code"] == "MODEL_NOT_LOADED"
            assert await closed_with(client) == 1013


async def test_1008_for_a_client_that_stays_paused(tiny: Checkpoint):
    settings = Settings(stall_timeout_s=0.3)
    with serving(tiny, FakeEngine(tiny.vocabulary, forever=True, delay_s=0.001), settings) as served:
        async with talking(served) as client:
            await client.say(**SPEAK, context_id="a")
            await client.until_sound()
            await client.say(type="pause")
            assert await closed_with(client) == 1008
            assert await freed(served) < WITHIN_S
        assert served.app.state.service.metrics.stalls._value.get() == 1


def test_a_server_that_shuts_down_while_it_speaks_does_so_quietly(tiny: Checkpoint, caplog):
    engine, heard = FakeEngine(tiny.vocabulary, forever=True, delay_s=0.001), threading.Event()

    def listen(port):
        with blocking.connect(f"ws://127.0.0.1:{port}/v1/tts/ws") as socket:
            for name in "abcd":
                socket.send(json.dumps(SPEAK | {"context_id": name}))
            with suppress(ConnectionClosed):
                while socket.recv():
                    heard.set()

    with ThreadPoolExecutor(1) as pool:
        with serving(tiny, engine, Settings()) as served:
            listening = pool.submit(listen, served.port)
            assert heard.wait(5)
        listening.result(5)
    assert engine.unfinished == 0
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
