"""Choice of one GPU among those of a machine, for this process and the processes that it starts."""

import os

from shared.config import Settings
from shared.errors import StartupError

_VISIBLE = "CUDA_VISIBLE_DEVICES"


def with_one_gpu(settings: Settings) -> Settings:
    """Hide every GPU but that of `DEVICE=cuda:N` from this process; return the settings with `cuda`.

    vLLM takes no number of a device: its process uses the first that it sees. CUDA reads the variable when it is first
    used, so call this before. N counts within CUDA_VISIBLE_DEVICES, if that is set. Raises StartupError.
    """
    kind, _, number = settings.device.partition(":")
    if not number:
        return settings
    visible = os.environ.get(_VISIBLE)
    names = visible.split(",") if visible is not None else None
    if names is not None and int(number) >= len(names):
        raise StartupError(f"setting DEVICE: {settings.device}: {_VISIBLE} names {len(names)} GPUs")
    os.environ[_VISIBLE] = names[int(number)].strip() if names is not None else number
    return settings.model_copy(update={"device": kind})
