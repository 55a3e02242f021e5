"""Reading of recordings: by processes that the service does not start itself while it speaks."""

import asyncio
import subprocess

import psutil
import pytest

from audio.uploads.launcher import NICENESS, TIMED_OUT, run
from services.voices.recordings import AT_ONCE, RecordingReader
from shared.errors import Overloaded, RecordingUnusable
from tests.cloning_checkpoint import sound_file, speech_like

SOUND = sound_file(speech_like())
RATE = 16_000


@pytest.fixture
def reader():
    """Open a reader; nothing that it started runs on."""
    opened = RecordingReader()
    opened.start()
    launchers = launchers_of_this_process()
    assert len(launchers) == AT_ONCE
    yield opened
    opened.close()
    assert not any(launcher.is_running() for launcher in launchers)


def launchers_of_this_process() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "audio.uploads.launcher" in child.cmdline()]


async def test_reader_starts_no_process_itself_once_it_is_started(reader, monkeypatch):
    def refused(*_, **__):
        raise AssertionError("a start of a process holds the interpreter's lock")

    monkeypatch.setattr(subprocess, "Popen", refused)
    read = await asyncio.gather(*(reader.read(SOUND, rate=RATE) for _ in range(AT_ONCE + 1)))
    assert len({len(one.wave) for one in read}) == 1 and len(read[0].wave) > 3 * RATE
    with pytest.raises(RecordingUnusable, match="not a readable sound file"):
        await reader.read(b"no sound at all", rate=RATE)


async def test_reader_recovers_from_a_launcher_that_was_killed(reader):
    await reader.read(SOUND, rate=RATE)
    lowered = min(psutil.Process().nice() + NICENESS, 19)
    assert lowered in {launcher.nice() for launcher in launchers_of_this_process()}
    for launcher in launchers_of_this_process():
        launcher.kill()
        launcher.wait(5)
    assert (await reader.read(SOUND, rate=RATE)).heard["channels"] == 1


async def test_reader_answers_where_its_launcher_ends_meanwhile(reader):
    asked = [asyncio.create_task(reader.read(SOUND, rate=RATE)) for _ in range(AT_ONCE)]
    launchers = launchers_of_this_process()
    async with asyncio.timeout(20):
        while not all(launcher.children() for launcher in launchers):  # noqa: ASYNC110 - a process has no event for it
            await asyncio.sleep(0.01)
    for launcher in launchers:
        launcher.kill()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(answer, Overloaded) and answer.retry_after_s for answer in answers)


def test_process_that_takes_too_long_is_ended():
    status, output = run("timeit", b"", 0.05)
    assert (status, output) == (TIMED_OUT, b"")
