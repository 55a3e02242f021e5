"""`veena3 train-aligner`: train the aligner of a checkpoint, which tells the times of words and missing ones."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from api.cli.progress import StepProgress, show_progress
from api.cli.screen import line_console
from core.checkpoint.reading import open_checkpoint
from shared.config import Settings, read_settings
from tools.aligner.pairs import read_pairs
from tools.aligner.run import Plan, train_aligner
from tools.aligner.texts import lines_of


class _Steps:
    """Steps of a run on the command's progress."""

    def __init__(self, progress: StepProgress) -> None:
        self._progress = progress
        self._step = ExitStack()
        self.advance = progress.advance

    def begin(self, name: str, total: float, unit: str) -> None:
        self._step.enter_context(self._progress.step(name, total=total, unit=unit))

    def end(self) -> None:
        self._step.close()


def train_aligner_command(
    checkpoint: Annotated[Path, typer.Argument(help="checkpoint directory; its folder aligner/ is written")],
    minutes: Annotated[float, typer.Option(min=0.01, help="time for pairs and training together")] = 20.0,
    texts: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="texts to speak, one a line, in spoken form")
    ] = None,
    pairs: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help='JSON lines of "text" and "tokens", in place of generated pairs',
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="seed of texts and weights")] = 0,
) -> None:
    """Train the aligner of a checkpoint on speech that it generates; resume a run that was interrupted."""
    settings = read_settings(Settings, checkpoint=checkpoint)
    plan = Plan(
        checkpoint=open_checkpoint(checkpoint),
        settings=settings,
        minutes=minutes,
        pairs=read_pairs(pairs) if pairs else (),
        texts=lines_of(texts) if texts else (),
        seed=seed,
    )
    with show_progress() as progress:
        result = train_aligner(plan, _Steps(progress))
    console = line_console()
    console.print(f"aligner in {checkpoint / 'aligner'}; on {result.pairs} held-out pairs with {result.words} words:")
    console.print(f"  starts told in time within 40 ms of the whole chunk's: {result.agreement:.1%}")
    found = ", ".join(f"{name} {share:.1%}" for name, share in result.found.items())
    console.print(f"  faults put in that were found: {found}; false alarms: {result.false_alarms:.1%}")
    console.print(f"  CPU time for a second of sound: {result.cpu_ms:.2f} ms")
    console.print("  the exactness of the times is not known: pairs that a model generates have no reference")
