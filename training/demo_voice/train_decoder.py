"""Training of the decoder: the prenet learns each frame's amplitudes, phase and noise; oscillators.py sings them.

Run as `python -m training.demo_voice.train_decoder --work DIR --minutes 60` after waves; resumes from DIR/decoder.pt.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from core.bicodec.checkpoint import load_bicodec, open_bicodec
from core.bicodec.model import BiCodec
from training.demo_voice.arithmetic import products
from training.demo_voice.budget import Budget, Rate, save, training_options
from training.demo_voice.codes import SLOTS
from training.demo_voice.decoder_config import config
from training.demo_voice.decoder_data import Pieces, SlottedCodebook, crops, load, peaks
from training.demo_voice.muon import Muon
from training.demo_voice.oscillators import (
    HARMONICS,
    INPUTS,
    NOISE,
    NOISE_DIRECTIONS,
    START,
    STEP,
    become_oscillators,
    settings_of,
)
from training.demo_voice.phones import FRAME_S
from training.demo_voice.speakers import DIGIT_LEVELS, DIGITS, GLOBAL_LEVELS, GLOBAL_TOKENS, SPACE
from training.demo_voice.spectral_loss import distance
from training.demo_voice.synthesis import HOP, main_directions, synthesise

VALIDATION_CLIPS = 7
"""Utterances of each language that are held back, of the first file, whose lines the training does not know."""
NOISY_CROPS = 8
"""Crops of a batch that the noise's loss looks at: it is learned sooner than the amplitudes, and costs more."""
CHECK_STEPS = 200
"""Steps between two checkpoints."""
LEARNING_RATE = Rate(warm_up_steps=30, flat_until=0.35)
MUON_FACTOR = 3.0
"""Learning rate of Muon as a multiple of AdamW's."""
PHASE_WEIGHT, LOG_WEIGHT = 0.5, 0.5
"""Weights of the phase's loss, and of the logarithmic loss of amplitudes against the linear one."""
FAINT = 0.05
"""Amplitude, in deviations of its harmonic, below which the logarithmic loss does not look."""


class HarmonicDecoder(torch.nn.Module):
    """Decode side without its wave generator: tokens to amplitudes, phases and noise."""

    def __init__(self, clips: list[Pieces]) -> None:
        super().__init__()
        self.model = BiCodec(config())
        self.model.quantizer.codebook = SlottedCodebook(clips)
        self.model.decoder.requires_grad_(requires_grad=False)
        basis, shares = main_directions((clip.noise.float() / 32767 for clip in clips), NOISE_DIRECTIONS)
        level = torch.cat([clip.noise.float() / 32767 for clip in clips[::20]]).square().mean() * HOP
        self.register_buffer("basis", basis * (shares * level).sqrt()[:, None])
        self.register_buffer("peaks", peaks(clips))
        targets = torch.cat([self.wanted(clip.amplitudes.float())[clip.known > 0] for clip in clips[::10]])
        self.register_buffer(
            "scale", torch.cat((targets.std(0), torch.tensor([0.3, 0.3]), torch.ones(NOISE_DIRECTIONS)))
        )
        print(f"{NOISE_DIRECTIONS} directions hold {shares.sum():.4f} of the noise's energy", flush=True)
        self._set_speaker()

    def _set_speaker(self) -> None:
        """Make the d-vector tell a voice's middle pitch to the step's channel, and nothing to the other numbers."""
        out, project = self.model.speaker_encoder.quantizer.project_out, self.model.speaker_encoder.project
        out.requires_grad_(requires_grad=False)
        out.weight.zero_()
        out.bias.zero_()
        out.weight[: len(GLOBAL_LEVELS)] = torch.eye(len(GLOBAL_LEVELS))  # channels 0 and 1: digits as they are
        project.weight.data[:INPUTS] = 0
        project.bias.data[:INPUTS] = 0
        (low, high), half = SPACE[0], GLOBAL_LEVELS[0] / 2
        digits = project.weight.data.view(len(project.weight), -1, GLOBAL_TOKENS)
        tokens = DIGITS // len(GLOBAL_LEVELS)
        span = (high - low) * FRAME_S / self.scale[STEP]
        digits[STEP, : len(GLOBAL_LEVELS), :tokens] = span * half / (DIGITS * (DIGIT_LEVELS - 1))
        project.bias.data[STEP] = low * FRAME_S / self.scale[STEP] + span * half / (DIGIT_LEVELS - 1)
        for parameter in (project.weight, project.bias):
            parameter.register_hook(lambda gradient: gradient.index_fill(0, torch.arange(INPUTS), 0))

    def wanted(self, amplitudes: Tensor) -> Tensor:
        """Return the oscillators' y of amplitudes [..., HARMONICS]."""
        return (amplitudes / self.peaks).clamp(max=1).arcsin() / 2

    def forward(self, tokens: Tensor, voice: Tensor) -> Tensor:
        """Return the numbers of each frame [B, T, INPUTS] of tokens [B, T] and global tokens [B, 1, 32]."""
        d = self.model.speaker_encoder(voice)
        features = self.model.features(tokens, d, self.model.prenet.vocos_backbone.modulation(d))
        return features[:, :INPUTS].mT.float()

    def whole(self) -> dict[str, Tensor]:
        """Return the weights of the complete BiCodec, wave generator included."""
        become_oscillators(self.model.decoder, scale=self.scale, peaks=self.peaks, basis=self.basis)
        state = self.model.state_dict()
        rows = self.model.quantizer.codebook.weight.detach()
        return {k: v for k, v in state.items() if ".codebook." not in k} | {"quantizer.codebook.weight": rows}

    @torch.no_grad()
    def warm(self, folder: Path) -> None:
        """Take all weights of a voice with the same tokens."""
        other = load_bicodec(open_bicodec(folder / "BiCodec"))
        state = other.state_dict()
        self.model.quantizer.codebook.take(state.pop("quantizer.codebook.weight"))
        self.model.load_state_dict(state, strict=False)  # the codebook is of another class
        for name, value in settings_of(other.decoder).items():
            getattr(self, name).copy_(value)


def losses(model: HarmonicDecoder, batch: Pieces) -> dict[str, Tensor]:
    """Return the losses of amplitudes, phases and noise, and the share of phases that fall into their slots."""
    with products():
        made = model(batch.tokens, batch.globals)
    counted = batch.counted[..., None]
    scale = model.scale[:HARMONICS]
    y, wanted = made[..., :HARMONICS], model.wanted(batch.amplitudes) / scale
    linear = ((y - wanted).abs() * counted).mean() / (wanted * counted).mean()
    logs = ((y.clamp(min=0) + FAINT) / (wanted + FAINT)).log().abs()
    heard = counted * batch.known[..., None]
    known = heard.sum().clamp(min=1)
    logarithmic = (logs * heard).sum() / (known * HARMONICS)
    turns = made[..., START : STEP + 1] * model.scale[START : STEP + 1]
    errors = (turns - batch.phases).abs()
    phase = (errors * heard).sum() / known
    hits = (((errors < 0.4 / SLOTS).all(-1)) * heard[..., 0]).sum() / known
    sound = synthesise(made[:NOISY_CROPS, :, NOISE:], model.basis)
    mask = batch.counted[:NOISY_CROPS].repeat_interleave(HOP, 1)
    noise = distance(sound * mask, batch.noise[:NOISY_CROPS] * mask)
    amplitude = linear + LOG_WEIGHT * logarithmic
    return {"amplitude": amplitude, "phase": PHASE_WEIGHT * SLOTS * phase, "noise": noise, "hits": hits}


def optimizers(model: HarmonicDecoder, lr: float) -> list[torch.optim.Optimizer]:
    """Return Muon for weights that mix channels, and AdamW for the codebook and all other weights."""
    codebook = set(map(id, model.model.quantizer.codebook.parameters()))
    learned = [p for p in model.parameters() if p.requires_grad]
    matrices = [p for p in learned if p.ndim > 1 and id(p) not in codebook and min(p.shape[:2]) > 1]
    chosen = set(map(id, matrices))
    others = [p for p in learned if id(p) not in chosen]
    return [Muon(matrices, lr=MUON_FACTOR * lr), torch.optim.AdamW(others, lr=lr, betas=(0.8, 0.99), weight_decay=0.0)]


def told(figures: dict[str, float]) -> str:
    """Return figures as text."""
    return " ".join(f"{name} {value:.3f}" for name, value in figures.items())


def checked(model: HarmonicDecoder, clips: list[Pieces]) -> dict[str, float]:
    """Return the mean losses of whole utterances."""
    with torch.no_grad():
        rows = [losses(model, Pieces(*(one[None] for one in _parts(clip.crop(0, len(clip)))))) for clip in clips]
    return {name: float(np.mean([row[name].item() for row in rows])) for name in rows[0]}


def _parts(piece: Pieces) -> list[Tensor]:
    return [getattr(piece, name) for name in Pieces.__slots__]


def held(path: Path) -> list[Pieces]:
    """Return the utterances of a file for the validation, whispers left out, which have no phases."""
    return [clip for clip in load([path]) if clip.known.any()][:VALIDATION_CLIPS]


def train(options: argparse.Namespace) -> None:
    """Train until the budget is spent."""
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    rng = np.random.default_rng(options.seed)
    files = sorted(options.work.glob("waves_*.npz"))
    first = [path for path in files if path.stem.endswith("_00")]
    validation = [clip for path in first for clip in held(path)]
    clips = load([path for path in files if path not in first])
    model = HarmonicDecoder(clips)
    optimisers = optimizers(model, options.lr)
    rates = [optimiser.param_groups[0]["lr"] for optimiser in optimisers]
    budget, step = Budget(options.minutes, options.until), 0
    path = options.work / "decoder.pt"
    if path.exists():
        state: dict[str, Any] = torch.load(path)
        model.load_state_dict(state["training"])
        for optimiser, saved in zip(optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(saved)
        budget.resume(state)
        step = state["step"]
        rng = np.random.default_rng(options.seed + step)
    elif options.warm:
        model.warm(options.warm)
    bar = tqdm(total=1.0, bar_format="{l_bar}{bar}| {elapsed} {postfix}", mininterval=10, miniters=0)
    progress, running = budget.lap(), dict[str, float]()
    while progress < 1:
        batch = crops(clips, count=options.crops, length=options.length, rng=rng)
        found = losses(model, batch)
        (found["amplitude"] + found["phase"] + found["noise"]).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 4.0)
        for optimiser, full_rate in zip(optimisers, rates, strict=True):
            optimiser.param_groups[0]["lr"] = full_rate * LEARNING_RATE.at(progress, step)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        step += 1
        for name, value in found.items():
            running[name] = running.get(name, value.item()) + (value.item() - running.get(name, value.item())) * 0.05
        progress = budget.lap()
        bar.n = min(1.0, progress)
        bar.set_postfix_str(f"step {step} {told(running)}", refresh=False)
        bar.update(0)
        if step % CHECK_STEPS == 0 or progress >= 1:
            bar.write(f"{progress:.3f} step {step} {told(running)}; unseen {told(checked(model, validation))}")
            states = [o.state_dict() for o in optimisers]
            content = {"model": model.whole(), "training": model.state_dict(), "optimisers": states, "step": step}
            save(path, content | budget.state())


def main() -> None:
    parser = training_options(__doc__, minutes=60, lr=1.5e-3)
    parser.add_argument("--warm", type=Path, help="voice to start from")
    parser.add_argument("--crops", type=int, default=32, help="crops per step")
    parser.add_argument("--length", type=int, default=64, help="tokens per crop")
    train(parser.parse_args())


if __name__ == "__main__":
    main()
