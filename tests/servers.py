"""Servers for tests: Redis and PostgreSQL from Debian's packages as processes, uvicorn on a thread."""

import asyncio
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import pytest
import uvicorn

_POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:]
START_S = 30
Tls = tuple[Path, Path]
"""Paths of a certificate and its key."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def on_a_thread(server: uvicorn.Server, *, send_buffer: int | None = None) -> Iterator[int]:
    """Run a server on a free port while the context is open; yield the port.

    `send_buffer`: bytes that the kernel buffers for a client that does not read; by default these are megabytes.
    """
    # asyncio sets TCP_NODELAY only on sockets whose protocol is given. Without it every answer is 40 ms late.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    if send_buffer:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer)  # accepted sockets inherit it
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])))
    thread.start()
    try:
        while not server.started:
            time.sleep(0.002)
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


class ServerProcess(ABC):
    """Server process. `stop` and `go` suspend and resume it; `kill` and `start` simulate a crash and a restart."""

    def __init__(self) -> None:
        self.port = free_port()

    @abstractmethod
    def _begin(self) -> subprocess.Popen[bytes]: ...

    @abstractmethod
    def _answers(self) -> bool: ...

    def _family(self) -> list[int]:
        return [self._process.pid]

    def start(self) -> None:
        self._process = self._begin()
        deadline = time.monotonic() + START_S
        while not self._answers():
            assert time.monotonic() < deadline and self._process.poll() is None, f"{self.__class__.__name__} is not up"
            time.sleep(0.02)

    def stop(self) -> None:
        for pid in self._family():
            os.kill(pid, signal.SIGSTOP)

    def go(self) -> None:
        for pid in reversed(self._family()):
            os.kill(pid, signal.SIGCONT)

    def kill(self) -> None:
        """Kill the whole process group at once, as in a crash."""
        if self._process.poll() is not None:
            return
        family = self._family()
        for pid in family:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait(10)
        while any(Path(f"/proc/{pid}").exists() for pid in family):
            time.sleep(0.01)


class Postgres(ServerProcess):
    """PostgreSQL cluster of its own, which creates empty databases on request.

    `tls`: certificate and key; clients then have to use TLS.
    """

    def __init__(self, folder: Path, binaries: Path, user: str, tls: Tls | None = None) -> None:
        super().__init__()
        self._tls = tls
        self.folder, self._binaries, self._user = folder, binaries, user
        self._names = count()
        self._at = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres")
        self._run("initdb", "-D", str(folder), "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8")
        if tls:
            (folder / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 trust\n")
            for source, name in zip(tls, ("server.crt", "server.key"), strict=True):  # PostgreSQL's own names
                shutil.copyfile(source, folder / name)
                shutil.chown(folder / name, user)
                (folder / name).chmod(0o600)

    def _run(self, name: str, *arguments: str) -> None:
        command = [str(self._binaries / name), *arguments]
        subprocess.run(command, user=self._user, check=True, capture_output=True, cwd="/")

    def _begin(self) -> subprocess.Popen[bytes]:
        (self.folder / "postmaster.pid").unlink(missing_ok=True)  # left by a killed server
        command = [str(self._binaries / "postgres"), "-D", str(self.folder), "-p", str(self.port), "-k", ""]
        command += ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "max_connections=60"]
        command += ["-c", "ssl=on"] if self._tls else []
        return subprocess.Popen(command, user=self._user, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")

    def _answers(self) -> bool:
        with suppress(subprocess.CalledProcessError):
            self._run("pg_isready", *self._at)
            return True
        return False

    def fresh(self) -> str:
        """Create an empty database and return its URL."""
        name = f"fresh_{next(self._names)}"
        self._run("createdb", *self._at, name)
        return self.url(name)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@{'localhost' if self._tls else '127.0.0.1'}:{self.port}/{database}"

    def _family(self) -> list[int]:
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return [self._process.pid, *map(int, children)]


@contextmanager
def postgres_server(tls: Tls | None = None) -> Iterator[Postgres]:
    """Start a PostgreSQL server. Skip the test, with a visible reason, if PostgreSQL is not installed."""
    if not _POSTGRES:
        pytest.skip("POSTGRESQL IS NOT INSTALLED: half of the stores is untested; apt-get install postgresql")
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name  # PostgreSQL refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="veena3-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, user)
    try:
        server = Postgres(folder, _POSTGRES[0], user, tls)
        server.start()
        try:
            yield server
        finally:
            server.kill()
    finally:
        shutil.rmtree(folder)


class Redis(ServerProcess):
    """Redis server without persistence; with `tls`, certificate and key, it takes nothing but TLS."""

    def __init__(self, binary: str, tls: Tls | None = None) -> None:
        super().__init__()
        self._binary, self._tls = binary, tls

    @property
    def url(self) -> str:
        return f"rediss://localhost:{self.port}/0" if self._tls else f"redis://127.0.0.1:{self.port}/0"

    def _begin(self) -> subprocess.Popen[bytes]:
        command = [self._binary, "--bind", "127.0.0.1", "--save", "", "--dir", "/tmp"]
        if self._tls:
            certificate, key = map(str, self._tls)
            command += ["--port", "0", "--tls-port", str(self.port), "--tls-auth-clients", "no"]
            command += ["--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", certificate]
        else:
            command += ["--port", str(self.port)]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as plain:
            if self._tls:
                return True  # it listens; the certificate is for its clients to judge
            plain.sendall(b"PING\r\n")
            return plain.recv(16).startswith(b"+PONG")
        return False


@contextmanager
def redis_server(tls: Tls | None = None) -> Iterator[Redis]:
    """Start a Redis server. Skip the test, with a visible reason, if Redis is not installed."""
    binary = shutil.which("redis-server")
    if binary is None:
        pytest.skip("REDIS IS NOT INSTALLED: shared limits are untested; apt-get install redis-server")
    server = Redis(binary, tls)
    server.start()
    try:
        yield server
    finally:
        server.kill()
