"""The launcher of the processes that read recordings, as the service asks it."""

import subprocess
import sys

from audio.uploads.launcher import ANSWER, QUESTION
from shared.config import PROJECT
from shared.errors import Overloaded
from shared.logging import get_logger

TIMEOUT_S = 20.0
"""Seconds after which the process of a recording is ended. Chosen: above the limit that decoding has itself."""
CLOSING_S = 5.0
"""Seconds in which a launcher without work must end before it is killed. Chosen."""
_ENVIRONMENT = {"PYTHONPATH": str(PROJECT), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

log = get_logger(__name__)


class Launcher:
    """A running `audio.uploads.launcher`, started again where it has ended. Its methods block: a thread calls them."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        """Return the process; start it unless it runs."""
        if self._process is not None and self._process.poll() is not None:
            self.close()
        if self._process is None:
            self._process = subprocess.Popen(
                (sys.executable, "-m", "audio.uploads.launcher", str(TIMEOUT_S)),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=PROJECT,
                env=_ENVIRONMENT,
            )
        return self._process

    def ask(self, module: str, *given: bytes) -> tuple[int, bytes]:
        """Return exit status and output of a process that runs `module`; its input is `given`, joined.

        Raises Overloaded where the launcher ends meanwhile.
        """
        process, name = self.start(), module.encode()
        assert process.stdin and process.stdout
        try:
            process.stdin.write(QUESTION.pack(len(name), sum(map(len, given))) + name)
            for part in given:
                process.stdin.write(part)
            process.stdin.flush()
            status, size = ANSWER.unpack(_read(process.stdout.read(ANSWER.size), ANSWER.size))
            return status, _read(process.stdout.read(size), size)
        except OSError:
            log.warning("recording_launcher_ended", status=process.poll())
            self.close()
            raise Overloaded("the process that reads recordings has ended; try again", retry_after_s=1) from None

    def close(self) -> None:
        """End the process, whose work has ended."""
        if self._process is None:
            return
        process, self._process = self._process, None
        try:
            process.communicate(timeout=CLOSING_S)  # closes its input
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _read(data: bytes, size: int) -> bytes:
    if len(data) < size:
        raise BrokenPipeError
    return data
