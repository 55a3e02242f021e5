"""Turns of threads: work that gives the interpreter's lock away in every operation gets it back soon."""

import subprocess
import sys

BESIDE_PYTHON = """
import sys, threading, time
from shared.process import prepare_process

ended = False

def compute():
    while not ended:
        pass

def seconds():
    begun = time.perf_counter()
    for _ in range(30):
        time.sleep(0)
    return time.perf_counter() - begun

other = threading.Thread(target=compute)
other.start()
before = min(seconds() for _ in range(3))
prepare_process()
after = min(seconds() for _ in range(3))
ended = True
other.join()
sys.exit(0 if after < before / 3 else f"{before:.3f} s before, {after:.3f} s after")
"""


def test_operations_that_release_the_lock_wait_little_beside_python() -> None:
    done = subprocess.run([sys.executable, "-c", BESIDE_PYTHON], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
