"""`veena3 memory`: what the service takes of a GPU's memory, part by part, and whether a GPU has it."""

from typing import Annotated

import torch
import typer
from rich.table import Table

from api.cli.screen import table_console
from core.checkpoint.reading import open_checkpoint
from shared.config import MIB, Settings, VramProfile, read_settings
from tools.memory import GIB, cached_tokens, gpu_memory, published_dimensions


def memory(
    profile: Annotated[VramProfile | None, typer.Option(help="instead of the setting VRAM_PROFILE")] = None,
    gpu_gib: Annotated[
        float | None, typer.Option(help="a GPU's memory; default: this machine's, if it has one")
    ] = None,
    published: Annotated[bool, typer.Option(help="reckon with the published dimensions, not the checkpoint's")] = False,
) -> None:
    """Reckon; exit status 1 where a GPU is known and does not fit."""
    settings = read_settings(Settings, **({"vram_profile": profile} if profile else {}))
    if published:
        language_model, codec = published_dimensions()
    else:
        checkpoint = open_checkpoint(settings.checkpoint)
        language_model, codec = checkpoint.language_model, checkpoint.codec
    parts = gpu_memory(settings, language_model, codec)
    table = Table("part", "MiB", "rests on", title=f"GPU memory, profile {settings.vram_profile}")
    for part in parts:
        table.add_row(part.name, f"{part.bytes / MIB:,.0f}", part.basis)
    needed = sum(part.bytes for part in parts)
    table.add_row("together", f"{needed / 2**20:,.0f}", "")
    console = table_console()
    console.print(table)
    tokens = cached_tokens(settings, language_model)
    console.print(f"{settings.max_running} requests at once have {tokens // settings.max_running:,} tokens each")
    has = gpu_gib * GIB if gpu_gib is not None else _memory_here()
    if has is None:
        console.print("no GPU here to compare with; --gpu-gib names one")
        return
    fits = needed <= has
    console.print(f"{'fits' if fits else 'does not fit'}: {needed / GIB:.1f} of {has / GIB:.1f} GiB")
    if not fits:
        raise typer.Exit(1)


def _memory_here() -> int | None:
    return int(torch.cuda.get_device_properties(0).total_memory) if torch.cuda.is_available() else None
