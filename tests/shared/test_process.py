"""Turns of threads: work that gives the interpreter's lock away in every operation gets it back soon; memory of oneDNN;
one thread for NumPy's products."""

import os
import subprocess
import sys

import pytest

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


OF_MANY_SHAPES = """
import ctypes, sys
from shared.process import prepare_process

prepare_process()
import torch

class Allocated(ctypes.Structure):
    _fields_ = [(str(index), ctypes.c_size_t) for index in range(10)]

libc = ctypes.CDLL(None)
libc.mallinfo2.restype = Allocated

def allocated_mb():
    return getattr(libc.mallinfo2(), "7") / 2**20

weight = torch.randn(64, 64, 7)
sizes = []
for length in range(20, 820):
    with torch.inference_mode():
        torch.nn.functional.conv1d(torch.randn(1, 64, length), weight)
    sizes.append(allocated_mb())
sys.stdout.write(str(sizes[-1] - sizes[399]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the figures are glibc's")
def test_operations_on_many_shapes_keep_less_memory() -> None:
    def grown_mb(**environment: str) -> float:
        command = [sys.executable, "-c", OF_MANY_SHAPES]
        return float(subprocess.run(command, env=os.environ | environment, capture_output=True, check=True).stdout)

    assert grown_mb() < 0.75 * grown_mb(ONEDNN_PRIMITIVE_CACHE_CAPACITY="1024")


PRODUCT = """
import sys
from pathlib import Path
from shared.process import prepare_process

prepare_process()
import numpy as np

np.ones((1000, 1000)) @ np.ones((1000, 1000))
sys.stdout.write(f"threads {len(list(Path('/proc/self/task').iterdir()))}")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted by Linux's files")
def test_products_of_numpy_have_one_thread() -> None:
    environment = {key: value for key, value in os.environ.items() if key != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run([sys.executable, "-c", PRODUCT], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "threads 1"
