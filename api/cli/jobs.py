"""`veena3 jobs`: long texts that a running server speaks in the background."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

import typer
from rich.table import Table

from api.cli.client.downloads import download
from api.cli.client.printing import printable, printable_json
from api.cli.client.server import Key, Server, Url, open_server
from api.cli.progress import StepProgress, show_progress
from api.cli.reading import Language, checked_language
from api.cli.screen import table_console
from api.cli.sink import format_of
from api.cli.speech_options import Format, InputType, Markup, Seed, Speaker, Speed
from api.cli.stdio import output_errors, read_text
from shared.errors import CommandFailed
from veena3_client.checks import string, whole

PATH = "/v1/tts/jobs"
POLL_S = 1.0
"""Seconds between two questions about a job that is waited for."""
PATIENCE_S = 120.0
"""Seconds for which a server that does not answer is asked again, because it may be replaced. Chosen."""
_TEMPORARY = {"NO_ANSWER", "BROKEN_OFF", "SERVICE_UNAVAILABLE", "MODEL_NOT_LOADED", "GPU_FAULT"}
MAX_COUNT = 2**40

Id = Annotated[str, typer.Argument(metavar="ID", help="id of the job")]
Out = Annotated[str, typer.Option(help="file for the audio")]
T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, help="Submit, list, show, fetch and cancel jobs: long texts at a server.")


@app.command("submit")
def submit(
    file: Annotated[str, typer.Argument(metavar="FILE", help="file with the text, in UTF-8; `-` reads standard input")],
    speaker: Speaker = None,
    format: Format = None,
    speed: Speed = 1.0,
    seed: Seed = None,
    input_type: Markup = InputType.TEXT,
    language: Language = None,
    webhook_url: Annotated[str | None, typer.Option(help="https address that is told when the job has ended")] = None,
    out: Annotated[str | None, typer.Option(help="wait for the end, and write the audio to this file")] = None,
    url: Url = None,
    key: Key = None,
) -> None:
    """Submit a text and print the id of its job."""
    fields: dict[str, Any] = {"text": _read(file), "format": format or format_of(out), "speed": speed}
    given = {"seed": seed, "language": checked_language(language), "webhook_url": webhook_url}
    fields |= {name: value for name, value in given.items() if value is not None}
    if input_type is not InputType.TEXT:
        fields["input_type"] = input_type.value

    async def run(server: Server) -> None:
        fields["speaker"] = speaker or (await server.voices())[0].id
        job = await _ask(server, "POST", json=fields)
        job_id = printable(string(job, "id"))
        typer.echo(job_id)
        if secret := job.get("webhook_secret"):
            typer.echo(f"webhooks are signed with {printable(str(secret))}", err=True)
        if out:
            await _fetch(server, job_id, out)

    _run(url, key, run)


@app.command("list")
def list_jobs(
    newest: Annotated[int, typer.Option(min=1, max=100, help="largest number of jobs")] = 20,
    url: Url = None,
    key: Key = None,
) -> None:
    """Print the newest jobs of the key."""

    async def run(server: Server) -> list[dict[str, Any]]:
        answer = await _ask(server, "GET", f"?limit={newest}")
        return [job for job in answer.get("jobs", []) if isinstance(job, dict)]

    table = Table("job", "state", "characters", "done", "audio s", "speaker", "error")
    for job in _run(url, key, run):
        error = job.get("error") or {}
        cells = (job.get("id"), job.get("state"), job.get("characters"), _percent(job), job.get("audio_seconds"))
        table.add_row(*(printable(str(cell)) for cell in (*cells, job.get("speaker"), error.get("code", ""))))
    with output_errors():
        table_console().print(table)


@app.command("show")
def show(job_id: Id, url: Url = None, key: Key = None) -> None:
    """Print a job as JSON."""

    async def run(server: Server) -> dict[str, Any]:
        return await _ask(server, "GET", f"/{quote(job_id)}")

    answer = _run(url, key, run)
    with output_errors():
        typer.echo(printable_json(answer))


@app.command("fetch")
def fetch(job_id: Id, out: Out, url: Url = None, key: Key = None) -> None:
    """Wait until a job has ended, and write its audio to a file."""

    async def run(server: Server) -> None:
        await _fetch(server, job_id, out)

    _run(url, key, run)


@app.command("cancel")
def cancel(job_id: Id, url: Url = None, key: Key = None) -> None:
    """Stop a job if it has not ended, and delete it with its audio."""

    async def run(server: Server) -> None:
        async with server.open("DELETE", f"{PATH}/{_quoted(job_id)}"):
            pass

    _run(url, key, run)
    typer.echo(f"deleted {job_id}")


async def _fetch(server: Server, job_id: str, out: str) -> None:
    with show_progress() as progress:
        job = await _wait(server, job_id, progress)
        if job.get("size") is not None:
            size = whole(job, "size", least=0, most=MAX_COUNT)
            with progress.step("downloading", total=size / 2**20, unit="MiB"):
                await download(server, f"{PATH}/{_quoted(job_id)}/audio", Path(out), size, progress)
    if job.get("state") != "completed":
        error = job.get("error") or {}
        part = f"; {out} has the audio before it" if job.get("size") is not None else ""
        raise CommandFailed(f"the job failed: {printable(str(error.get('message')))}{part}")


async def _wait(server: Server, job_id: str, progress: StepProgress) -> dict[str, Any]:
    """Wait until a job has ended; return it. A server that is away for PATIENCE_S is waited for."""
    job, waited_s = await _ask(server, "GET", f"/{quote(job_id)}"), 0.0
    done = 0
    with progress.step("speaking", total=whole(job, "characters", least=1, most=MAX_COUNT), unit="characters"):
        while True:
            now = whole(job, "characters_done", least=0, most=MAX_COUNT)
            progress.advance(now - done)
            done = now
            if job.get("state") in ("completed", "failed"):
                return job
            await asyncio.sleep(POLL_S)
            try:
                job, waited_s = await _ask(server, "GET", f"/{quote(job_id)}"), 0.0
            except CommandFailed as error:
                waited_s += POLL_S
                if error.code not in _TEMPORARY or waited_s > PATIENCE_S:
                    raise


async def _ask(server: Server, method: str, path: str = "", **more: Any) -> dict[str, Any]:
    """Return the JSON object of an answer. Raises CommandFailed."""
    return await server.ask(method, f"{PATH}{path}", **more)


def _run(url: str | None, key: str | None, work: Callable[[Server], Awaitable[T]]) -> T:
    async def opened() -> T:
        async with open_server(url, key=key) as server:
            with server.reading():
                return await work(server)

    return asyncio.run(opened())


def _read(file: str) -> str:
    if file == "-":
        return read_text()
    try:
        return Path(file).read_text("utf-8")
    except OSError as error:
        raise CommandFailed(f"{file}: {error.strerror}") from None
    except UnicodeError:
        raise CommandFailed(f"{file}: not valid UTF-8") from None


def _percent(job: dict[str, Any]) -> str:
    done, characters = job.get("characters_done"), job.get("characters")
    if not isinstance(done, int) or not isinstance(characters, int) or characters < 1:
        return ""
    return f"{100 * done // characters}%"


def _quoted(job_id: str) -> str:
    return quote(job_id, safe="")
