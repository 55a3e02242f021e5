"""Trains the demo decoder: BiCodec's decode side on phase-locked targets, by plain regression.

Run as `python -m training.demo_voice.train_decoder --work DIR --minutes 60 --until 02:45`; resumes from DIR/decoder.pt.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch

from core.bicodec.model import BiCodec
from training.demo_voice.budget import Budget, clock_time
from training.demo_voice.decoder_config import CODEBOOK_DIM, config
from training.demo_voice.decoder_data import Clip, crops, first_codebook, load
from training.demo_voice.muon import Muon

SPECTRA = (1024, 512, 256, 128)
VALIDATION_CLIPS = 12
FLAT_UNTIL, FLOOR, WARM_UP_STEPS = 0.45, 0.02, 30
MUON_FACTOR = 3.0


def magnitude(samples: torch.Tensor, size: int) -> torch.Tensor:
    """[B, N] -> [B, size/2 + 1, frames]."""
    spectrum = torch.stft(samples, size, size // 4, window=torch.hann_window(size), return_complex=True)
    return (spectrum.real.square() + spectrum.imag.square() + 1e-9).sqrt()


def distance(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Relative L1 of the waveform, and of magnitudes and their logarithms at several resolutions."""
    loss = (output - target).abs().mean() / target.abs().mean()
    for size in SPECTRA:
        a, b = magnitude(output, size), magnitude(target, size)
        floor = 1e-3 * size**0.5
        loss = loss + ((a - b).abs().mean() / b.mean() + 0.5 * ((a + floor) / (b + floor)).log().abs().mean()) / len(
            SPECTRA
        )
    return loss


def loss_of(model: BiCodec, batch: Clip) -> torch.Tensor:
    return distance(model.detokenize(batch.tokens, batch.globals)[:, 0], batch.samples)


def decibels(model: BiCodec, clips: list[Clip]) -> float:
    """Mean signal-to-error ratio of whole utterances."""
    ratios = []
    with torch.no_grad():
        for clip in clips:
            error = model.detokenize(clip.tokens[None], clip.globals[None])[0, 0] - clip.samples
            ratios.append(10 * torch.log10(clip.samples.square().mean() / error.square().mean()).item())
    return float(np.mean(ratios))


def rate(progress: float, step: int) -> float:
    decay = 1.0 if progress < FLAT_UNTIL else 1 - (1 - FLOOR) * (progress - FLAT_UNTIL) / (1 - FLAT_UNTIL)
    return min(1.0, (step + 1) / WARM_UP_STEPS) * max(FLOOR, decay)


def optimizers(model: BiCodec, lr: float) -> list[torch.optim.Optimizer]:
    """Muon for everything that mixes channels, AdamW for the codebook, the output layer and what has one row."""
    codebook = model.quantizer.codebook.weight
    matrices = [p for p in model.parameters() if p.ndim > 1 and p is not codebook and min(p.shape[:2]) > 1]
    chosen = set(map(id, matrices))
    others = [p for p in model.parameters() if id(p) not in chosen]
    return [Muon(matrices, lr=MUON_FACTOR * lr), torch.optim.AdamW(others, lr=lr, betas=(0.8, 0.99), weight_decay=0.0)]


def train(options: argparse.Namespace) -> None:
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    rng = np.random.default_rng(options.seed)
    clips = load(options.work)
    rng.shuffle(clips)
    validation, clips = clips[:VALIDATION_CLIPS], clips[VALIDATION_CLIPS:]
    model = BiCodec(config())
    with torch.no_grad():
        model.quantizer.codebook.weight.copy_(first_codebook(clips, CODEBOOK_DIM))
    optimisers = optimizers(model, options.lr)
    rates = [optimiser.param_groups[0]["lr"] for optimiser in optimisers]
    budget, step = Budget(options.minutes, options.until), 0
    path = options.work / "decoder.pt"
    if path.exists():
        state = torch.load(path)
        model.load_state_dict(state["model"])
        for optimiser, saved in zip(optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(saved)
        budget.spent_s, budget.began, step = state["spent_s"], state["began"], state["step"]
        rng = np.random.default_rng(options.seed + step)
    speech_s = sum(len(clip.tokens) for clip in clips) / 50
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters, {speech_s:.0f} s of speech", flush=True)
    progress, running, logged = budget.lap(), 0.0, time.monotonic()
    while progress < 1:
        batch = crops(clips, count=options.crops, length=options.length, rng=rng)
        loss = loss_of(model, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        for optimiser, full_rate in zip(optimisers, rates, strict=True):
            optimiser.param_groups[0]["lr"] = full_rate * rate(progress, step)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        step += 1
        running += (loss.item() - running) * (0.05 if step > 20 else 1 / step)
        progress = budget.lap()
        if step % 50 == 0:
            each_s = (time.monotonic() - logged) / 50
            logged = time.monotonic()
            print(f"{progress:.3f} step {step} loss {running:.3f} {each_s:.2f} s/step", flush=True)
        if step % 200 == 0 or progress >= 1:
            print(f"{progress:.3f} validation: {decibels(model, validation):.2f} dB", flush=True)
            partial = path.with_suffix(".partial")
            torch.save(
                {
                    "model": model.state_dict(),
                    "optimisers": [o.state_dict() for o in optimisers],
                    "step": step,
                    "spent_s": budget.spent_s,
                    "began": budget.began,
                },
                partial,
            )
            partial.replace(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--until", type=clock_time, help="HH:MM, the hard end")
    parser.add_argument("--crops", type=int, default=6, help="crops a step")
    parser.add_argument("--length", type=int, default=40, help="tokens a crop")
    parser.add_argument("--lr", type=float, default=1.5e-3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
