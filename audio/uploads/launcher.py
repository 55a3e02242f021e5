"""Process that starts a process for each recording, one at a time, so that the service starts none while it speaks.

Starting a process holds the interpreter's lock of the one that starts it until the system runs the new one: 1 ms in the
median, 55 ms in a tenth of the cases where more work waits than there are cores (measured). The launcher is small, has
a low priority, which its processes inherit, and ends with its standard input.
"""

import os
import signal
import struct
import subprocess
import sys
from typing import IO

QUESTION, ANSWER = struct.Struct("<HQ"), struct.Struct("<iQ")
"""Heads: bytes of the module's name and of its input; exit status, and bytes of its output."""
TIMED_OUT = 1_000
"""Status of a process that was ended because it took too long: no real status is as large."""
NICENESS = 10
"""Niceness of the processes: they have a tenth of the weight of the streams that are spoken beside them."""


def main() -> None:
    """Answer questions from standard input on standard output until the input ends."""
    for number in (signal.SIGINT, signal.SIGTERM):  # sent to all processes of a group; the service finishes its uploads
        signal.signal(number, signal.SIG_IGN)
    if hasattr(os, "nice"):  # not on Windows
        os.nice(NICENESS)
    timeout_s = float(sys.argv[1])
    serve(sys.stdin.buffer, sys.stdout.buffer, timeout_s)


def serve(questions: IO[bytes], answers: IO[bytes], timeout_s: float) -> None:
    """Run the module of each question with its input. `timeout_s`: seconds after which a process is ended."""
    while len(head := questions.read(QUESTION.size)) == QUESTION.size:
        name_bytes, size = QUESTION.unpack(head)
        module = questions.read(name_bytes).decode()
        status, output = run(module, questions.read(size), timeout_s)
        answers.write(ANSWER.pack(status, len(output)))
        answers.write(output)
        answers.flush()


def run(module: str, given: bytes, timeout_s: float) -> tuple[int, bytes]:
    """Return exit status and output of a process that runs `module` with the input `given`."""
    command = (sys.executable, "-m", module)
    try:
        ended = subprocess.run(
            command, input=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=timeout_s, check=False
        )
    except subprocess.TimeoutExpired:
        return TIMED_OUT, b""
    return ended.returncode, ended.stdout


if __name__ == "__main__":
    main()
