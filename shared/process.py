"""Environment of a process, which libraries read at their import."""

import os


def prepare_process() -> None:
    """Set the environment variables that libraries read at import. Call before importing torch or vllm.

    On shared cores, OpenMP threads that spin while they wait slow all other work down 5 to 8 times (measured).
    """
    for name, value in {
        "OMP_WAIT_POLICY": "passive",
        "GOMP_SPINCOUNT": "0",
        "VLLM_LOGGING_LEVEL": "ERROR",
        "VLLM_NO_USAGE_STATS": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "TQDM_DISABLE": "1",
    }.items():
        os.environ.setdefault(name, value)
