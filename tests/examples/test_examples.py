"""The examples that need no framework, each as its own client uses it."""

import asyncio
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
import uvicorn
import yaml
from wyoming.audio import AudioChunk
from wyoming.client import AsyncTcpClient
from wyoming.info import Describe, Info
from wyoming.tts import Synthesize, SynthesizeVoice

from tests.api.adapters.vendor_socket import joined
from tests.api.adapters.vendor_socket import vendor_socket as open_socket
from tests.examples.conftest import EXAMPLES
from tests.fakes import HOP
from tests.servers import free_port, on_a_thread

ROOT = Path(__file__).parents[2]
SPEECH = {"text": "Hello there."}


def serving(app):
    return on_a_thread(uvicorn.Server(uvicorn.Config(app, log_config=None)))


def test_proxy_passes_audio_on_and_keeps_the_key(guarded, example):
    with serving(example("fastapi_proxy").app) as port:
        url = f"http://127.0.0.1:{port}/speech"
        with httpx.stream("POST", url, json=SPEECH) as answer:
            sound = b"".join(answer.iter_raw())
        assert answer.status_code == 200 and answer.headers["content-type"] == "audio/mpeg" and len(sound) > 1000
        assert httpx.post(url, json={"text": ""}).status_code == 422
        refused = httpx.post(url, json={"text": "a\x00b"})
        assert refused.status_code == 400 and refused.json()["error"]["code"] == "VALIDATION_ERROR"


def test_proxy_frees_the_engine_when_its_user_leaves(guarded, example):
    engine = guarded.served.engine
    with serving(example("fastapi_proxy").app) as port:
        engine.forever, engine.delay_s = True, 0.002
        try:
            with httpx.stream("POST", f"http://127.0.0.1:{port}/speech", json=SPEECH) as answer:
                next(answer.iter_raw())
            guarded.served.until(lambda: engine.unfinished == 0)
        finally:
            engine.forever, engine.delay_s = False, 0.0


def test_proxy_tells_that_the_service_is_missing(example, monkeypatch):
    proxy = example("fastapi_proxy")
    monkeypatch.setattr(proxy, "URL", f"http://127.0.0.1:{free_port()}")
    with serving(proxy.app) as port:
        assert httpx.post(f"http://127.0.0.1:{port}/speech", json=SPEECH).status_code == 502


async def test_call_is_connected_to_the_service_and_hears_the_greeting(guarded, example):
    program = await asyncio.to_thread(example, "twilio_call")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(program.app), base_url="http://bot") as twilio:
        told = await twilio.post("/call", data={"CallSid": "CA1"})
    assert told.headers["content-type"] == "application/xml"
    response = ElementTree.fromstring(told.content)
    stream = response.find("Connect/Stream")
    assert response[-1].tag == "Hangup" and stream is not None
    url = stream.attrib["url"].removeprefix(f"ws://127.0.0.1:{guarded.served.port}")
    given = {parameter.attrib["name"]: parameter.attrib["value"] for parameter in stream.iter("Parameter")}
    async with open_socket(guarded.served, url) as call:
        await call.send(event="connected", protocol="Call", version="1.0.0")
        await call.send(event="start", streamSid="MZ1", start={"streamSid": "MZ1", "customParameters": given})
        mark = await call.until(lambda message: message["event"] == "mark")
        sound = joined(message["media"]["payload"] for message in call.messages if message["event"] == "media")
        assert len(sound) >= guarded.served.engine.length * HOP // 2
        await call.send(event="mark", streamSid="MZ1", mark=mark["mark"])
        assert (await call.to_the_end())[0] == 1000


def test_open_webui_lists_and_speaks_with_the_settings_of_the_example(guarded):
    environment = yaml.safe_load((EXAMPLES / "open-webui/compose.yaml").read_text())["services"]["open-webui"][
        "environment"
    ]
    assert environment["AUDIO_TTS_ENGINE"] == "openai"
    base = re.sub(r"\$\{VEENA3_URL:-[^}]+\}", guarded.served.url, environment["AUDIO_TTS_OPENAI_API_BASE_URL"])
    model, voice = environment["AUDIO_TTS_MODEL"], environment["AUDIO_TTS_VOICE"]
    assert voice in [listed["id"] for listed in httpx.get(f"{base}/audio/voices").json()["voices"]]
    assert model in [listed["id"] for listed in httpx.get(f"{base}/audio/models").json()["models"]]
    body = {"model": model, "input": "An answer.", "voice": voice}
    for key, status in ((guarded.key(), 200), ("none", 401)):
        answer = httpx.post(f"{base}/audio/speech", json=body, headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == status
    assert environment["AUDIO_TTS_OPENAI_API_KEY"] == "${VEENA3_API_KEY:-none}"


@pytest.fixture
def bridge(guarded) -> Iterator[tuple[dict, int]]:
    """Start the bridge with the command of Home Assistant's example; yield the automation's action, and the port."""
    text = (EXAMPLES / "home-assistant/automation.yaml").read_text()
    ((action,),) = [automation["actions"] for automation in yaml.safe_load(text)]
    (command,) = re.findall(r"^#\s+(veena3 wyoming .*)$", text, re.MULTILINE)
    port = free_port()
    asked = command.replace("10300", str(port)).replace("http://127.0.0.1:8000", guarded.served.url)
    program = [sys.executable, "-c", "from api.cli.main import main; main()", *shlex.split(asked)[1:]]
    program += ["--key", guarded.key()]
    with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout and "Wyoming at" in process.stdout.readline()
            yield action, port
        finally:
            process.terminate()


async def test_home_assistant_speaks_the_message_of_the_example(bridge):
    action, port = bridge
    client = await _connected(port)
    await client.write_event(Describe().event())
    (service,) = Info.from_event(await client.read_event()).tts
    assert action["target"]["entity_id"] == f"tts.{service.name}"
    voice = next(v for v in service.voices if v.name == action["data"]["options"]["voice"])
    await client.write_event(Synthesize(action["data"]["message"], SynthesizeVoice(voice.name)).event())
    while (event := await client.read_event()) and not AudioChunk.is_type(event.type):
        assert event.type == "audio-start"
    assert event and len(AudioChunk.from_event(event).audio) > 0
    await client.disconnect()


async def _connected(port: int) -> AsyncTcpClient:
    client = AsyncTcpClient("127.0.0.1", port, read_timeout=10)
    for _ in range(500):
        try:
            await client.connect()
        except OSError:
            await asyncio.sleep(0.01)
        else:
            return client
    raise AssertionError("the bridge does not listen")


def test_every_example_is_listed_and_run():
    """Each row of the table names a file that is there and the tests that run it."""
    rows = re.findall(r"^\| \[`(.+?)`\]\(.+?\) \|.*\| `(.+?)` \|$", (EXAMPLES / "README.md").read_text(), re.MULTILINE)
    files = {
        str(path.relative_to(EXAMPLES)) for path in EXAMPLES.rglob("*") if path.is_file() and path.suffix != ".pyc"
    }
    assert {name for name, _ in rows} == files - {"README.md"}
    for name, tests in rows:
        assert Path(name).parts[0].partition(".")[0] in (ROOT / tests).read_text()
