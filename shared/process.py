"""Environment of a process, which libraries read at their import, and the turns of its threads."""

import os
import sys

SWITCH_S = 0.0002
"""Seconds after which a thread that waits for the interpreter's lock takes it from one that runs Python; 0.005 is
Python's default. The engine and the decoder give the lock away in each of some hundred operations, and wait up to this
long each time: beside an event loop that is busy for 7 tenths of the time, a window of the demo voice takes 60 ms to
decode; with the default 110 to 150 ms, and alone 20 (measured: docs/decisions/0014-headroom.md)."""

ONEDNN_PRIMITIVES = 256
"""Compiled operations that oneDNN keeps; 1024 is its default. It compiles one for each shape, and windows have many: in
80 shapes of windows the demo voice's decoder took 421 MB with 1024 and was growing, 319 MB with 256, at the same speed
(measured)."""


def prepare_process() -> None:
    """Set the environment variables that libraries read at import, and SWITCH_S. Call before importing torch or vllm.

    On shared cores, OpenMP threads that spin while they wait slow all other work down 5 to 8 times (measured). vLLM
    never uses FlashInfer's sampler for requests with a seed, which all are here, and would compile it at each start.
    NumPy's products are small: other threads would spin for each of them.
    """
    for name, value in {
        "OMP_WAIT_POLICY": "passive",
        "OPENBLAS_NUM_THREADS": "1",
        "ONEDNN_PRIMITIVE_CACHE_CAPACITY": str(ONEDNN_PRIMITIVES),
        "GOMP_SPINCOUNT": "0",
        "VLLM_LOGGING_LEVEL": "ERROR",
        "VLLM_NO_USAGE_STATS": "1",
        "VLLM_USE_FLASHINFER_SAMPLER": "0",
        "TOKENIZERS_PARALLELISM": "false",
        "TQDM_DISABLE": "1",
    }.items():
        os.environ.setdefault(name, value)
    sys.setswitchinterval(SWITCH_S)
