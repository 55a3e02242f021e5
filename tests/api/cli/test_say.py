"""`veena3 say` and `veena3 voices` against a running server."""

import io
import json
import re
import stat
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import httpx
import pytest
import soundfile
from typer.testing import CliRunner

from api.cli import main
from api.cli.main import app
from tests.fakes import HOP

TRANSPORTS = ["http", "sse", "ws"]


def say(server, *arguments: str, **more):
    return CliRunner().invoke(app, ["say", "Hello there.", "--url", server.url, *arguments], **more)


@pytest.mark.parametrize("over", TRANSPORTS)
def test_say_writes_the_same_sound_over_every_transport(common, tmp_path, over):
    out = tmp_path / "hello.wav"
    said = say(common, "--speaker", "lipakshi", "--seed", "3", "--over", over, "--out", str(out))
    assert said.exit_code == 0, said.output
    assert out.read_bytes() == common.generate(seed=3, stream=False).content  # its header states the length
    seconds = common.engine.length * HOP / 16_000
    assert f"{seconds:.2f} s of sound, real time factor " in said.stderr and "first sound after" in said.stderr


@pytest.mark.parametrize("over", TRANSPORTS)
def test_say_prints_each_message_with_its_time(common, tmp_path, over):
    shown = say(common, "--over", over, "--out", str(tmp_path / "hello.wav"), "--show-metrics").stderr
    lines = re.findall(r"^ *([\d.]+) ms  \+ *([\d.]+) ms  (\w+)(?: +(\d+) bytes at +([\d.]+) s)?", shown, re.MULTILINE)
    times, kinds = [float(line[0]) for line in lines], [line[2] for line in lines]
    assert times == sorted(times) and kinds[0] == "start" and kinds[-1] == "end" and kinds.count("audio") > 2
    begins = [float(line[4]) for line in lines if line[2] == "audio"]
    assert begins[0] == 0 < begins[1] and begins == sorted(begins) and begins[-1] > 0.5
    assert sum(int(line[3] or 0) for line in lines) == (tmp_path / "hello.wav").stat().st_size


def test_say_reports_the_length_of_compressed_sound_when_the_transport_gives_it(common, tmp_path):
    out = str(tmp_path / "hello.opus")
    assert "real time factor" in say(common, "--format", "opus", "--out", out).stderr
    assert soundfile.info(out).format == "OGG"
    told = say(common, "--format", "opus", "--out", out, "--over", "http")
    assert told.exit_code == 0 and "length unknown" in told.stderr


def test_say_reads_standard_input_and_writes_standard_output(common):
    command = [sys.executable, "-c", "from api.cli.main import main; main()", "say", "-", "--speed", "2"]
    said = subprocess.run(
        [*command, "--url", common.url, "--out", "-"], input=b"Hello there.\n", capture_output=True, check=True
    )
    samples, rate = soundfile.read(io.BytesIO(said.stdout))
    assert len(samples) / rate == pytest.approx(common.engine.length * HOP / 32_000, rel=0.2)
    assert b"real time factor" in said.stderr and b"\x1b" not in said.stderr


def test_say_without_out_gives_the_sound_to_a_player(common, tmp_path, monkeypatch):
    player, heard = tmp_path / "ffplay", tmp_path / "heard.wav"
    player.write_text(f"#!/bin/sh\n/bin/cat > {heard}\n/bin/sleep 1\n")
    player.chmod(player.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert say(common, "--seed", "4", "--speaker", "lipakshi").exit_code == 0
    assert heard.read_bytes() == common.generate(seed=4, stream=True).content
    player.write_text("#!/bin/sh\n/bin/cat > /dev/null\nexit 3\n")
    assert "ffplay ended with status 3" in str(say(common).exception)
    player.write_text("#!/bin/sh\n/bin/cat > /dev/null\n")  # as ffplay without a device: nothing was played
    assert "ffplay ended before the sound did" in str(say(common).exception)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.mp3", "MP3"), ("a.ogg", "OGG"), ("a.opus", "OGG"), ("a.FLAC", "FLAC"), ("a.wav", "WAV"), ("a", "WAV")],
)
def test_say_chooses_the_format_by_the_name_of_the_file(common, tmp_path, name, kind):
    assert say(common, "--out", str(tmp_path / name)).exit_code == 0
    info = soundfile.info(tmp_path / name)
    assert info.format == kind and info.duration == pytest.approx(common.engine.length * HOP / 16_000, abs=0.2)


def test_say_refuses_a_name_whose_suffix_is_no_format(common, tmp_path):
    assert "no format has the suffix .m4b" in str(say(common, "--out", str(tmp_path / "a.m4b")).exception)
    assert say(common, "--out", str(tmp_path / "a.m4b"), "--format", "mp3").exit_code == 0


def test_voices_prints_a_table_or_json(common):
    listed = CliRunner().invoke(app, ["voices", "--url", common.url])
    assert listed.exit_code == 0 and "lipakshi" in listed.output and "nova" in listed.output
    as_json = CliRunner().invoke(app, ["voices", "--url", common.url, "--json"])
    assert json.loads(as_json.output) == httpx.get(f"{common.url}/v1/voices").json()["voices"]


def test_client_commands_do_not_import_torch():
    program = "import sys; from api.cli import main, say, voices; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def one_line(monkeypatch, capsys, *arguments: str) -> str:
    """Run `veena3 …`, which must fail with status 1, and return the one line that it prints."""
    monkeypatch.setattr("sys.argv", ["veena3", *arguments])
    with pytest.raises(SystemExit) as ended:
        main.main()
    line = capsys.readouterr().err.strip()
    assert ended.value.code == 1 and "\n" not in line
    return line


@pytest.mark.parametrize("over", TRANSPORTS)
def test_say_without_a_server_fails_with_one_line(monkeypatch, capsys, tmp_path, over):
    asked = ["say", "Hello.", "--speaker", "x", "--over", over, "--out", str(tmp_path / "a.wav")]
    line = one_line(monkeypatch, capsys, *asked, "--url", "http://127.0.0.1:9")
    assert line == "veena3: no server answers at http://127.0.0.1:9; `veena3 serve` starts one"
    monkeypatch.setenv("PORT", "9")
    assert one_line(monkeypatch, capsys, *asked) == line and not (tmp_path / "a.wav").exists()


@pytest.mark.parametrize("over", TRANSPORTS)
def test_refused_request_fails_with_one_line_and_leaves_the_file_as_it_is(common, monkeypatch, capsys, tmp_path, over):
    out = tmp_path / "kept.wav"
    out.write_text("kept")
    asked = ["say", "Hello.", "--url", common.url, "--out", str(out), "--over", over]
    line = one_line(monkeypatch, capsys, *asked, "--speaker", "nobody")
    assert line.startswith("veena3: the server refuses: unknown speaker") and line.endswith("(INVALID_SPEAKER)")
    assert out.read_text() == "kept"


@pytest.mark.parametrize("over", TRANSPORTS)
def test_interrupted_stream_fails_with_one_line(served, monkeypatch, capsys, tmp_path, over):
    served.engine.fail_after = 40
    asked = ["say", "Hello.", "--url", served.url, "--out", str(tmp_path / "a.wav"), "--over", over]
    line = one_line(monkeypatch, capsys, *asked)
    assert "closed the answer early" in line if over == "http" else line.endswith("(GPU_FAULT)")


def test_unusable_output_or_address_fails_with_one_line(common, monkeypatch, capsys, tmp_path):
    def failure(*more):
        return one_line(monkeypatch, capsys, "say", "Hello.", "--url", common.url, *more)

    assert "No such file" in failure("--out", str(tmp_path / "nowhere" / "a.wav"))
    assert "starts with http" in failure("--out", "-", "--url", "127.0.0.1:8000")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "no player is installed" in failure()
    (tmp_path / "mpv").write_text("#!/bin/sh\n")
    (tmp_path / "mpv").chmod(0o755)
    assert "pcm has no header" in failure("--format", "pcm")


class ForeignServer(BaseHTTPRequestHandler):
    """Server of another kind, which refuses every request."""

    def log_message(self, format: str, *arguments: object) -> None:
        """Log nothing."""


def test_server_of_another_kind_is_named_as_such(monkeypatch, capsys):
    with HTTPServer(("127.0.0.1", 0), ForeignServer) as other:
        thread = Thread(target=other.handle_request)
        thread.start()
        line = one_line(monkeypatch, capsys, "voices", "--url", f"http://127.0.0.1:{other.server_port}")
        thread.join()
    assert line.endswith("/v1/voices answers 501 and is not a Veena3 server")


@pytest.mark.parametrize("over", ["sse", "ws"])
def test_say_writes_captions_beside_the_sound(common, tmp_path, over):
    out, srt, vtt = (tmp_path / f"hello.{suffix}" for suffix in ("wav", "srt", "vtt"))
    said = say(common, "--over", over, "--out", str(out), "--srt", str(srt), "--vtt", str(vtt))
    assert said.exit_code == 0, said.output
    assert out.exists() and srt.read_text() == "1\n00:00:00,000 --> 00:00:01,200\nHello there.\n\n"
    assert vtt.read_text().startswith("WEBVTT\n\n00:00:00.000 --> 00:00:01.200\nHello there.")


@pytest.mark.parametrize(
    ("options", "reason"),
    [(("--over", "http", "--srt", "a.srt"), "--over sse or ws"), (("--srt", "no/such/a.srt"), "no folder")],
)
def test_say_refuses_captions_that_it_cannot_write(common, tmp_path, options, reason):
    said = say(common, "--out", str(tmp_path / "a.wav"), *options)
    assert said.exit_code != 0 and reason in str(said.exception) + said.output and not (tmp_path / "a.wav").exists()


def test_say_without_an_aligner_refuses_captions(served, tmp_path):
    object.__setattr__(served.app.state.service.loaded.pipeline, "aligner", None)
    said = say(served, "--out", str(tmp_path / "a.wav"), "--srt", str(tmp_path / "a.srt"))
    assert said.exit_code != 0 and "this checkpoint has no aligner" in str(said.exception) + said.output
    assert not list(tmp_path.iterdir())
