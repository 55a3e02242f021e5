"""The mark on a running server: in every answer, found by the route and by the command, and said where it is off."""

import io
import json
import os
import re
import subprocess
import wave
from collections.abc import Iterator
from urllib.parse import unquote

import av
import httpx
import numpy as np
import pytest
from typer.testing import CliRunner
from websockets.sync.client import connect

from api.cli.main import app
from audio.encoders import ENCODERS
from audio.mark.pattern import MarkPattern
from audio.speed import SpeedChanger
from services.accounts.caller import Scope
from shared.config import Settings
from shared.types import Pcm
from tests.api.conftest import Served, serving
from tests.api.keys import guarding, make_key
from tests.audio.mark.sound import RATE, marked, spoken
from tests.fakes import FakeEngine
from tests.test_documented_commands import LOCAL, ROOT, VEENA3, commands_of

SECRET, MARK_ID = "a secret of some length", 42
DISCLOSURE = "This voice is synthetic."
DISCLOSED = f"{DISCLOSURE} Hello there."
"""Text of a request with the disclosure before it."""
OFF = {"mark": False, "mark_id": None, "file_tags": False, "spoken_disclosure": False}
SIGNS = MarkPattern.of(SECRET).with_id(MARK_ID)
MARKS = {"mark_secret": SECRET, "mark_id": MARK_ID, "file_tags": True, "spoken_disclosure": DISCLOSURE}


@pytest.fixture(scope="module")
def marking(tiny) -> Iterator[Served]:
    with serving(tiny, FakeEngine(tiny.vocabulary), Settings(**MARKS, window_first=4, window_lookahead=3)) as one:
        yield one


@pytest.fixture(scope="module")
def plain(tiny) -> Iterator[Served]:
    settings = Settings(window_first=4, window_lookahead=3)
    with serving(tiny, FakeEngine(tiny.vocabulary), settings) as one:
        yield one


def samples_of(answer: httpx.Response) -> np.ndarray:
    return np.frombuffer(answer.content, np.float32)


def speak(served: Served, **body: object) -> httpx.Response:
    return served.generate(seed=1, format="pcm-f32", sample_rate=RATE, **body)


def encoded(samples: np.ndarray, format: str, rate: int = RATE) -> bytes:
    encoder = ENCODERS[format].encoder(rate)
    data = bytearray(b"".join([*encoder.feed(Pcm(samples, rate)), *encoder.finish()]))
    return bytes(data)


def test_stream_and_file_have_the_same_marked_samples(marking, plain):
    answers = [speak(marking, stream=stream) for stream in (False, True)]
    whole, streamed = map(samples_of, answers)
    assert whole.tobytes() == streamed.tobytes()
    unmarked = samples_of(speak(plain, text=DISCLOSED))
    assert np.array_equal(whole, marked(unmarked, SIGNS)) and not np.array_equal(whole, unmarked)
    for answer in answers:
        assert answer.headers["X-Synthetic"] == "true" and answer.headers["X-Mark-Applied"] == "true"


def test_mark_is_added_after_a_change_of_speed(marking, plain):
    slow = samples_of(speak(plain, text=DISCLOSED))
    changer = SpeedChanger(rate=RATE, speed=0.7)
    slow = np.concatenate([out.samples for out in [*changer.feed(Pcm(slow, RATE)), *changer.finish()]])
    assert np.array_equal(samples_of(speak(marking, speed=0.7)), marked(slow, SIGNS))


def test_answers_health_and_metrics_say_that_the_mark_is_off(plain):
    assert speak(plain).headers["X-Mark-Applied"] == "false"
    assert httpx.get(f"{plain.url}/health").json()["provenance"] == OFF
    assert "veena3_tts_mark_enabled 0.0\n" in httpx.get(f"{plain.url}/metrics").text


def test_health_metrics_and_events_say_that_the_mark_is_on(marking):
    on = {"mark": True, "mark_id": MARK_ID, "file_tags": True, "spoken_disclosure": True}
    assert httpx.get(f"{marking.url}/health").json()["provenance"] == on
    assert "veena3_tts_mark_enabled 1.0\n" in httpx.get(f"{marking.url}/metrics").text
    with connect(f"{marking.url.replace('http', 'ws')}/v1/tts/ws") as socket:
        socket.send(json.dumps({"text": "Hello.", "speaker": "lipakshi"}))
        while (event := json.loads(message) if isinstance(message := socket.recv(5), str) else {}).get(
            "type"
        ) != "start":
            pass
    assert event["mark_applied"] is True


@pytest.mark.parametrize(
    "options",
    [{"text": "Hello there."}, {"text": "<speak>Hello <break time='1s'/> there.</speak>", "input_type": "ssml"}],
)
def test_disclosure_precedes_the_text(marking, plain, options):
    answer = marking.generate(normalize_verbose=True, **options)
    assert unquote(answer.headers["X-Spoken-Text"]).startswith(f"{DISCLOSURE} Hello")
    assert answer.headers["X-Disclosure-Spoken"] == "true"
    without = plain.generate(normalize_verbose=True, **options)
    assert unquote(without.headers["X-Spoken-Text"]).startswith("Hello")
    assert without.headers["X-Disclosure-Spoken"] == "false"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("format", ["wav", "mp3", "opus", "mp4"])
def test_files_state_that_they_are_synthetic_with_model_and_request(marking, plain, format, stream):
    answer = marking.generate(format=format, stream=stream)
    with av.open(io.BytesIO(answer.content)) as file:
        fields = {**file.metadata, **file.streams[0].metadata}
    comment = next(value for name, value in fields.items() if name.lower() == "comment")
    request_id, model = answer.headers["X-Request-ID"], answer.headers["X-Model-Version"]
    assert comment == f"synthetic speech; model {model}; request {request_id}"
    assert b"synthetic" not in plain.generate(format=format, stream=stream).content


@pytest.fixture(scope="module")
def guarded(tiny, tmp_path_factory) -> Iterator[tuple[Served, str, str]]:
    """Start a marking server with keys, one that may search for marks and one that may not."""
    database = f"sqlite:///{tmp_path_factory.mktemp('provenance')}/keys.db"
    may, may_not = (make_key(database, *scopes)[1] for scopes in ((Scope.VOICES,), (Scope.GENERATE,)))
    with guarding(tiny, database, mark_secret=SECRET, mark_id=MARK_ID) as one:
        yield one.served, may, may_not


def detect(served: Served, data: bytes, key: str) -> httpx.Response:
    files = {"audio": ("a", data)}
    return httpx.post(f"{served.url}/v1/provenance/detect", files=files, headers={"X-API-Key": key}, timeout=60)


@pytest.mark.parametrize("format", ["wav", "mp3", "opus"])
def test_route_finds_the_mark_in_a_recording(guarded, format):
    served, key, _ = guarded
    answer = detect(served, encoded(marked(spoken(10), SIGNS), format), key)
    report = answer.json()
    assert answer.status_code == 200, report
    assert report["marked"] is True and report["id"] == MARK_ID and report["false_alarm"] < 1e-6
    assert report["seconds"] == pytest.approx(10, abs=0.1)
    (window,) = report["windows"]
    assert window["speed"] == 1.0 and window["start_s"] == 0 and window["score"] > 8


def test_route_finds_no_mark_in_other_speech(guarded):
    served, key, _ = guarded
    report = detect(served, encoded(spoken(10), "wav"), key).json()
    assert report["marked"] is False and report["id"] is None
    assert report["windows"][0]["speed"] is None
    assert served.metric("mark_searches_total", found="false") >= 1


@pytest.mark.parametrize(("data", "reason"), [(b"", "empty"), (b"no sound at all", "not a readable sound file")])
def test_route_refuses_what_is_no_recording(guarded, data, reason):
    served, key, _ = guarded
    answer = detect(served, data, key)
    assert answer.status_code == 400 and reason in answer.json()["error"]["message"]


def test_route_needs_the_scope_voices_and_a_file(guarded):
    served, key, may_not = guarded
    assert detect(served, b"data", may_not).status_code == 403
    empty = httpx.post(f"{served.url}/v1/provenance/detect", data={"a": "b"}, headers={"X-API-Key": key})
    assert empty.status_code == 400


def test_route_answers_400_without_a_secret(plain):
    answer = detect(plain, encoded(spoken(1), "wav"), "none")
    assert answer.status_code == 400 and "MARK_SECRET" in answer.json()["error"]["message"]


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setenv("MARK_SECRET", SECRET)
    return lambda *arguments: CliRunner().invoke(app, ["detect", *map(str, arguments)])


def wav_of(samples: np.ndarray) -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return target.getvalue()


def test_command_finds_the_mark_of_its_secret(run, tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(wav_of(marked(spoken(12), SIGNS)))
    said = run(path)
    assert said.exit_code == 0 and f"marked, id {MARK_ID}: 2 of 2 windows" in said.output, said.output
    report = json.loads(run(path, "--json").output)
    assert report["marked"] is True and len(report["windows"]) == 2


def test_command_exits_with_1_without_a_mark(run, tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(wav_of(spoken(3)))
    said = run(path)
    assert said.exit_code == 1 and "no mark of this secret in 3.0 s" in said.output


def test_command_says_in_one_line_why_it_cannot_search(run, tmp_path, monkeypatch):
    path = tmp_path / "a.wav"
    path.write_bytes(b"text")
    for arguments, reason in (((path,), "not a readable sound file"), ((tmp_path / "b",), "No such file")):
        with pytest.raises(Exception, match=reason):
            raise run(*arguments).exception
    monkeypatch.delenv("MARK_SECRET")
    with pytest.raises(Exception, match="MARK_SECRET is not set"):
        raise run(path).exception


def test_documented_commands_work(guarded, tmp_path):
    served, key, _ = guarded
    (tmp_path / "hello.wav").write_bytes(wav_of(marked(spoken(10), SIGNS)))
    paths = f"{ROOT}{os.pathsep}{ROOT}/clients/python"
    environment = os.environ | {"VEENA3_API_KEY": key, "MARK_SECRET": SECRET, "PYTHONPATH": paths}
    commands = list(commands_of("docs/provenance.md"))
    assert len(commands) == 2
    for command in commands:
        script = command.replace(LOCAL, served.url).replace("curl ", "curl --fail-with-body -sS ")
        ended = subprocess.run(
            ["bash", "-c", f"{VEENA3}; {script}"], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert ended.returncode == 0 and "42" in ended.stdout, (command, ended.stdout, ended.stderr)


def test_documented_report_has_the_fields_of_a_real_one(guarded):
    served, key, _ = guarded
    (shown,) = re.findall(r"```json\n(.*?)```", (ROOT / "docs/provenance.md").read_text(), re.DOTALL)
    real = detect(served, encoded(marked(spoken(2), SIGNS), "wav"), key).json()
    assert json.loads(shown).keys() == real.keys()
    assert json.loads(shown)["windows"][0].keys() == real["windows"][0].keys()
