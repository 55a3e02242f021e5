"""Open the token engine that the settings select and the machine supports."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import Any, Protocol

from core.checkpoint.reading import Checkpoint
from core.engine import TokenEngine
from shared.config import MIB, EngineKind, Settings, SnapshotMode
from shared.errors import StartupError
from shared.logging import get_logger

log = get_logger(__name__)


class _OpenEngine(TokenEngine, Protocol):
    async def close(self) -> None: ...


@asynccontextmanager
async def open_engine(settings: Settings, checkpoint: Checkpoint) -> AsyncIterator[TokenEngine]:
    """Load the language model and yield its engine; close the engine when the context exits. Raises StartupError.

    Call `prepare_process` before: this function imports vLLM and OpenMP, which read the environment at import. Loading
    runs on a thread, so that the event loop can answer health checks meanwhile.
    """
    engine = await asyncio.to_thread(_start, settings, checkpoint)
    try:
        yield engine
    finally:
        await engine.close()


def _start(settings: Settings, checkpoint: Checkpoint) -> _OpenEngine:
    if settings.engine is EngineKind.VLLM or (settings.engine is EngineKind.AUTO and _vllm_imports()):
        return _start_vllm(settings, checkpoint)
    return _start_transformers(settings, checkpoint)


def _vllm_imports() -> bool:
    """Report whether vLLM is installed and imports. Log a warning if it is installed but does not import."""
    if find_spec("vllm") is None:
        return False
    try:
        import core.engines.vllm_engine  # noqa: F401
    except ImportError as error:
        log.warning("vllm_does_not_import", reason=" ".join(str(error).split()))
        return False
    return True


def _start_vllm(settings: Settings, checkpoint: Checkpoint) -> _OpenEngine:
    try:
        from core.engines.vllm_engine import VllmEngine
    except ImportError as error:
        raise StartupError(f"ENGINE=vllm: {error}") from error
    try:
        return VllmEngine.start(vllm_args(settings, checkpoint), rows=checkpoint.vocabulary.rows)
    except (RuntimeError, ValueError, OSError) as error:
        raise StartupError(f"{checkpoint.language_model_path}: vLLM: {error}") from error


def vllm_args(settings: Settings, checkpoint: Checkpoint) -> Any:
    """Return vLLM's AsyncEngineArgs for the settings. Imports vLLM."""
    from core.engines.vllm_engine import engine_args

    return engine_args(
        checkpoint,
        kv_cache_bytes=settings.vllm_kv_cache_mib * MIB,
        max_len=settings.vllm_max_len,
        max_running=settings.max_running,
        max_unfinished=_max_unfinished(settings),
        stream_interval=settings.vllm_stream_interval,
        compiled=settings.vllm_compile,
        sleeps=settings.snapshot is SnapshotMode.GPU,
    )


def _start_transformers(settings: Settings, checkpoint: Checkpoint) -> _OpenEngine:
    import torch

    from core.device import find_device
    from core.engines.qwen2 import Qwen2Decoder
    from core.engines.transformers_engine import TransformersEngine

    device = find_device(settings.device)
    decoder = Qwen2Decoder(
        checkpoint.language_model_path,
        max_len=min(checkpoint.max_positions, settings.vllm_max_len),
        device=device,
        dtype=torch.bfloat16 if device.type == "cuda" else torch.float32,  # bfloat16 is slower on most CPUs
    )
    return TransformersEngine(decoder, max_waiting=_max_unfinished(settings))


def _max_unfinished(settings: Settings) -> int:
    """Return the largest number of prompts at once: running requests times concurrent chunks of each."""
    return settings.max_running * settings.chunks_at_once
