"""Trains the demo language model: first phone onsets of short texts, then the whole token format.

Run as `python -m training.demo_voice.train_lm --work DIR --minutes 60 --until 02:35`; resumes from DIR/lm.pt.
"""

import argparse
import math
import random
import time
from pathlib import Path

import torch
from torch.nn import functional as F
from transformers import Qwen2Config, Qwen2ForCausalLM

from training.demo_voice.budget import Budget, clock_time
from training.demo_voice.lm_data import IGNORED, Batch, Sampler, collate, load, whole_row
from training.demo_voice.muon import Muon
from training.demo_voice.texts import MAX_CHARACTERS
from training.demo_voice.vocabulary import EMBEDDING_ROWS, END_OF_TURN, PADDING

# (progress at which the stage ends, longest text, share of rows with globals; None: phone onsets only)
CURRICULUM = (
    (0.05, 16, None),
    (0.15, 32, None),
    (0.30, 60, None),
    (0.48, MAX_CHARACTERS, None),
    (0.60, 60, 0.25),
    (0.85, MAX_CHARACTERS, 0.25),
    (1.01, MAX_CHARACTERS, 1.0),
)
WARM_UP_STEPS, FLAT_UNTIL, FLOOR = 60, 0.50, 0.02
VALIDATION_ROWS = 96


def new_model(hidden: int, layers: int) -> Qwen2ForCausalLM:
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
    """Mean cross-entropy over the labelled places, and the share of them that the best guess gets right."""
    # A mask of ones: without one, gaps in position_ids are read as the borders of packed sequences.
    hidden = model.model(
        input_ids=batch.ids, position_ids=batch.positions, attention_mask=torch.ones_like(batch.ids), use_cache=False
    ).last_hidden_state
    labelled = batch.labels != IGNORED
    logits = F.linear(hidden[labelled], model.get_input_embeddings().weight)
    targets = batch.labels[labelled]
    return F.cross_entropy(logits.float(), targets), (logits.argmax(1) == targets).float().mean()


def rate(progress: float, step: int) -> float:
    """The learning rate's factor: warm-up, flat, then linear down to FLOOR."""
    decay = 1.0 if progress < FLAT_UNTIL else 1 - (1 - FLOOR) * (progress - FLAT_UNTIL) / (1 - FLAT_UNTIL)
    return min(1.0, (step + 1) / WARM_UP_STEPS) * max(FLOOR, decay)


def optimizers(model: Qwen2ForCausalLM, lr: float) -> list[torch.optim.Optimizer]:
    embedding = model.get_input_embeddings().weight
    matrices = [p for p in model.parameters() if p.ndim == 2 and p is not embedding]
    others = [p for p in model.parameters() if p.ndim != 2 or p is embedding]
    return [Muon(matrices, lr=lr), torch.optim.AdamW(others, lr=lr, betas=(0.9, 0.98), weight_decay=0.0)]


def save(path: Path, content: dict[str, object]) -> None:
    partial = path.with_suffix(".partial")
    torch.save(content, partial)
    partial.replace(path)


def train(options: argparse.Namespace) -> None:
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    utterances = load(options.work)
    random.Random(options.seed).shuffle(utterances)
    validation = collate([whole_row(u) for u in utterances[:VALIDATION_ROWS]])
    sampler = Sampler(utterances[VALIDATION_ROWS:], options.tokens, options.seed)
    model = new_model(options.hidden, options.layers)
    optimisers = optimizers(model, options.lr)
    budget, step, seen = Budget(options.minutes, options.until), 0, 0
    path = options.work / "lm.pt"
    if path.exists():
        state = torch.load(path)
        model.load_state_dict(state["model"])
        for optimiser, saved in zip(optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(saved)
        budget.spent_s, budget.began, step, seen = state["spent_s"], state["began"], state["step"], state["seen"]
        sampler = Sampler(utterances[VALIDATION_ROWS:], options.tokens, options.seed + step)
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters, {len(utterances):,} utterances", flush=True)
    progress, stage, batches, logged = budget.lap(), -1, iter(list[Batch]()), time.monotonic()
    running = torch.zeros(2)
    while progress < 1:
        wanted = next(i for i, (end, _, _) in enumerate(CURRICULUM) if progress < end)
        if wanted != stage:
            stage = wanted
            batches = sampler.batches(text_limit=CURRICULUM[stage][1], global_share=CURRICULUM[stage][2])
        batch = next(batches)
        loss, right = loss_of(model, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimiser in optimisers:
            for group in optimiser.param_groups:
                group["lr"] = options.lr * rate(progress, step)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        step, seen = step + 1, seen + batch.ids.numel()
        running = running.lerp(torch.stack((loss.detach(), right)), 0.05 if step > 20 else 1 / step)
        progress = budget.lap()
        if step % 100 == 0:
            each_s = (time.monotonic() - logged) / 100
            logged = time.monotonic()
            print(
                f"{progress:.3f} step {step} stage {stage} tokens {seen / 1e6:.2f}M "
                f"loss {running[0]:.3f} right {running[1]:.3f} {each_s:.2f} s/step",
                flush=True,
            )
        if step % 400 == 0 or progress >= 1:
            with torch.no_grad():
                check, right = loss_of(model, validation)
            print(f"{progress:.3f} validation, whole format: loss {check:.3f} right {right:.4f}", flush=True)
            save(
                path,
                {
                    "model": model.state_dict(),
                    "optimisers": [o.state_dict() for o in optimisers],
                    "step": step,
                    "seen": seen,
                    "spent_s": budget.spent_s,
                    "began": budget.began,
                    "config": model.config.to_dict(),
                },
            )
            if not math.isfinite(check.item()):
                raise SystemExit("the loss is not finite")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--until", type=clock_time, help="HH:MM, the hard end")
    parser.add_argument("--hidden", type=int, default=192)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--tokens", type=int, default=3000, help="tokens a step, padding counted")
    parser.add_argument("--lr", type=float, default=4e-3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
