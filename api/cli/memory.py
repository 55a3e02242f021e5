"""`veena3 memory`: estimate of the GPU memory that the service needs, part by part."""

from typing import Annotated

import torch
import typer
from rich.table import Table

from api.cli.screen import table_console
from core.checkpoint.reading import open_checkpoint
from shared.config import MIB, Settings, VramProfile, read_settings
from tools.memory import GIB, aligner_memory, cached_tokens, cloning_memory, gpu_memory, published_dimensions


def memory(
    profile: Annotated[VramProfile | None, typer.Option(help="profile to use instead of VRAM_PROFILE")] = None,
    gpu_gib: Annotated[
        float | None, typer.Option(help="memory of a GPU in GiB; default: this machine's GPU, if there is one")
    ] = None,
    published: Annotated[bool, typer.Option(help="use the published dimensions, not the checkpoint's")] = False,
) -> None:
    """Print an estimate of GPU memory; exit status 1 if it does not fit into the GPU."""
    settings = read_settings(Settings, **({"vram_profile": profile} if profile else {}))
    aligner = None
    if published:
        language_model, codec = published_dimensions()
    else:
        checkpoint = open_checkpoint(settings.checkpoint)
        language_model, codec, aligner = checkpoint.language_model, checkpoint.codec, checkpoint.aligner
    parts = gpu_memory(settings, language_model, codec)
    table = Table("part", "MiB", "basis", title=f"GPU memory, profile {settings.vram_profile}")
    for part in parts:
        table.add_row(part.name, f"{part.bytes / MIB:,.0f}", part.basis)
    needed = sum(part.bytes for part in parts)
    table.add_row("total", f"{needed / MIB:,.0f}", "")
    console = table_console()
    console.print(table)
    if cloning := cloning_memory(settings, codec):
        described = ", ".join(f"{part.name} {part.bytes / MIB:,.0f} MiB" for part in cloning)
        console.print(
            f"CLONING={settings.cloning} takes memory of the machine, where the checkpoint has it: {described}"
        )
    for part in aligner_memory(aligner):
        console.print(
            f"times of words take memory of the machine: {part.name} {part.bytes / MIB:,.0f} MiB ({part.basis})"
        )
    tokens = cached_tokens(settings, language_model)
    console.print(f"{settings.max_running} requests at once have {tokens // settings.max_running:,} tokens each")
    available = gpu_gib * GIB if gpu_gib is not None else _local_gpu_bytes()
    if available is None:
        console.print("no GPU on this machine to compare with; give one with --gpu-gib")
        return
    fits = needed <= available
    console.print(f"{'fits' if fits else 'does not fit'}: {needed / GIB:.1f} of {available / GIB:.1f} GiB")
    if not fits:
        raise typer.Exit(1)


def _local_gpu_bytes() -> int | None:
    return int(torch.cuda.get_device_properties(0).total_memory) if torch.cuda.is_available() else None
