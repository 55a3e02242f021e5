"""Run a trial on a thread of its own, and choose a number of CPU threads."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch

from shared.cpu import usable_cores

WORTH = 0.75
"""Largest share of the time that twice the threads may take to be chosen. Chosen: two threads of perfect efficiency
take 0.5; the threads are taken from the token engine, which needs them as much."""
ROUNDS = 3

T = TypeVar("T")


def on_threads(count: int, call: Callable[[], T]) -> T:
    """Return the result of `call`, run with `count` CPU threads, and keep the process's own number."""

    def run() -> T:
        before = torch.get_num_threads()
        torch.set_num_threads(count)
        try:
            return call()
        finally:
            torch.set_num_threads(before)

    with ThreadPoolExecutor(1, "trial") as executor:
        return executor.submit(run).result()


def choose_threads(call: Callable[[], object]) -> tuple[int, str]:
    """Return a number of threads for `call`, and why: doubled up to half of the cores while that pays."""
    most, threads = usable_cores() // 2, 1
    if most < 2:
        return 1, f"one of {usable_cores()} cores"
    least_s = on_threads(1, lambda: fastest_s(call, ROUNDS))
    told = ["1"]
    while 2 * threads <= most:
        next_s = on_threads(2 * threads, lambda: fastest_s(call, ROUNDS))
        told.append(f"{2 * threads}: {next_s / least_s:.2f} of the time")
        if next_s > WORTH * least_s:
            break
        threads, least_s = 2 * threads, next_s
    return threads, ", ".join(told)


def fastest_s(call: Callable[[], object], rounds: int) -> float:
    """Return the shortest wall time of `call` in so many rounds, in seconds."""
    took_s = []
    for _ in range(rounds):
        begun = time.perf_counter()
        call()
        took_s.append(time.perf_counter() - begun)
    return min(took_s)
