"""Training of the demo language model: first phone onsets of short texts, then the whole token format.

Run as `python -m training.demo_voice.train_lm --work DIR --minutes 60 --until 02:35`; resumes from DIR/lm.pt.
"""

import argparse
import math
import random
import sys
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn import functional as F
from tqdm import tqdm
from transformers import Qwen2Config, Qwen2ForCausalLM

from training.demo_voice.budget import Budget, save, training_options
from training.demo_voice.lm_data import IGNORED, Batch, Sampler, Stage, collate, load, whole_row
from training.demo_voice.muon import Muon
from training.demo_voice.speakers import SPEAKERS
from training.demo_voice.texts import MAX_CHARACTERS
from training.demo_voice.vocabulary import EMBEDDING_ROWS, END_OF_TURN, PADDING, tokenizer

CURRICULUM = (
    Stage(0.05, 16, 1, 0),
    Stage(0.15, 32, 1, 0),
    Stage(0.30, 60, 1, 0),
    Stage(0.48, MAX_CHARACTERS, 1, 0),
    Stage(0.60, 60, 0, 0.25),
    Stage(0.85, MAX_CHARACTERS, 0, 0.25),
    Stage(1.01, MAX_CHARACTERS, 0, 1),
)
WARM_CURRICULUM = (
    Stage(0.45, MAX_CHARACTERS, 0.5, 0.2),
    Stage(0.86, MAX_CHARACTERS, 0, 0.2),
    Stage(1.01, MAX_CHARACTERS, 0, 1),
)
"""Stages after a warm start: onsets are mixed with whole rows, because alone they make the model forget the format."""
WARM_UP_STEPS, FLAT_UNTIL, FLOOR = 60, 0.50, 0.02
"""Learning rate: steps of warm-up, progress up to which it is constant, and its final share of the maximum."""
VALIDATION_ROWS, CHECK_STEPS = 32, 200
"""Validation rows of each language, and steps between two checkpoints."""


def new_model(hidden: int, layers: int) -> Qwen2ForCausalLM:
    """Return a Qwen2 model with random weights."""
    config = Qwen2Config(
        vocab_size=EMBEDDING_ROWS,
        hidden_size=hidden,
        intermediate_size=hidden * 8 // 3 // 32 * 32,
        num_hidden_layers=layers,
        num_attention_heads=hidden // 32,
        num_key_value_heads=hidden // 32,
        max_position_embeddings=2048,
        rope_parameters={"rope_type": "default", "rope_theta": 10_000.0},
        tie_word_embeddings=True,
        use_sliding_window=False,
        bos_token_id=PADDING,
        eos_token_id=END_OF_TURN,
        pad_token_id=PADDING,
    )
    return Qwen2ForCausalLM(config)


def loss_of(model: Qwen2ForCausalLM, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the mean cross-entropy over labelled positions, and the share that the most likely token gets right."""
    # A mask of ones: without one, gaps in position_ids are read as the borders of packed sequences.
    hidden = model.model(
        input_ids=batch.ids, position_ids=batch.positions, attention_mask=torch.ones_like(batch.ids), use_cache=False
    ).last_hidden_state
    labelled = batch.labels != IGNORED
    logits = F.linear(hidden[labelled], model.get_input_embeddings().weight)
    targets = batch.labels[labelled]
    return F.cross_entropy(logits.float(), targets), (logits.argmax(1) == targets).float().mean()


def rate(progress: float, step: int) -> float:
    """Return the factor of the learning rate: warm-up, constant, then linear down to FLOOR."""
    decay = 1.0 if progress < FLAT_UNTIL else 1 - (1 - FLOOR) * (progress - FLAT_UNTIL) / (1 - FLAT_UNTIL)
    return min(1.0, (step + 1) / WARM_UP_STEPS) * max(FLOOR, decay)


def optimizers(model: Qwen2ForCausalLM, lr: float) -> list[torch.optim.Optimizer]:
    """Return Muon for matrices, and AdamW for the embedding and all vectors."""
    embedding = model.get_input_embeddings().weight
    matrices = [p for p in model.parameters() if p.ndim == 2 and p is not embedding]
    others = [p for p in model.parameters() if p.ndim != 2 or p is embedding]
    return [Muon(matrices, lr=lr), torch.optim.AdamW(others, lr=lr, betas=(0.9, 0.98), weight_decay=0.0)]


def load_weights(model: Qwen2ForCausalLM, path: Path) -> None:
    """Load the weights of another run; embedding rows are assigned by the names of their tokens."""
    state = torch.load(path)
    old = state["model"]
    rows = old.pop("model.embed_tokens.weight")
    old.pop("lm_head.weight", None)
    model.load_state_dict(old, strict=False)
    embedding = model.get_input_embeddings().weight
    with torch.no_grad():
        for name, i in state["tokens"].items():
            j = tokenizer().token_to_id(name)
            if j is not None:
                embedding[j] = rows[i]


@dataclass(slots=True)
class TrainingState:
    """Model in training, its optimisers and its progress."""

    model: Qwen2ForCausalLM
    optimisers: list[torch.optim.Optimizer]
    budget: Budget
    step: int = 0
    seen: int = 0

    @classmethod
    def begin(cls, options: argparse.Namespace) -> "TrainingState":
        """Resume from DIR/lm.pt if it exists, else start from the weights of `--warm`, else from random weights."""
        model = new_model(options.hidden, options.layers)
        state = cls(model, optimizers(model, options.lr), Budget(options.minutes, options.until))
        path = options.work / "lm.pt"
        if path.exists():
            saved = torch.load(path)
            model.load_state_dict(saved["model"])
            for optimiser, saved_optimiser in zip(state.optimisers, saved["optimisers"], strict=True):
                optimiser.load_state_dict(saved_optimiser)
            state.budget.resume(saved)
            state.step, state.seen = saved["step"], saved["seen"]
        elif options.warm:
            load_weights(model, options.warm)
        return state

    def learn(self, batch: Batch, lr: float) -> torch.Tensor:
        """Make one step; return its loss and the share of right predictions."""
        loss, right = loss_of(self.model, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = lr
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        self.step, self.seen = self.step + 1, self.seen + batch.ids.numel()
        return torch.stack((loss.detach(), right))

    def check(self, validation: dict[str, Batch], path: Path) -> str:
        """Write the checkpoint; return the validation loss of each language as text."""
        results = []
        for language, rows in validation.items():
            with torch.no_grad():
                loss, right = loss_of(self.model, rows)
            if not math.isfinite(loss.item()):
                raise SystemExit("the loss is not finite")
            results.append(f"{language} {loss:.3f} ({right:.3f} right)")
        content = {
            "model": self.model.state_dict(),
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
    utterances = load(options.work)
    validation = {}
    for language, rows in utterances.items():
        rng.shuffle(rows)
        validation[language] = collate([whole_row(u, rng.choice(SPEAKERS)) for u in rows[:VALIDATION_ROWS]])
        del rows[:VALIDATION_ROWS]
    state = TrainingState.begin(options)
    sampler = Sampler(utterances, options.tokens, options.seed + state.step)
    curriculum = WARM_CURRICULUM if options.warm else CURRICULUM
    bar = tqdm(total=1.0, bar_format="{l_bar}{bar}| {elapsed} {postfix}", mininterval=10, miniters=0)
    progress, stage, batches = state.budget.lap(), -1, iter(list[Batch]())
    running = torch.zeros(2)
    while progress < 1:
        wanted = next(i for i, one in enumerate(curriculum) if progress < one.until)
        if wanted != stage:
            stage = wanted
            batches = sampler.batches(curriculum[stage])
        result = state.learn(next(batches), options.lr * rate(progress, state.step))
        running = running.lerp(result, 0.05 if state.step > 20 else 1 / state.step)
        progress = state.budget.lap()
        bar.n = min(1.0, progress)
        at = f"stage {stage} step {state.step} {state.seen / 1e6:.2f}M loss {running[0]:.3f} right {running[1]:.3f}"
        bar.set_postfix_str(at, refresh=False)
        bar.update(0)
        if state.step % CHECK_STEPS == 0 or progress >= 1:
            bar.write(f"{progress:.3f} {at}; {state.check(validation, options.work / 'lm.pt')}", file=sys.stderr)


def main() -> None:
    parser = training_options(__doc__, minutes=60, lr=4e-3)
    parser.add_argument("--warm", type=Path, help="lm.pt of an earlier run to start from; skips the short-text stages")
    parser.add_argument("--hidden", type=int, default=192)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--tokens", type=int, default=3000, help="tokens per step, padding included")
    train(parser.parse_args())


if __name__ == "__main__":
    main()
