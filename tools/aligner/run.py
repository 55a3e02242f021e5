"""Run of a whole training: pairs, network, evaluation, files. What is done is kept in a folder until the end."""

import asyncio
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Protocol

import torch

from core.alignment.aligner import TokenAligner, load_aligner
from core.alignment.files import FOLDER, AlignerConfig, write_aligner
from core.alignment.network import Floats
from core.alignment.units import UnitTable
from core.checkpoint.reading import Checkpoint
from core.engines import open_engine
from shared.config import Settings
from shared.errors import StartupError
from tools.aligner.batches import examples, letters_of, usable
from tools.aligner.calibration import calibrate
from tools.aligner.evaluation import Evaluation, evaluate
from tools.aligner.pairs import Pair, PairFile, PairGenerator
from tools.aligner.texts import rows
from tools.aligner.training import Trainer

PARTIAL = f"{FOLDER}.partial"
"""Folder beside the finished one, of a run that was not finished."""
FIRST_OFFSETS, SECOND_OFFSETS = tuple(range(-4, 4)), (-6, -3, 0, 3)
"""Offsets of the layers in tokens: 10 before and 6 after a token. Chosen with the aligner's lag of 8: see LAG."""
WIDE_CODES, WIDTHS = 4_096, (32, 112)
"""Codes from which the embedding has the second width: 1.2M parameters at the published 8,192 codes."""
HIDDEN = 96
HELD_OUT = 200
"""Pairs for the evaluation, at most a tenth of all."""
MOST_PAIRS = 20_000
"""Pairs after which generation ends early: 20 hours of speech. Chosen."""
PAIR_SHARE = 0.5
"""Share of the minutes for the generation of pairs."""
LEAST_PAIRS = 20
CALIBRATION_PAIRS = 600
"""Pairs, of those trained on, that set the standard of the verdict, at most."""


class Progress(Protocol):
    """Display of a run's steps."""

    def begin(self, name: str, total: float, unit: str) -> None: ...

    def advance(self, amount: float) -> None: ...

    def end(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """Plan of a run. `pairs`: given ones; without them the checkpoint's engine generates some, of `texts` if given."""

    checkpoint: Checkpoint
    settings: Settings
    minutes: float
    pairs: Sequence[Pair] = ()
    texts: Sequence[str] = ()
    seed: int = 0


def train_aligner(plan: Plan, progress: Progress) -> Evaluation:
    """Train an aligner and write it into the checkpoint; resume a run that was not finished. Raises StartupError."""
    folder = plan.checkpoint.root / PARTIAL
    folder.mkdir(exist_ok=True)
    store = PairFile(folder / "pairs.jsonl")
    seconds = 60 * plan.minutes
    if not plan.pairs:
        _generate(plan, store, seconds * PAIR_SHARE, progress)
    pairs = usable(plan.pairs or store.read())
    if len(pairs) < LEAST_PAIRS:
        raise StartupError(f"{len(pairs)} pairs of text and tokens are usable, at least {LEAST_PAIRS} are needed")
    held_out = pairs[: min(HELD_OUT, len(pairs) // 10)]
    aligner = _train(plan, pairs[len(held_out) :], folder, seconds * (1 if plan.pairs else 1 - PAIR_SHARE), progress)
    progress.begin("evaluating", len(held_out), "pairs")
    result = evaluate(aligner, held_out, seed=plan.seed, done=lambda: progress.advance(1))
    progress.end()
    path = plan.checkpoint.root / FOLDER / "evaluation.json"
    path.write_text(json.dumps(result.as_json(), indent=1) + "\n", "utf-8")
    shutil.rmtree(folder)
    return result


def _generate(plan: Plan, store: PairFile, seconds: float, progress: Progress) -> None:
    """Generate pairs for `seconds`, less the share that an earlier run has generated."""
    kept, clock = len(store.read()), store.path.with_suffix(".seconds")
    spent = float(clock.read_text()) if clock.exists() else 0.0
    languages = sorted({language for voice in plan.checkpoint.voices for language in voice.languages})
    texts = iter(plan.texts) if plan.texts else rows(languages, plan.seed)
    most = (len(plan.texts) if plan.texts else MOST_PAIRS) - kept
    if spent >= seconds or most <= 0:
        return
    progress.begin("generating pairs", 0, "seconds of speech")
    begun = monotonic() - spent

    def done(tokens: int) -> None:
        clock.write_text(f"{monotonic() - begun:.1f}")
        progress.advance(tokens / 50)

    async def generate() -> None:
        async with open_engine(plan.settings, plan.checkpoint) as engine:
            await PairGenerator(engine, plan.checkpoint).generate(
                islice(texts, kept, None),
                store,
                seconds=seconds - spent,
                most=most,
                at_once=plan.settings.max_running,
                done=done,
            )

    asyncio.run(generate())
    clock.write_text(f"{seconds:.1f}")
    progress.end()


def _train(plan: Plan, pairs: Sequence[Pair], folder: Path, seconds: float, progress: Progress) -> TokenAligner:
    codes = plan.checkpoint.vocabulary.semantics.count
    config = AlignerConfig(
        letters=letters_of(pairs),
        codes=codes,
        width=WIDTHS[codes >= WIDE_CODES],
        hidden=HIDDEN,
        first_offsets=FIRST_OFFSETS,
        second_offsets=SECOND_OFFSETS,
    )
    rows_ = examples(pairs, UnitTable(config.letters))
    torch.manual_seed(plan.seed)
    device = torch.device("cuda" if torch.cuda.is_available() and plan.settings.device != "cpu" else "cpu")
    trainer = Trainer(rows_, config, folder / "training.pt", device)
    progress.begin("training", 100, "%")
    trainer.run(seconds, _percent(progress))
    progress.end()
    return _written(plan.checkpoint.root, config, trainer.network.tensors(), pairs)


def _written(root: Path, config: AlignerConfig, tensors: Mapping[str, Floats], pairs: Sequence[Pair]) -> TokenAligner:
    """Write the aligner, calibrate it, and write its config again; return it as it was stored."""
    write_aligner(root / FOLDER, config, tensors)
    first = load_aligner(root)
    assert first is not None
    standard = calibrate(first, pairs[:CALIBRATION_PAIRS])
    rounded = {name: round(value, 3) for name, value in asdict(standard).items()}
    write_aligner(root / FOLDER, config.model_copy(update=rounded), tensors)
    aligner = load_aligner(root)
    assert aligner is not None
    return aligner


def _percent(progress: Progress) -> Callable[[float, float], None]:
    """Return a report that advances the display by what is new."""
    shown = 0.0

    def report(done: float, loss: float) -> None:
        nonlocal shown
        progress.advance(100 * (done - shown))
        shown = done

    return report
