"""Training of the demo decoder: the prenet learns each frame's coefficients; synthesis.py sets the wave generator.

Run as `python -m training.demo_voice.train_decoder --work DIR --minutes 30` after waves; resumes from DIR/decoder.pt.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from core.bicodec.model import BiCodec
from training.demo_voice.budget import Budget, save, training_options
from training.demo_voice.decoder_config import CODEBOOK_DIM, DIRECTIONS, config
from training.demo_voice.decoder_data import HOP, Clip, crops, first_codebook, load
from training.demo_voice.muon import Muon
from training.demo_voice.synthesis import become_linear, main_directions, synthesise

SPECTRA = (1024, 512, 256)
"""FFT sizes of the spectral loss."""
WAVE_WEIGHT, LOG_WEIGHT = 0.5, 1.0
"""Weights of the waveform's loss, and of the logarithmic loss against the linear one."""
VALIDATION_CLIPS = 24
FLAT_UNTIL, FLOOR, WARM_UP_STEPS = 0.35, 0.02, 30
"""Learning rate: progress up to which it is constant, its final share of the maximum, and steps of warm-up."""
MUON_FACTOR = 3.0
"""Learning rate of Muon as a multiple of AdamW's."""
CHECK_STEPS = 200
"""Steps between two checkpoints."""


def magnitude(samples: Tensor, size: int) -> Tensor:
    """Return the magnitude spectrum of samples [B, N]: [B, size/2 + 1, frames]."""
    window = torch.hann_window(size, device=samples.device)
    spectrum = torch.stft(samples, size, size // 4, window=window, return_complex=True)
    return (spectrum.real.square() + spectrum.imag.square() + 1e-9).sqrt()


def distance(output: Tensor, target: Tensor) -> Tensor:
    """Return the relative L1 distance of waveforms, and of magnitudes and their logarithms at several resolutions."""
    loss = WAVE_WEIGHT * (output - target).abs().mean() / target.abs().mean()
    for size in SPECTRA:
        a, b = magnitude(output, size), magnitude(target, size)
        floor = 1e-3 * size**0.5
        spectral = (a - b).abs().mean() / b.mean() + LOG_WEIGHT * ((a + floor) / (b + floor)).log().abs().mean()
        loss = loss + spectral / len(SPECTRA)
    return loss


class FrameDecoder(torch.nn.Module):
    """Decode side with the wave generator as one matrix product: the same samples for a hundredth of the work."""

    def __init__(self, clips: list[Clip]) -> None:
        super().__init__()
        self.model = BiCodec(config())
        basis, shares = main_directions((clip.samples for clip in clips), DIRECTIONS)
        level = torch.cat([clip.samples for clip in clips[:200]]).square().mean() * HOP
        self.register_buffer("basis", basis * (shares * level).sqrt()[:, None])
        print(f"{DIRECTIONS} directions hold {shares.sum():.4f} of the energy", flush=True)
        self.model.decoder.requires_grad_(requires_grad=False)
        with torch.no_grad():
            self.model.quantizer.codebook.weight.copy_(first_codebook(clips, CODEBOOK_DIM))
        project = self.model.speaker_encoder.project
        for parameter in (project.weight, project.bias):  # the d-vector must not change the frames' coefficients
            parameter.data[:DIRECTIONS] = 0
            parameter.register_hook(lambda gradient: gradient.index_fill(0, torch.arange(DIRECTIONS), 0))

    def forward(self, tokens: Tensor, voice: Tensor) -> Tensor:
        """Decode tokens [B, T] and global tokens [B, 1, 32] to samples [B, 320·T]."""
        d = self.model.speaker_encoder(voice)
        features = self.model.features(tokens, d, self.model.prenet.vocos_backbone.modulation(d))
        return synthesise(features[:, :DIRECTIONS].mT, self.basis).tanh()

    def whole(self) -> dict[str, Tensor]:
        """Return the weights of the complete BiCodec, wave generator included."""
        become_linear(self.model.decoder, self.basis)
        return self.model.state_dict()


def decibels(model: FrameDecoder, clips: list[Clip]) -> float:
    """Return the mean signal-to-error ratio of whole utterances, in dB."""
    ratios = []
    with torch.no_grad():
        for clip in clips:
            error = model(clip.tokens[None], clip.globals[None])[0] - clip.samples
            ratios.append(10 * torch.log10(clip.samples.square().mean() / error.square().mean()).item())
    return float(np.mean(ratios))


def rate(progress: float, step: int) -> float:
    """Return the factor of the learning rate: warm-up, constant, then linear down to FLOOR."""
    decay = 1.0 if progress < FLAT_UNTIL else 1 - (1 - FLOOR) * (progress - FLAT_UNTIL) / (1 - FLAT_UNTIL)
    return min(1.0, (step + 1) / WARM_UP_STEPS) * max(FLOOR, decay)


def optimizers(model: BiCodec, lr: float) -> list[torch.optim.Optimizer]:
    """Return Muon for weights that mix channels, and AdamW for the codebook and all other weights."""
    codebook = model.quantizer.codebook.weight
    learned = [p for p in model.parameters() if p.requires_grad]
    matrices = [p for p in learned if p.ndim > 1 and p is not codebook and min(p.shape[:2]) > 1]
    chosen = set(map(id, matrices))
    others = [p for p in learned if id(p) not in chosen]
    return [Muon(matrices, lr=MUON_FACTOR * lr), torch.optim.AdamW(others, lr=lr, betas=(0.8, 0.99), weight_decay=0.0)]


def train(options: argparse.Namespace) -> None:
    """Train until the budget is spent."""
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    rng = np.random.default_rng(options.seed)
    clips = load(options.work)
    rng.shuffle(clips)
    validation, clips = clips[:VALIDATION_CLIPS], clips[VALIDATION_CLIPS:]
    model = FrameDecoder(clips)
    optimisers = optimizers(model.model, options.lr)
    rates = [optimiser.param_groups[0]["lr"] for optimiser in optimisers]
    budget, step = Budget(options.minutes, options.until), 0
    path = options.work / "decoder.pt"
    if path.exists():
        state = torch.load(path)
        model.model.load_state_dict(state["model"])
        model.basis.copy_(state["basis"])
        for optimiser, saved in zip(optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(saved)
        budget.resume(state)
        step = state["step"]
        rng = np.random.default_rng(options.seed + step)
    elif options.warm:
        state = torch.load(options.warm)
        model.model.load_state_dict(state["model"])
        model.basis.copy_(state["basis"])
    bar = tqdm(total=1.0, bar_format="{l_bar}{bar}| {elapsed} {postfix}", mininterval=10, miniters=0)
    progress, running = budget.lap(), 0.0
    while progress < 1:
        batch = crops(clips, count=options.crops, length=options.length, rng=rng)
        loss = distance(model(batch.tokens, batch.globals) * batch.mask, batch.samples * batch.mask)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        for optimiser, full_rate in zip(optimisers, rates, strict=True):
            optimiser.param_groups[0]["lr"] = full_rate * rate(progress, step)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        step += 1
        running += (loss.item() - running) * (0.02 if step > 50 else 1 / step)
        progress = budget.lap()
        bar.n = min(1.0, progress)
        bar.set_postfix_str(f"step {step} loss {running:.3f}", refresh=False)
        bar.update(0)
        if step % CHECK_STEPS == 0 or progress >= 1:
            bar.write(f"{progress:.3f} step {step} loss {running:.3f} validation {decibels(model, validation):.2f} dB")
            optimiser_states = [o.state_dict() for o in optimisers]
            content = {"model": model.whole(), "basis": model.basis, "optimisers": optimiser_states, "step": step}
            save(path, content | budget.state())


def main() -> None:
    parser = training_options(__doc__, minutes=60, lr=1.5e-3)
    parser.add_argument("--warm", type=Path, help="decoder.pt of an earlier run to start from, with its directions")
    parser.add_argument("--crops", type=int, default=12, help="crops per step")
    parser.add_argument("--length", type=int, default=48, help="tokens per crop")
    train(parser.parse_args())


if __name__ == "__main__":
    main()
