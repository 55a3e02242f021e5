"""Spans of a window on threads of their own, each of which computes its operators alone.

PyTorch's threads wait for each other after every operator. Spans do not depend on each other, so their threads wait
once a window, at the price of the rows at their bounds, which both neighbours compute.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from threading import Barrier

import torch
from torch import Tensor

LEAST_TOKENS = 3
"""Tokens of a span at least. Chosen: two spans of 3 take 0.88 of the time of PyTorch's own two threads at the published
dimensions, two of 125 0.75 (measured)."""


def cut(samples: range, hop: int) -> list[range]:
    """Cut a window's samples into a span for each of PyTorch's threads, by whole tokens of `hop` samples.

    A window that is too small for as many spans stays whole.
    """
    tokens, count = len(samples) // hop, torch.get_num_threads()
    if tokens < LEAST_TOKENS * count:
        return [samples]
    bounds = [samples.start + tokens * i // count * hop for i in range(count)]
    return [range(*each) for each in zip(bounds, [*bounds[1:], samples.stop], strict=True)]


def side_by_side(work: Callable[[range], Tensor], spans: Sequence[range]) -> list[Tensor]:
    """Return what `work` makes of each span, in inference mode."""
    if len(spans) == 1:
        return [work(spans[0])]
    return list(_threads(len(spans)).map(torch.inference_mode()(work), spans))


@lru_cache
def _threads(count: int) -> ThreadPoolExecutor:
    """Return threads on which PyTorch has one thread for itself. The caller keeps its number."""
    own = torch.get_num_threads()
    pool, started = ThreadPoolExecutor(count, "span", _take_one), Barrier(count)
    for _ in pool.map(lambda _: started.wait(), range(count)):
        pass
    torch.set_num_threads(own)  # each of the settings above counts for threads that begin later
    return pool


def _take_one() -> None:
    torch.set_num_threads(1)
    torch.get_num_threads()  # a thread reads its number when it first asks for it
