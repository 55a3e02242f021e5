"""`veena3 serve`: the service on this machine.

The process ends with status 1 when engine or GPU fail: only a new process can recover, which a supervisor starts.
"""

import asyncio
import errno
import json
import multiprocessing
import os
import signal
import threading
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from api import turns
from api.app import create_app
from api.server import Server, end_process
from core.bicodec.checkpoint import open_bicodec
from core.checkpoint.reading import open_checkpoint
from services.runtime import open_runtime
from services.speech import SpeechService
from shared.config import Settings, read_settings
from shared.errors import CommandFailed, StartupError
from shared.logging import configure_logging, get_logger
from shared.state_directory import state_directory

LOST_DRAIN_S = 5
"""Seconds that running answers have after a loss of the engine: only sound that exists already can be sent."""

LEAVE_S = 30
"""Seconds after a loss until the process is ended by force, whatever hangs: draining, vLLM's shutdown (5 s), stores."""

_RESTART = (
    "start the service again, or run it under a supervisor that does"
    " (systemd: Restart=on-failure, Docker: --restart on-failure)"
)

SENTENCE = "Hello, this is the demo voice. It was made on two small processors."

log = get_logger(__name__)


def serve(
    host: Annotated[str | None, typer.Option(help="address to listen on")] = None,
    port: Annotated[int | None, typer.Option(help="port to listen on")] = None,
    checkpoint: Annotated[Path | None, typer.Option(help="checkpoint directory")] = None,
    engine: Annotated[str | None, typer.Option(help="auto, vllm or transformers")] = None,
) -> None:
    """Start the service. All other settings are environment variables; `veena3 settings` lists them."""
    given = {"host": host, "port": port, "checkpoint": checkpoint, "engine": engine}
    settings = read_settings(Settings, **{name: value for name, value in given.items() if value is not None})
    checkpoint_ = open_checkpoint(settings.checkpoint)  # an invalid directory is refused before anything starts
    open_bicodec(checkpoint_.codec_path)
    configure_logging(settings.log_level)
    warn_of_old_state(settings)
    turns.run(_serve(settings, speaker=checkpoint_.voices[0].id))
    end_process()


async def _serve(settings: Settings, *, speaker: str) -> None:
    server: Server
    await _check_address(settings)  # uvicorn would find out only after the model is loaded

    async def leave() -> None:
        server.stop(drain_s=LOST_DRAIN_S)
        _end_within(LEAVE_S)

    app = create_app(settings, open_runtime, failed=lambda: server.stop(), lost=leave)
    server = Server(app, settings, port=settings.port)
    _stop_on_hangup(server)
    announcing = asyncio.create_task(_announce(server, app.state.service, settings, speaker))
    try:
        await server.serve()
    finally:
        announcing.cancel()
    service: SpeechService = app.state.service
    if service.failure:
        raise service.failure
    if service.loss:
        raise CommandFailed(f"{service.loss}; {_RESTART}", code=service.loss.code)


def warn_of_old_state(settings: Settings) -> None:
    """Warn of keys and records where versions before VEENA3_HOME kept them: in the directory of the call."""
    for file in ("veena3.db", "records.db"):
        if Path("var", file).exists() and Path("var", file).absolute() not in _used_files(settings):
            log.warning("old_state", file=f"var/{file}", advice=f"not used; move it to {state_directory()}")


def _used_files(settings: Settings) -> set[Path]:
    return {Path(settings.database_url.removeprefix("sqlite:///")).absolute(), settings.records_path.absolute()}


def _stop_on_hangup(server: Server) -> None:
    """Stop as on SIGTERM when the terminal is closed; by default SIGHUP would end the process without a drain."""
    with suppress(AttributeError, NotImplementedError):  # Windows has no such signal
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, server.stop)


async def _check_address(settings: Settings) -> None:
    """Raise StartupError, which names the setting, if the service cannot listen on HOST and PORT."""
    host, port = settings.host, settings.port
    try:
        probe = await asyncio.get_running_loop().create_server(asyncio.Protocol, host, port, start_serving=False)
    except (OSError, UnicodeError) as error:
        code = error.errno if isinstance(error, OSError) else None
        name = "PORT" if code in (errno.EADDRINUSE, errno.EACCES) else "HOST"
        reason = os.strerror(code) if code and code > 0 else "no address of this machine"
        raise StartupError(f"setting {name}: cannot listen on {host}, port {port}: {reason}") from None
    probe.close()


def _end_within(seconds: float) -> None:
    """Kill the engine's processes and end this one with status 1 unless it has ended by then."""

    def end() -> None:
        log.error("left_by_force", after_s=seconds)
        for child in multiprocessing.active_children():
            child.kill()
        os._exit(1)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()


async def _announce(server: Server, service: SpeechService, settings: Settings, speaker: str) -> None:
    """Print the address and an example command, once the service is ready."""
    await service.ready.wait()
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"
    body = json.dumps({"text": SENTENCE, "speaker": speaker, "stream": True})
    key = "" if settings.auth_bypass_mode else '-H "Authorization: Bearer $VEENA3_API_KEY" '
    typer.echo(f"\nVeena3 TTS speaks at {address}  (API description: {address}/docs)\nTry:\n")
    if key:
        typer.echo("  export VEENA3_API_KEY=$(veena3 keys create me)")
    typer.echo(
        f"  curl -N {address}/v1/tts/generate {key}-H 'Content-Type: application/json' \\\n"
        f"    -d '{body}' -o hello.wav\n"
    )
