"""A request that the engine cannot generate has its own status, and a parallel stream goes on."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import torch

from core.engines.qwen2 import KeyValueCache, Qwen2Decoder
from core.engines.transformers_engine import TransformersEngine
from shared.config import Settings
from tests.api.conftest import serving

LONG = "It is too long for this decoder, and " * 10
PARALLEL = "Somebody listens to this meanwhile, and it goes on. " * 3


class FailingDecoder(Qwen2Decoder):
    """Decoder that fails at every prompt of more than 300 tokens."""

    fault: Exception

    def start(self, cache: KeyValueCache, ids: torch.Tensor) -> torch.Tensor:
        if len(ids) > 300:
            raise self.fault
        return super().start(cache, ids)


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (RuntimeError("a kernel does not fit"), 500, "GENERATION_FAILED"),
        (torch.OutOfMemoryError("CUDA out of memory"), 503, "GPU_OOM"),
    ],
)
def test_request_that_the_engine_fails_has_its_status_and_others_go_on(tiny, fault, status, code):
    path, cpu = tiny.language_model_path, torch.device("cpu")
    decoder = FailingDecoder(path, max_len=2048, device=cpu, dtype=torch.float32)
    decoder.fault = fault
    engine = TransformersEngine(decoder, max_waiting=100)
    with serving(tiny, engine, Settings(window_first=4, window_lookahead=3)) as served, ThreadPoolExecutor() as pool:
        alone = served.generate(text=PARALLEL, stream=True, seed=1)
        assert alone.status_code == 200
        beside = pool.submit(served.generate, text=PARALLEL, stream=True, seed=1)
        for stream in (True, False) * 3:
            answer = served.generate(text=LONG, chunking=False, stream=stream)
            assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
        assert beside.result().content == alone.content
        assert httpx.get(f"{served.url}/ready").status_code == 200
