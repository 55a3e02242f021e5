"""`veena3 say` and `veena3 voices` at a server whose answers are not those of the service."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from websockets.sync.server import serve

from api.cli import main
from tests.answering import answering
from tests.api.cli.test_say import one_line
from veena3_client import checks

START = {"type": "start", "context_id": "speech", "format": "wav", "sample_rate": 16_000}
SOUND = {"type": "audio", "audio": base64.b64encode(b"ab").decode(), "samples": 1}
VOICE = {"id": "v", "aliases": [], "languages": [], "gender": None, "description": "d"}
SHAPE = "does not answer as a Veena3 server does"


@contextmanager
def lying(body: bytes, *, status: int = 200, headers: dict[str, str] | None = None) -> Iterator[str]:
    """Answer every request with the same body; give the server's address."""
    with answering((status, headers or {}, body)) as (url, _):
        yield url


@contextmanager
def lying_socket(*messages: str | bytes) -> Iterator[str]:
    """Send the same messages to every client, and close; give the server's address."""

    def answer(connection) -> None:
        connection.recv(), connection.recv()
        for message in messages:
            connection.send(message)

    with serve(answer, "127.0.0.1", 0) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.socket.getsockname()[1]}"
        server.shutdown()
        thread.join()


def events(*given: object) -> bytes:
    return b"".join(b"data: %s\n\n" % json.dumps(event).encode() for event in given)


def failure(monkeypatch, capsys, tmp_path, url: str, over: str) -> str:
    asked = ("say", "Hello.", "--speaker", "v", "--url", url, "--over", over, "--out", str(tmp_path / "a.wav"))
    return one_line(monkeypatch, capsys, *asked)


@pytest.mark.parametrize(
    "headers",
    [{}, {"x-format": "wav"}, {"x-format": "wav", "x-sample-rate": "0"}, {"x-format": "wav", "x-sample-rate": "fast"}],
)
def test_headers_that_are_missing_or_wrong_fail_with_one_line(monkeypatch, capsys, tmp_path, headers):
    with lying(b"RIFF", headers=headers) as url:
        assert failure(monkeypatch, capsys, tmp_path, url, "http") == f"veena3: {url} {SHAPE}"


def test_wav_without_sound_fails_with_one_line(monkeypatch, capsys, tmp_path):
    with lying(b"RIFF....", headers={"x-format": "wav", "x-sample-rate": "16000"}) as url:
        assert failure(monkeypatch, capsys, tmp_path, url, "http").endswith(SHAPE)


@pytest.mark.parametrize(
    "body",
    [
        b"data: {\n\n",
        b"data: []\n\n",
        b"data: \xff\n\n",
        b"data: " + b"[" * 100_000 + b"\n\n",
        events({}),
        events({"type": 3}),
        events({"type": "start"}),
        events(START | {"sample_rate": 0}),
        events(START | {"sample_rate": "16000"}),
        events(SOUND),
        events(START, SOUND | {"audio": "a"}),
        events(START, SOUND | {"audio": 3}),
        events(START, SOUND | {"samples": -1}),
        events(START, SOUND | {"samples": 10**400}),
        events(START, SOUND, {"type": "end", "seconds": "long"}),
        events({"type": "error", "error": "no"}),
        b"data: " + b"a" * 70_000,
    ],
)
def test_events_that_are_none_fail_with_one_line(monkeypatch, capsys, tmp_path, body):
    monkeypatch.setattr(checks, "MAX_BYTES", 65_536)
    with lying(body) as url:
        assert failure(monkeypatch, capsys, tmp_path, url, "sse").startswith(f"veena3: {url} {SHAPE}")


@pytest.mark.parametrize("body", [b"", events(START, SOUND), b": nothing\n\n"])
def test_events_without_their_end_fail_with_one_line(monkeypatch, capsys, tmp_path, body):
    with lying(body) as url:
        assert failure(monkeypatch, capsys, tmp_path, url, "sse").endswith("ended its events too early")


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        (["{"], SHAPE),
        (["[]"], SHAPE),
        (["{}"], SHAPE),
        ([json.dumps({**START, "context_id": None})], SHAPE),
        ([json.dumps({**START, "context_id": 3})], SHAPE),
        ([json.dumps(START | {"sample_rate": 0})], SHAPE),
        ([b"12345678"], SHAPE),
        ([json.dumps(START), b"123"], SHAPE),
        ([json.dumps(START)], "ended its events too early"),
        ([], "ended its events too early"),
    ],
)
def test_messages_that_are_none_fail_with_one_line(monkeypatch, capsys, tmp_path, messages, said):
    with lying_socket(*messages) as url:
        assert failure(monkeypatch, capsys, tmp_path, url, "ws").endswith(said)


@pytest.mark.parametrize(
    "body", [b"<html>", b"[]", b"{}", b'{"voices": []}', b'{"voices": [3]}', b'{"voices": [{"id": 3}]}', b"1" * 70_000]
)
@pytest.mark.parametrize("command", [("voices",), ("say", "Hello.", "--out", "-")])
def test_voices_that_are_none_fail_with_one_line(monkeypatch, capsys, body, command):
    monkeypatch.setattr(checks, "MAX_BYTES", 65_536)
    with lying(body) as url:
        assert one_line(monkeypatch, capsys, *command, "--url", url) == f"veena3: {url} {SHAPE}"


def test_refusal_is_printed_without_control_characters(monkeypatch, capsys, tmp_path):
    error = {"error": {"code": "A\x1b[2J", "message": "no\r\n\x9b31m\u202e\ud800" + "!" * 600}}
    said = "the server refuses: no???31m??" + "!"
    for over, body, status in (
        ("http", json.dumps(error).encode(), 400),
        ("sse", events({"type": "error"} | error), 200),
    ):
        with lying(body, status=status) as url:
            line = failure(monkeypatch, capsys, tmp_path, url, over)
        assert line.startswith(f"veena3: {said}") and line.endswith("!… (A?[2J)")


def test_voices_are_printed_without_control_characters(monkeypatch, capsys):
    body = json.dumps({"voices": [VOICE | {"description": "a\x1b[2J\x9b"}]}).encode()
    with lying(body) as url:
        for options in ((), ("--json",)):
            monkeypatch.setattr("sys.argv", ["veena3", "voices", "--url", url, *options])
            with pytest.raises(SystemExit) as ended:
                main.main()
            printed = capsys.readouterr().out
            assert not ended.value.code and "\x1b" not in printed and "\x9b" not in printed and "[2J" in printed
