"""End-to-end tests: `veena3 serve` in a process of its own, with the demo voice and both engines, and real clients."""

import base64
import io
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import httpx
import numpy as np
import pytest
import soundfile
from openai import OpenAI
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.line import Conversation, Line, address_of
from training.demo_voice.recogniser import Recogniser, words

ROOT = Path(__file__).parents[1]
SENTENCES = (Path(__file__).parent / "data" / "unseen_sentences_en.txt").read_text().splitlines()[:20]
CLIENTS = ROOT / ".venv-clients" / "bin" / "python"


@pytest.fixture(
    scope="module",
    params=[
        "transformers",
        pytest.param(
            "vllm",
            marks=pytest.mark.skipif(
                find_spec("vllm") is None, reason="vLLM IS NOT INSTALLED: half of the line is untested"
            ),
        ),
    ],
)
def line(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    log = tmp_path_factory.mktemp("line") / f"{request.param}.log"
    command = [sys.executable, "-c", "from api.cli.main import main; main()", "serve", "--port", "0"]
    environment = os.environ | {
        "ENGINE": request.param,
        "CODEC_MODE": "eager",
        "WINDOW_LOOKAHEAD": "20",  # exact; test_demo_voice_windows.py measures the error of the voice's own value
        "CHECKPOINT": str(ROOT / "voices" / "demo"),
    }
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        served = None
        try:
            served = Line(process, address_of(process, log), request.param)
            yield served
        finally:
            process.send_signal(signal.SIGTERM)
            expected = {1} if served and served.engine_killed else {0, -signal.SIGTERM}
            assert process.wait(60) in expected, log.read_text()


@pytest.fixture(scope="module")
def listener() -> Recogniser:
    return Recogniser(SENTENCES)


def samples_of(wav: bytes) -> np.ndarray:
    with wave.open(io.BytesIO(wav)) as file:
        return np.frombuffer(file.readframes(10**9), "<i2")


def test_unseen_sentences_are_intelligible(line, listener):
    speakers = [voice["id"] for voice in httpx.get(f"{line.url}/v1/voices").json()["voices"]]
    heard = []
    for n, sentence in enumerate(SENTENCES):
        wav = line.say(sentence, speakers[n % len(speakers)], seed=100 + n, stream=bool(n % 3)).content
        heard.append(listener.recognise(samples_of(wav) / 32768) == words(sentence))
    assert sum(heard) >= 18, [sentence for sentence, ok in zip(SENTENCES, heard, strict=True) if not ok]


def test_streamed_and_whole_sound_are_equal(line):
    text = "The same words, the same seed, the same sound."
    streamed, whole = line.say(text, seed=11, stream=True).content, line.say(text, seed=11).content
    # Windows of other sizes are summed in another order, so a sample may round to the next value.
    np.testing.assert_allclose(samples_of(streamed), samples_of(whole), rtol=0, atol=1)
    np.testing.assert_array_equal(soundfile.read(io.BytesIO(streamed), dtype="int16")[0], samples_of(streamed))


def test_curl_from_the_readme_plays(line, tmp_path):
    readme = (ROOT / "README.md").read_text()
    (command,) = re.findall(r"```console\n(curl -N [^`]*?)```", readme)
    subprocess.run(command.replace("http://127.0.0.1:8000", line.url), shell=True, check=True, cwd=tmp_path)
    samples, rate = soundfile.read(tmp_path / "hello.wav")
    assert rate == 16_000 and 1 < len(samples) / rate < 6 and np.abs(samples).max() > 0.05


def test_say_from_the_readme_writes_sound(line, tmp_path):
    (arguments,) = re.findall(r"^\.venv/bin/veena3 (say .*)$", (ROOT / "README.md").read_text(), re.MULTILINE)
    command = [sys.executable, "-c", "from api.cli.main import main; main()", *shlex.split(arguments)]
    said = subprocess.run([*command, "--url", line.url], check=True, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    samples, rate = soundfile.read(tmp_path / "hello.wav")
    assert rate == 16_000 and np.abs(samples).max() > 0.05
    assert f"{len(samples) / rate:.2f} s of sound, real time factor" in said.stderr


def test_openai_client_from_the_readme_writes_sound(line, tmp_path):
    (program,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    command = [sys.executable, "-W", "error", "-c", program.replace("http://127.0.0.1:8000", line.url)]
    subprocess.run(command, check=True, cwd=tmp_path)
    samples, rate = soundfile.read(tmp_path / "hello.mp3")
    assert rate == 24_000 and 1 < len(samples) / rate < 6 and np.abs(samples).max() > 0.05


def test_events_contain_the_sound_of_the_stream(line):
    body = {"text": "Nobody noticed the small green door.", "speaker": "bittu", "seed": 21, "format": "pcm"}
    answer = httpx.post(f"{line.url}/v1/tts/sse", json=body, timeout=60).text.strip().split("\n\n")
    events = [json.loads(event.split("\ndata: ")[1]) for event in answer]
    sound = b"".join(base64.b64decode(event["audio"]) for event in events if event["type"] == "audio")
    streamed = line.say(body["text"], "bittu", seed=21, format="pcm", stream=True).content
    np.testing.assert_allclose(np.frombuffer(sound, "<i2"), np.frombuffer(streamed, "<i2"), rtol=0, atol=1)
    assert events[-1]["type"] == "end" and events[-1]["seconds"] == pytest.approx(len(sound) / 32_000)


@pytest.mark.parametrize(
    "smallest", [{"temperature": 1e-38}, {"top_p": 1e-46}, {"temperature": 5e-324, "top_p": 5e-324}]
)
def test_smallest_sampling_values_are_greedy_on_every_route(line, smallest):
    body = {"text": "Good morning.", "speaker": "lipakshi", "format": "pcm", "seed": 3} | smallest
    greedy = line.say(body["text"], format="pcm", temperature=0).content
    received = [line.say(**body, stream=stream).content for stream in (False, True)]

    answer = httpx.post(f"{line.url}/v1/tts/sse", json=body, timeout=60).text.strip().split("\n\n")
    events = [json.loads(event.split("\ndata: ")[1]) for event in answer]
    received.append(b"".join(base64.b64decode(event["audio"]) for event in events if event["type"] == "audio"))

    with connect(line.url.replace("http", "ws") + "/v1/tts/ws") as socket:
        conversation = Conversation(socket)
        conversation.send(type="speak", **body)
        conversation.until("end")
    received.append(b"".join(conversation.sound))

    client = OpenAI(base_url=f"{line.url}/v1", api_key="none", max_retries=0)
    extra = {"sample_rate": 16_000, "seed": 3} | smallest
    spoken = client.audio.speech.create(
        model="tts-1", voice="lipakshi", input=body["text"], response_format="pcm", extra_body=extra
    )
    received.append(spoken.content)
    for sound in received:
        np.testing.assert_allclose(np.frombuffer(sound, "<i2"), np.frombuffer(greedy, "<i2"), rtol=0, atol=1)


@pytest.mark.parametrize("count", [40, pytest.param(200, marks=pytest.mark.slow)])
def test_voice_agent_streams_text_cancels_and_speaks_again(line, count):
    """Text arrives word by word, sound starts before the second sentence ends, a cancel leaves no trace."""
    tokens = [word + " " for word in (" ".join(SENTENCES) + " ").split() * 2][:count]
    first_sentence = len(SENTENCES[0].split())
    with connect(line.url.replace("http", "ws") + "/v1/tts/ws") as socket:
        conversation = Conversation(socket)
        for n, token in enumerate(tokens):
            conversation.send(type="text", context_id="a", text=token, **(AGENT if n == 0 else {}))
            if n == first_sentence + 1:  # two words of the second sentence
                conversation.until("sound")
        conversation.send(type="end", context_id="a")
        assert conversation.until("end")["seconds"] > 0.25 * count
        chunks = [event["text"] for event in conversation.events if event["type"] == "chunk"]
        assert "".join(chunks).split() == "".join(tokens).split()

        conversation.send(type="speak", context_id="b", text=" ".join(SENTENCES), **AGENT)
        conversation.until("sound")
        started = time.perf_counter()
        conversation.send(type="cancel", context_id="b")
        conversation.until("cancelled")
        assert time.perf_counter() - started < 1  # measured with vLLM on busy cores: median 10 ms, at most 37 ms
        assert httpx.get(f"{line.url}/health").json()["queue"] == {"running": 0, "waiting": 0}

        conversation.sound.clear()
        conversation.send(type="speak", context_id="c", text="Good morning.", seed=1, **AGENT)
        conversation.until("end")
    alone = line.say("Good morning.", seed=1, stream=True, format="pcm").content
    received = np.frombuffer(b"".join(conversation.sound), "<i2")
    np.testing.assert_allclose(received, np.frombuffer(alone, "<i2"), rtol=0, atol=1)


AGENT = {"speaker": "lipakshi", "format": "pcm"}


def test_message_over_the_limit_closes_the_connection(line):
    with connect(line.url.replace("http", "ws") + "/v1/tts/ws", max_size=None) as socket:
        with pytest.raises(ConnectionClosed):
            socket.send("a" * 2_000_000)
            socket.recv(20)
        assert socket.close_code == 1009


@pytest.mark.slow
@pytest.mark.skipif(not CLIENTS.exists(), reason="NO .venv-clients (`make clients`): LIVEKIT AND PIPECAT ARE UNTESTED")
@pytest.mark.parametrize("agent", ["livekit_agent", "pipecat_agent"])
def test_agent_frameworks_work_through_their_openai_plugins(line, agent):
    """Unchanged plugins in an environment of their own. LiveKit uses events with MP3 and PCM, and plain MP3."""
    command = [str(CLIENTS), str(ROOT / "tests" / "clients" / f"{agent}.py"), line.url]
    alone = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=120, env=alone)
    for heard in json.loads(said.stdout):
        assert heard["rate"] == 24_000 and 2 < heard["seconds"] < 9 and heard["peak"] > 1600 and heard["frames"] > 3


def test_nothing_is_unfinished_after_100_requests_with_every_tenth_disconnected(line):
    """Afterwards the same request gives the same sound as before."""
    before = line.say("Good morning.", seed=1).content

    def request(n: int) -> None:
        body = {"text": "Good morning.", "speaker": "lipakshi", "stream": True, "seed": n}
        with httpx.stream("POST", f"{line.url}/v1/tts/generate", json=body, timeout=60) as answer:
            pieces = answer.iter_raw()
            next(pieces)
            if n % 10:
                for _ in pieces:
                    pass

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(request, range(100)))
    assert httpx.get(f"{line.url}/health").json()["queue"] == {"running": 0, "waiting": 0}
    assert line.say("Good morning.", seed=1).content == before


def test_killed_engine_process_breaks_streams_and_ends_the_server(line):
    """Must be the last test of an engine. Kills vLLM's engine process while it generates."""
    if line.engine != "vllm":
        pytest.skip("this engine has no process of its own")
    children = _descendants(line.process.pid)
    body = {
        "text": "This stream will never come to its end, " * 8,
        "speaker": "lipakshi",
        "stream": True,
        "chunking": False,
    }
    with (
        pytest.raises(httpx.RemoteProtocolError),
        httpx.stream("POST", f"{line.url}/v1/tts/generate", json=body) as answer,
    ):
        assert answer.status_code == 200
        pieces = answer.iter_raw()
        next(pieces)
        line.engine_killed = True
        for pid in children:
            os.kill(pid, signal.SIGKILL)
        for _ in pieces:
            pass
    assert line.process.wait(20) == 1


def _descendants(pid: int) -> list[int]:
    """Return the ids of the processes below `pid`, except the resource tracker."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            if b"resource_tracker" not in Path(f"/proc/{child}/cmdline").read_bytes():
                found += [child, *_descendants(child)]
    return found
