"""A job of a book's length, whose server is killed (SIGKILL) in the middle: every sentence is spoken once.

The length of 300,000 characters is spoken by the fake engine. The embedded voice speaks a shorter book, because
300,000 characters are 7 hours of sound. JOB_CHARACTERS changes its length, JOB_ENGINE its engine.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
import numpy as np
import pytest
import soundfile

from processing.normalise import normalise
from processing.sentences import sentences
from services.accounts.records.archive import Filter, read_archive
from tests.api.jobs import PATH
from tests.fake_server import fake_server
from tests.servers import free_port

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
SENTENCES = (ROOT / "tests/data/unseen_sentences_en.txt").read_text().splitlines()
LEASE_S = 2.0
Start = Callable[[Path], AbstractContextManager[tuple[str, "subprocess.Popen[bytes] | subprocess.Popen[str]"]]]


def book(characters: int) -> str:
    """Return a text of so many characters, in which no sentence occurs twice."""
    written, size = [], 0
    for number in range(characters):
        sentence = f"Number {number + 1}: {SENTENCES[number % len(SENTENCES)]}"
        size += len(sentence) + 1
        if size > characters:
            return " ".join(written).ljust(characters, ".")
        written.append(sentence)
    return " ".join(written)


def settings(folder: Path) -> dict[str, object]:
    """Return the settings that both processes share."""
    database, audio = f"sqlite:///{folder}/veena3.db", folder / "jobs"
    return {"database_url": database, "jobs_path": audio, "jobs_lease_s": LEASE_S, "records": "full"}


@contextmanager
def faked(records: Path) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    shared = settings(records.parent)
    with fake_server(ROOT / "voices/demo", delay_s=0.0, records_path=records, **shared) as server:
        yield server.url, server.process


@contextmanager
def spoken(records: Path) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """Start `veena3 serve` with the embedded voice."""
    given = {name.upper(): str(value) for name, value in settings(records.parent).items()}
    port, command = free_port(), [sys.executable, "-c", "from api.cli.main import main; main()", "serve"]
    with subprocess.Popen(
        [*command, "--engine", os.environ.get("JOB_ENGINE", "transformers"), "--port", str(port)],
        cwd=ROOT,
        env=os.environ | given | {"RECORDS_PATH": str(records), "LOG_LEVEL": "ERROR"},
    ) as process:
        try:
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.kill()


def asked(url: str, path: str = "") -> dict[str, object]:
    """Return the answer to a GET, as soon as the server is ready."""
    deadline = time.monotonic() + 240
    while True:
        try:
            answer = httpx.get(f"{url}{PATH}{path}", timeout=60)
            if answer.status_code == 200:
                return answer.json()
        except httpx.TransportError:
            pass
        assert time.monotonic() < deadline, "the server is not ready"
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("start", "characters"),
    [
        pytest.param(faked, 300_000, id="fake engine"),
        pytest.param(spoken, int(os.environ.get("JOB_CHARACTERS", "6000")), id="embedded voice"),
    ],
)
def test_killed_book_is_spoken_with_every_sentence_once(start: Start, characters: int, tmp_path: Path):
    text = book(characters)
    assert len(text) == characters and len(set(sentences(text))) == len(sentences(text))
    began = time.perf_counter()
    with start(tmp_path / "first.db") as (url, process):
        asked(url)
        body = {"text": text, "speaker": "lipakshi", "seed": 7, "format": "flac"}
        job = httpx.post(f"{url}{PATH}", json=body, timeout=60).json()
        while 2 * asked(url, f"/{job['id']}")["parts_done"] < job["parts"]:
            time.sleep(0.5)
        process.kill()
        process.wait()
    killed_after = spoken_parts(tmp_path / "first.db")
    with start(tmp_path / "second.db") as (url, _):
        while (done := asked(url, f"/{job['id']}"))["state"] not in ("completed", "failed"):
            time.sleep(0.5)
        assert done["state"] == "completed" and done["parts_done"] == done["parts"], done
        (tmp_path / "book.flac").write_bytes(httpx.get(f"{url}{PATH}/{job['id']}/audio", timeout=600).content)
    resumed = spoken_parts(tmp_path / "second.db")
    assert killed_after and resumed and len(killed_after.keys() & resumed.keys()) <= 1
    parts = sorted((killed_after | resumed).items())
    assert "".join(text for _, (text, _) in parts) == text, "the parts that were spoken are the text, in order"
    assert [one for _, (part, _) in parts for one in sentences(part)] == sentences(text)
    seconds = soundfile.info(tmp_path / "book.flac").duration
    assert abs(seconds - sum(audio_s for _, (_, audio_s) in parts)) < len(parts), "each part is in the file, once"
    pace = np.array([audio_s / len(re.sub(r"\W", "", normalise(part))) for _, (part, audio_s) in parts])
    sys.stdout.write(
        f"{characters} characters, {len(parts)} parts, killed after {len(killed_after)}: {seconds:.0f} s of sound"
        f" in {time.perf_counter() - began:.0f} s; pace of the parts {pace.min():.3f} to {pace.max():.3f} s a letter\n"
    )
    if start is spoken:  # the fake engine speaks every chunk for as long
        assert pace.max() < 1.3 * pace.min(), "a part is far too short or too long for its text"


def spoken_parts(records: Path) -> dict[str, tuple[str, float]]:
    """Return text and seconds of each part that a process has spoken to its end, by the part's id."""
    ended = (record for record in read_archive(records, Filter()) if record.outcome == "ok")
    return {record.request_id: (str(record.text), record.audio_s) for record in ended}
