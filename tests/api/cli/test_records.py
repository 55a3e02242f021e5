"""`veena3 records` as an operator types it."""

import asyncio
import csv
import io
import json
import os
import shlex
import subprocess
import sys
from dataclasses import asdict, replace

import pytest

from services.accounts.records.record import Outcome
from tests.api.cli.test_commands import run
from tests.services.accounts.records.conftest import ended, opened


@pytest.fixture
def records(tmp_path, monkeypatch):
    path = tmp_path / "records.sqlite"
    monkeypatch.setenv("RECORDS_PATH", str(path))
    made = [ended(f'Text, "number"\n{n}', key_id=f"key-{n % 2}") for n in range(4)]
    made = [replace(one, arrived_at=f"2026-11-{n + 10}T12:00:00.000+00:00") for n, one in enumerate(made)]
    made[3] = replace(made[3], outcome=Outcome.FAILED, error_code="GPU_OOM", ttfb_s=None)

    async def write() -> None:
        async with opened(path) as outbox:
            for record in made:
                outbox.put(record, ())

    asyncio.run(write())
    return made


def exported(*options: str) -> list[dict[str, object]]:
    said = run("records", "export", *options)
    assert said.exit_code == 0, said.output
    return [json.loads(line) for line in said.stdout.splitlines()]


def test_export_writes_all_records_in_order(records):
    assert exported() == [asdict(record) for record in records]


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (("--key", "key-1"), (1, 3)),
        (("--outcome", "failed"), (3,)),
        (("--since", "2026-11-11", "--until", "2026-11-13"), (1, 2)),
        (("--since", "2026-11-11", "--key", "key-0"), (2,)),
        (("--speaker", "unknown"), ()),
        (("--request-id", "request-1"), (0, 1, 2, 3)),
        (("--request-id", "' or true --"), ()),
    ],
)
def test_export_applies_filters(records, options, wanted):
    assert exported(*options) == [asdict(records[n]) for n in wanted]


def test_export_writes_csv(records):
    said = run("records", "export", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(said.stdout)))
    assert [row["text"] for row in rows] == [record.text for record in records]
    assert json.loads(rows[0]["lexicon"]) == records[0].lexicon and rows[3]["ttfb_s"] == ""


def test_list_prints_the_newest_records_without_their_texts(records):
    said = run("records", "list", "--newest", "2").stdout
    assert "2026-11-13T12:00:00" in said and "2026-11-12T12:00:00" in said and "2026-11-11" not in said
    assert "GPU_OOM" in said and "number" not in said


@pytest.mark.parametrize("options", [(), ("--format", "csv")])
@pytest.mark.parametrize(
    ("redirection", "reason"),
    [("> /dev/full", "standard output: No space left on device"), (">&-", "standard output is closed")],
)
def test_export_to_an_unusable_output_fails_with_one_line(records, options, redirection, reason):
    command = [sys.executable, "-c", "from api.cli.main import main; main()", "records", "export", *options]
    said = subprocess.run(
        f"{shlex.join(command)} {redirection}", shell=True, capture_output=True, text=True, check=False
    )
    assert (said.returncode, said.stderr) == (1, f"veena3: {reason}\n")


def test_export_to_a_closed_pipe_fails_with_one_line(records):
    command = [sys.executable, "-c", "from api.cli.main import main; main()", "records", "export"]
    reader, writer = os.pipe()
    os.close(reader)
    said = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (said.returncode, said.stderr) == (1, "veena3: standard output: Broken pipe\n")


def test_list_refuses_a_number_that_no_table_has(records):
    assert run("records", "list", "--newest", str(2**63)).exit_code == 2


def test_missing_file_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("RECORDS_PATH", str(tmp_path / "none.sqlite"))
    said = run("records", "list")
    assert said.exit_code == 1 and "none.sqlite: no records here" in str(said.exception)
