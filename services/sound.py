"""Decoder and super-resolution: the part of the model that makes sound, loaded beside the token engine."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import torch

from core.bicodec.checkpoint import BiCodecCheckpoint, load_bicodec
from core.bicodec.model import BiCodec
from core.codec import Codec
from core.forms.codec import choose_codec
from core.forms.memory import Choice
from core.forms.super_resolution import choose_super_resolution
from core.scheduling.device_worker import DeviceWorker
from core.super_resolution import SuperResolution
from core.superres.checkpoint import CONFIG_FILE, load_super_resolver, weights_file
from core.superres.config import SuperResConfig
from shared.config import Settings, SuperResolutionMode
from shared.errors import CheckpointInvalid


@dataclass(frozen=True, slots=True)
class Sound:
    """A decoder and, where the settings name one, a super-resolution. Both have run once."""

    codec: Codec
    super_resolution: SuperResolution | None


@asynccontextmanager
async def open_sound(settings: Settings, checkpoint: BiCodecCheckpoint, device: torch.device) -> AsyncIterator[Sound]:
    """Load decoder and super-resolution, choose their modes, and run each once. Raises CheckpointInvalid.

    The work runs on threads, so that an engine may load meanwhile.
    """

    def load() -> tuple[BiCodec, Choice]:
        model, mode, threads = load_bicodec(checkpoint), settings.codec_mode, settings.codec_threads
        return model, choose_codec(model, mode=mode, threads=threads, device=device)

    model, choice = await asyncio.to_thread(load)
    with closing(device_worker(settings, threads=choice.threads)) as worker:
        codec = await asyncio.to_thread(Codec, model, worker, choice=choice, device=device)
        opening = open_super_resolution(settings, device, rate=codec.rate, threads=choice.threads)
        async with opening as super_resolution:
            await codec.warm_up()
            yield Sound(codec, super_resolution)


def device_worker(settings: Settings, *, threads: int) -> DeviceWorker:
    """Return the decoding thread of these settings. `threads`: CPU threads of its computations."""
    return DeviceWorker(
        max_jobs=settings.decode_batch,
        gather_s=settings.decode_gather_ms / 1000,
        prepare=lambda: torch.set_num_threads(threads),
    )


@asynccontextmanager
async def open_super_resolution(
    settings: Settings, device: torch.device, *, rate: int, threads: int = 1
) -> AsyncIterator[SuperResolution | None]:
    """Open the super-resolution that the settings name, warmed up, for sound of `rate` Hz; None where they name none.

    `threads`: CPU threads of its computations. Raises CheckpointInvalid.
    """
    directory = settings.super_resolution
    if directory is None:
        yield None
        return
    await asyncio.to_thread(check_super_resolution, settings, rate=rate)
    with closing(await asyncio.to_thread(_load_super_resolution, directory, settings, device, threads)) as loaded:
        await loaded.warm_up()
        yield loaded


def check_super_resolution(settings: Settings, *, rate: int) -> None:
    """Check that the super-resolution that the settings name has its files and takes `rate` Hz; load no weights.

    Raises CheckpointInvalid.
    """
    if directory := settings.super_resolution:
        config = SuperResConfig.read(directory / CONFIG_FILE)
        weights_file(directory)
        if config.low_rate != rate:
            raise CheckpointInvalid(f"{directory}: takes {config.low_rate} Hz, and the voice has {rate}")


def _load_super_resolution(directory: Path, settings: Settings, device: torch.device, threads: int) -> SuperResolution:
    loaded = load_super_resolver(directory)
    choice = choose_super_resolution(
        loaded.config, loaded.generator, mode=settings.super_resolution_mode, threads=threads, device=device
    )
    return SuperResolution(
        loaded.config,
        loaded.generator,
        mode=SuperResolutionMode(choice.mode),
        reason=choice.reason,
        device=device,
        threads=threads,
        max_jobs=settings.decode_batch,
        gather_s=settings.decode_gather_ms / 1000,
    )
