"""`veena3 voices`: the voices of a running server, and those that a key makes there."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.table import Table

from api.cli.client.printing import printable, printable_json
from api.cli.client.server import Key, Url, command_failures, open_server
from api.cli.screen import table_console
from api.cli.sink import format_of
from api.cli.stdio import output_errors
from core.voice_style import GENDERS, LEVELS
from shared.errors import CommandFailed
from veena3_client import AsyncVeena3, Voice

Json = Annotated[bool, typer.Option("--json", help="print JSON")]
Id = Annotated[str, typer.Argument(metavar="VOICE", help="id or name of the voice")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="name of the new voice")]
Description = Annotated[str | None, typer.Option(help="for people")]
Labels = Annotated[list[str] | None, typer.Option("--label", help="NAME=VALUE, for people; may be repeated")]
Language = Annotated[str | None, typer.Option(help="BCP 47 tag of what the voice speaks; default: every language")]
Public = Annotated[bool, typer.Option("--public", help="every key may speak with it")]
LevelOption = Annotated[str, typer.Option(help=f"one of {', '.join(LEVELS)}")]
T = TypeVar("T")

app = typer.Typer(help="List, add, mix, design, preview and delete voices at a running server.")


@app.callback(invoke_without_command=True)
def voices(context: typer.Context, url: Url = None, key: Key = None, as_json: Json = False) -> None:
    """List, add, mix, design, preview and delete voices at a running server; alone, list them."""
    if context.invoked_subcommand is None:
        list_voices(url, key, as_json)
    elif url or as_json:
        raise CommandFailed(f"--url and --json belong behind `voices {context.invoked_subcommand}`")


@app.command("list")
def list_voices(url: Url = None, key: Key = None, as_json: Json = False) -> None:
    """Print the voices of a running server: ids, names, languages."""
    known = _run(url, key, lambda client: client.voices.list())
    with output_errors():
        if as_json:
            typer.echo(printable_json([dict(voice.fields) for voice in known]))
            return
        table = Table("id", "name", "aliases", "languages", "gender", "description")
        for voice in known:
            names = ", ".join(voice.aliases), ", ".join(voice.languages)
            cells = voice.id, str(voice.fields.get("name", "")), *names, voice.gender or "", voice.description
            table.add_row(*map(printable, cells))
        table_console().print(table)


@app.command("show")
def show(voice: Id, url: Url = None, key: Key = None) -> None:
    """Print a voice as JSON: with what was heard and its consent record, if it is the key's own."""
    _print(_run(url, key, lambda client: client.voices.get(voice)))


@app.command("add")
def add(
    name: Name,
    recordings: Annotated[list[str], typer.Argument(metavar="FILE…", help="recordings of one speaker, 60 s together")],
    consent: Annotated[
        str,
        typer.Option(help="`true`: you state that the speaker consents; or the id of a consent record", prompt=True),
    ],
    transcript: Annotated[str, typer.Option(help="what the recordings say, word for word")] = "",
    language: Language = None,
    description: Description = None,
    label: Labels = None,
    public: Public = False,
    url: Url = None,
    key: Key = None,
) -> None:
    """Make a voice of recordings, and print it with what was heard."""
    given = True if consent.casefold() == "true" else consent
    options = _options(language, description, label, public)
    _print(
        _run(
            url,
            key,
            lambda client: client.voices.add(name, recordings, consent=given, transcript=transcript, **options),
        )
    )


@app.command("mix")
def mix(
    name: Name,
    parts: Annotated[str, typer.Argument(metavar="MIX", help="voices with weights: `isha(2)+ravi`")],
    language: Language = None,
    description: Description = None,
    label: Labels = None,
    public: Public = False,
    url: Url = None,
    key: Key = None,
) -> None:
    """Keep a mix of voices, and print it."""
    options = _options(language, description, label, public)
    _print(_run(url, key, lambda client: client.voices.mix(name, parts, **options)))


@app.command("design")
def design(
    gender: Annotated[str, typer.Argument(metavar="GENDER", help=f"one of {', '.join(GENDERS)}")],
    pitch: LevelOption = "moderate",
    rate: LevelOption = "moderate",
    text: Annotated[str | None, typer.Option(help="text to hear, up to 300 characters")] = None,
    candidates: Annotated[int, typer.Option(min=1, max=4, help="voices to choose from")] = 3,
    seed: Annotated[int | None, typer.Option(help="the same design again")] = None,
    out: Annotated[str, typer.Option(help="folder for the samples, ID.mp3 each")] = ".",
    url: Url = None,
    key: Key = None,
) -> None:
    """Design voices: write a sample of each candidate, and print their ids. `keep` keeps one."""
    options: dict[str, Any] = {"pitch": pitch, "rate": rate, "candidates": candidates}
    options |= {name: value for name, value in {"text": text, "seed": seed}.items() if value is not None}
    for candidate in _run(url, key, lambda client: client.voices.design(gender, **options)):
        path = Path(out) / f"{Path(printable(candidate.id)).name}.mp3"
        _write(path, candidate.audio)
        typer.echo(f"{printable(candidate.id)}  {candidate.seconds:.1f} s  {path}")


@app.command("keep")
def keep(
    candidate: Annotated[str, typer.Argument(metavar="ID", help="id of a candidate that `design` printed")],
    name: Name,
    language: Language = None,
    description: Description = None,
    label: Labels = None,
    public: Public = False,
    url: Url = None,
    key: Key = None,
) -> None:
    """Keep a candidate of a design as a voice, and print it."""
    options = _options(language, description, label, public)
    _print(_run(url, key, lambda client: client.voices.keep(candidate, name, **options)))


@app.command("preview")
def preview(
    voice: Id,
    out: Annotated[str, typer.Option(help="file for the audio; its name chooses the format")] = "preview.mp3",
    url: Url = None,
    key: Key = None,
) -> None:
    """Write a sentence in a voice to a file."""
    speech = _run(url, key, lambda client: client.voices.preview(voice, format=format_of(out)))
    _write(Path(out), speech.audio)
    typer.echo(f"{out}: {speech.seconds or 0:.1f} s")


@app.command("consent")
def consent(voice: Id, url: Url = None, key: Key = None) -> None:
    """Print the consent record of a voice of the key as JSON: who stated it, when, and the hashes of the recordings."""
    record = _run(url, key, lambda client: client.voices.consent(voice))
    with output_errors():
        typer.echo(printable_json(record))


@app.command("delete")
@app.command("remove", hidden=True)
def delete(voice: Id, url: Url = None, key: Key = None) -> None:
    """Delete a voice of the key, with its tokens, transcript and consent record."""

    async def run(client: AsyncVeena3) -> str:
        found = await client.voices.get(voice)
        await client.voices.delete(found.id)
        return found.id

    typer.echo(f"deleted {printable(_run(url, key, run))}")


def _options(language: str | None, description: str | None, labels: list[str] | None, public: bool) -> dict[str, Any]:
    """Return the facts about a new voice that were given. Raises CommandFailed for a label without a value."""
    pairs = [label.partition("=") for label in labels or ()]
    for name, equals, _ in pairs:
        if not name or not equals:
            raise CommandFailed(f"--label {printable(name)}: must be NAME=VALUE")
    given: dict[str, Any] = {"language": language, "description": description, "public": public or None}
    given["labels"] = {name: value for name, _, value in pairs} or None
    return {name: value for name, value in given.items() if value is not None}


def _print(voice: Voice) -> None:
    with output_errors():
        typer.echo(printable_json(dict(voice.fields)))


def _write(path: Path, audio: bytes) -> None:
    try:
        path.write_bytes(audio)
    except OSError as error:
        raise CommandFailed(f"{path}: {error.strerror}") from None


def _run(url: str | None, key: str | None, work: Callable[[AsyncVeena3], Awaitable[T]]) -> T:
    async def opened() -> T:
        async with open_server(url, key=key) as server:
            with command_failures():
                return await work(server.client)

    return asyncio.run(opened())
