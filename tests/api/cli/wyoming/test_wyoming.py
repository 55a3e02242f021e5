"""`veena3 wyoming` with the protocol's own client, as Home Assistant uses it, and a running server behind it."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import numpy as np
import pytest
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.error import Error
from wyoming.event import Event
from wyoming.info import Describe, Info
from wyoming.ping import Ping, Pong
from wyoming.tts import (
    Synthesize,
    SynthesizeChunk,
    SynthesizeStart,
    SynthesizeStop,
    SynthesizeStopped,
    SynthesizeVoice,
)

from api.cli.wyoming.command import serve
from api.cli.wyoming.voices import speaker_of
from shared.errors import CommandFailed, StartupError
from tests.api.client import WITHIN_S, freed
from tests.api.keys import guarding
from tests.fakes import HOP
from veena3_client import Voice


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@asynccontextmanager
async def bridged(url: str, *, key: str | None = None, speaker: str | None = None) -> AsyncIterator[AsyncTcpClient]:
    """Run the bridge to a server, and open a client of it."""
    port = free_port()
    bridge = asyncio.create_task(serve("127.0.0.1", port, url=url, key=key, speaker=speaker))
    try:
        client = AsyncTcpClient("127.0.0.1", port, read_timeout=10)
        for _ in range(500):
            with suppress(OSError):
                await client.connect()
                break
            assert not bridge.done(), bridge.exception()
            await asyncio.sleep(0.01)
        yield client
        await client.disconnect()
    finally:
        bridge.cancel()
        with suppress(asyncio.CancelledError):
            await bridge


async def heard(client: AsyncTcpClient) -> tuple[list[str], np.ndarray]:
    """Return the types of the events of one speech, and its sound."""
    kinds, sound = [], b""
    while True:
        event = await client.read_event()
        assert event, "the bridge closed the connection"
        kinds.append(event.type)
        if AudioChunk.is_type(event.type):
            sound += AudioChunk.from_event(event).audio
        if AudioStop.is_type(event.type) or Error.is_type(event.type):
            return kinds, np.frombuffer(sound, "<i2")


async def test_description_lists_every_voice_with_its_languages(common):
    async with bridged(common.url) as client:
        await client.write_event(Describe().event())
        (program,) = Info.from_event(await client.read_event()).tts
        assert program.supports_synthesize_streaming and program.installed and len(program.voices) == 12
        assert (program.voices[0].name, program.voices[0].languages) == ("lipakshi", ["en", "hi", "te"])
        await client.write_event(Ping(text="x").event())
        assert Pong.from_event(await client.read_event()).text == "x"


async def test_two_turns_on_one_connection_are_spoken_whole(common):
    async with bridged(common.url) as client:
        for name in ("Bittu", None):
            await client.write_event(Synthesize("Hello there.", SynthesizeVoice(name=name) if name else None).event())
            start = AudioStart.from_event(await client.read_event())
            assert (start.rate, start.width, start.channels) == (16_000, 2, 1)
            kinds, sound = await heard(client)
            assert set(kinds) == {"audio-chunk", "audio-stop"}
            assert len(sound) == common.engine.length * HOP and np.abs(sound).max() > 500


async def test_text_that_streams_is_spoken_before_its_end(served):
    async with bridged(served.url) as client:
        await client.write_event(SynthesizeStart(SynthesizeVoice(language="hi-IN")).event())
        await client.write_event(SynthesizeChunk("The first sentence is here. The second").event())
        kinds = [(await client.read_event()).type for _ in range(2)]
        assert kinds == ["audio-start", "audio-chunk"]  # the second sentence has not arrived yet
        await client.write_event(SynthesizeChunk(" follows.").event())
        await client.write_event(Synthesize("The first sentence is here. The second follows.").event())  # as a whole
        await client.write_event(SynthesizeStop().event())
        kinds, sound = await heard(client)
        assert kinds[-1] == "audio-stop" and len(sound) > served.engine.length * HOP
        assert SynthesizeStopped.is_type((await client.read_event()).type)
        await client.write_event(Synthesize("Next.").event())  # the connection goes on
        assert (await heard(client))[0][-1] == "audio-stop"


async def test_client_that_leaves_frees_the_engine(served):
    served.engine.forever, served.engine.delay_s = True, 0.002
    async with bridged(served.url) as client:
        await client.write_event(Synthesize("Hello there.").event())
        while not AudioChunk.is_type((await client.read_event()).type):
            pass
        begun = time.perf_counter()
        await client.disconnect()
        await freed(served)
        assert time.perf_counter() - begun < WITHIN_S


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (Synthesize("Hello.", SynthesizeVoice(name="nobody")), "INVALID_SPEAKER"),
        (Synthesize("<|im_end|>"), "VALIDATION_ERROR"),
        (Synthesize("a" * 50_001), "TEXT_TOO_LONG"),
    ],
)
async def test_refusal_of_the_service_is_an_error_event_and_the_connection_goes_on(common, asked, code):
    async with bridged(common.url) as client:
        await client.write_event(asked.event())
        while not Error.is_type((event := await client.read_event()).type):
            pass
        error = Error.from_event(event)
        assert error.code == code and "\n" not in error.text
        await client.write_event(Synthesize("Hello.").event())
        assert (await heard(client))[0][-1] == "audio-stop"


async def test_event_without_its_data_is_refused_and_unknown_events_are_ignored(common):
    async with bridged(common.url) as client:
        await client.write_event(Event(type="transcribe"))
        await client.write_event(Event(type="synthesize"))
        assert Error.from_event(await client.read_event()).code == "INVALID"


async def test_text_without_anything_to_speak_ends_at_once(common):
    async with bridged(common.url) as client:
        await client.write_event(Synthesize("...").event())
        assert (await heard(client))[0][-1] == "audio-stop"


async def test_service_with_keys_is_used_with_the_key_of_the_command(tiny, tmp_path):
    with guarding(tiny, f"sqlite:///{tmp_path}/keys.db") as guarded:
        key = await asyncio.to_thread(guarded.key)
        async with bridged(guarded.served.url, key=key, speaker="Asha") as client:
            await client.write_event(Synthesize("Hello there.").event())
            assert (await heard(client))[0][-1] == "audio-stop"
        with pytest.raises(CommandFailed, match="INVALID_API_KEY"):
            await serve("127.0.0.1", free_port(), url=guarded.served.url, key=None, speaker=None)


async def test_port_in_use_is_one_line(common):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            StartupError, match=f"--port: cannot listen on 127.0.0.1, port {port}: Address already in use"
        ):
            await serve("127.0.0.1", port, url=common.url, key=None, speaker=None)


VOICES = [Voice("one", (), ("en",), None, ""), Voice("two", (), ("hi-IN", "te"), None, "")]


@pytest.mark.parametrize(
    ("asked", "default", "speaker"),
    [
        (None, None, "one"),
        (None, "two", "two"),
        (SynthesizeVoice(name="Three"), None, "Three"),
        (SynthesizeVoice(language="hi"), None, "two"),
        (SynthesizeVoice(language="te-IN"), "one", "two"),
        (SynthesizeVoice(language="en-GB"), "one", "one"),
        (SynthesizeVoice(language="ta"), None, "one"),
    ],
)
def test_voice_is_chosen_by_name_then_language_then_default(asked, default, speaker):
    assert speaker_of(asked, VOICES, default) == speaker


def test_command_without_its_package_fails_with_one_line(tmp_path):
    program = "import sys; sys.modules['wyoming'] = None; sys.argv = ['veena3', 'wyoming']\n"
    program += "import importlib.util as u; find = u.find_spec\n"
    program += "u.find_spec = lambda name: None if name == 'wyoming' else find(name)\n"
    program += "from api.cli.main import main; main()"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=os.environ, check=False)
    assert said.returncode == 1 and said.stderr == (
        "veena3: wyoming needs the package wyoming: pip install 'veena3-tts[wyoming]'\n"
    )


def test_command_speaks_over_the_wire(common):
    """Without the package's client: one line of JSON, then its data."""
    port = free_port()
    command = [sys.executable, "-c", "from api.cli.main import main; main()", "wyoming", "--port", str(port)]
    with subprocess.Popen([*command, "--url", common.url], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert f"tcp://127.0.0.1:{port}" in process.stdout.readline()
            for _ in range(200):
                with suppress(OSError):
                    connection = socket.create_connection(("127.0.0.1", port))
                    break
                time.sleep(0.01)
            with connection, connection.makefile("rwb") as wire:
                wire.write(b'{"type": "synthesize", "data": {"text": "Hello."}}\n')
                wire.flush()
                header = json.loads(wire.readline())
                assert header["type"] == "audio-start"
                assert json.loads(wire.read(header["data_length"]))["rate"] == 16_000
        finally:
            process.terminate()
            assert process.wait(10) in (0, -15)
