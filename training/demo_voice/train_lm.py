"""Training of the language model, from the weights of a voice with the same tokens, or from none.

Run as `python -m training.demo_voice.train_lm --work DIR --warm voices/demo --minutes 60` after timings; resumes from
DIR/lm.pt.
"""

import argparse
import json
import math
import random
import sys
from dataclasses import dataclass
from pathlib import Path

import torch
from tqdm import tqdm

from training.demo_voice.anybody import anybody
from training.demo_voice.arithmetic import products
from training.demo_voice.budget import Budget, Rate, save, training_options
from training.demo_voice.lines import load
from training.demo_voice.lm_data import Sampler, row
from training.demo_voice.muon import Muon
from training.demo_voice.phase_model import PhaseModel
from training.demo_voice.rows import Batch, collate
from training.demo_voice.scores import score
from training.demo_voice.speakers import SPEAKERS
from training.demo_voice.vocabulary import tokenizer

LEARNING_RATE = Rate(warm_up_steps=60, flat_until=0.5)
VALIDATION_ROWS, CHECK_STEPS = 16, 100
"""Validation rows of each language, and steps between two checkpoints."""


@dataclass(slots=True)
class TrainingState:
    """Model in training, its optimisers and its progress."""

    model: PhaseModel
    optimisers: list[torch.optim.Optimizer]
    budget: Budget
    step: int = 0
    seen: int = 0

    @classmethod
    def begin(cls, options: argparse.Namespace) -> "TrainingState":
        """Resume from DIR/lm.pt if it exists, else start from the voice `--warm`, else from random weights."""
        settings = json.loads((options.warm / "LLM" / "config.json").read_text()) if options.warm else {}
        model = PhaseModel(settings.get("hidden_size", 192), settings.get("num_hidden_layers", 6))
        matrices = [p for p in model.body.parameters() if p.ndim == 2]
        others = [*(p for p in model.body.parameters() if p.ndim != 2), *model.table.parameters()]
        adam = torch.optim.AdamW(others, lr=options.lr, betas=(0.9, 0.98), weight_decay=0.0)
        state = cls(model, [Muon(matrices, lr=options.lr), adam], Budget(options.minutes, options.until))
        path = options.work / "lm.pt"
        if path.exists():
            saved = torch.load(path)
            model.load_state_dict(saved["training"])
            for optimiser, saved_optimiser in zip(state.optimisers, saved["optimisers"], strict=True):
                optimiser.load_state_dict(saved_optimiser)
            state.budget.resume(saved)
            state.step, state.seen = saved["step"], saved["seen"]
        elif options.warm:
            model.warm(options.warm)
        return state

    def learn(self, batch: Batch, lr: float) -> torch.Tensor:
        """Make one step; return its losses."""
        with products():
            losses = self.model.losses(batch)
        losses[0].backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = lr
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        self.step, self.seen = self.step + 1, self.seen + batch.ids.numel()
        return losses.detach()

    def check(self, validation: dict[str, Batch], path: Path) -> str:
        """Write the checkpoint; return the validation losses of each language as text."""
        results = []
        for language, rows in validation.items():
            with torch.no_grad():
                losses = self.model.losses(rows)
            if not math.isfinite(losses[0].item()):
                raise SystemExit("the loss is not finite")
            results.append(f"{language} {losses[0]:.3f} (slots {losses[1]:.3f})")
        content = {
            "model": self.model.whole(),
            "training": self.model.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
            "step": self.step,
            "seen": self.seen,
            "config": self.model.config.to_dict(),
            "tokens": tokenizer().get_vocab(),
        }
        save(path, content | self.budget.state())
        return ", ".join(results)


def train(options: argparse.Namespace) -> None:
    """Train until the budget is spent."""
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    rng = random.Random(options.seed)
    lines, validation = load(options.work), {}
    for language, rows in lines.items():
        held = rows[:VALIDATION_ROWS]
        speakers = [rng.choice(SPEAKERS) for _ in held]
        made = [row(line.text, score(line, s), s, with_globals=True) for line, s in zip(held, speakers, strict=True)]
        validation[language] = collate(made)
        del rows[:VALIDATION_ROWS]
        if language == "en":
            voices = [anybody(rng) for _ in held]
            made = [row(line.text, score(line, v), v, with_globals=True) for line, v in zip(held, voices, strict=True)]
            validation["nameless"] = collate(made)
    state = TrainingState.begin(options)
    batches = Sampler(lines, options.tokens, options.seed + state.step).batches()
    bar = tqdm(total=1.0, bar_format="{l_bar}{bar}| {elapsed} {postfix}", mininterval=10, miniters=0)
    progress, running = state.budget.lap(), torch.zeros(2)
    while progress < 1:
        result = state.learn(next(batches), options.lr * LEARNING_RATE.at(progress, state.step))
        running = running.lerp(result, 0.05 if state.step > 20 else 1 / state.step)
        progress = state.budget.lap()
        bar.n = min(1.0, progress)
        at = f"step {state.step} {state.seen / 1e6:.2f}M loss {running[0]:.3f} slots {running[1]:.3f}"
        bar.set_postfix_str(at, refresh=False)
        bar.update(0)
        if state.step % CHECK_STEPS == 0 or progress >= 1:
            bar.write(f"{progress:.3f} {at}; {state.check(validation, options.work / 'lm.pt')}", file=sys.stderr)


def main() -> None:
    parser = training_options(__doc__, minutes=60, lr=3e-3)
    parser.add_argument("--warm", type=Path, help="voice to start from")
    parser.add_argument("--tokens", type=int, default=3000, help="tokens per step, padding included")
    train(parser.parse_args())


if __name__ == "__main__":
    main()
