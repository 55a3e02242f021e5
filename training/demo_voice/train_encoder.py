"""Training of the speaker encoder: six seconds of speech to the digits of the nearest voice of the space.

Run as `python -m training.demo_voice.train_encoder --work DIR --clips FOLDER --minutes 30` after encoder_data; resumes
from DIR/encoder.pt. A published ECAPA-TDNN has 512 channels; CHANNELS of them are trained, the others stay zero.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import tqdm

from audio.reference import volume_normalize
from core.bicodec.ecapa import EcapaTdnn
from core.bicodec.mel import MelSpectrogram
from core.bicodec.perceiver import HEAD_DIM, PerceiverResampler
from core.bicodec.speaker import SpeakerEncoder, fsq_bound, fsq_ids
from training.demo_voice.anybody import told
from training.demo_voice.budget import Budget, save, training_options
from training.demo_voice.decoder_config import config
from training.demo_voice.encoder_digits import COORDINATES, digits, figures
from training.demo_voice.flite import RATE
from training.demo_voice.muon import Muon
from training.demo_voice.speakers import GLOBAL_LEVELS, SPACE
from training.demo_voice.train_decoder import LEARNING_RATE
from training.demo_voice.widening import widened

CHANNELS, HEADS = 96, 2
"""Channels of ECAPA-TDNN and heads of the perceiver that are trained."""
CROP = 5 * RATE
"""Samples of a training crop."""
HELD, HELD_PART = 20, "_00"
"""Clips of the first file of each language that the validation takes. The training knows none of their lines."""
CHECK_STEPS = 50
TILT = COORDINATES.index("tilt_db")
"""Place of the tilt among the coordinates, and in SPACE."""
WEIGHTS = torch.tensor([2.0, *[2.0] * 6, 0.5, *[1.0] * 24])
"""Weights of the tokens' losses."""
HINT_WEIGHT = 0.3
"""Weight of the loss of a linear guess of the digits from the mean of ECAPA-TDNN's latents."""
NOISE_DB, NOISY_SHARE = (15.0, 45.0), 0.7
"""Levels of added noise below the clip, and the share of crops with it."""
LOW_PASS_HZ, HIGH_PASS_HZ, NARROW_SHARE = (3300.0, 8000.0), (50.0, 300.0), 0.3
"""Edges of the band that is kept, and the share of crops that lose each end of it."""


class ThinEncoder(SpeakerEncoder):
    """Speaker encoder with fewer channels, `scale` [mels] before it, and a hint of the digits during training."""

    def __init__(self, scale: Tensor) -> None:
        settings = config().speaker_encoder
        super().__init__(settings)
        self.speaker_encoder = EcapaTdnn(settings.input_dim, CHANNELS)
        self.perceiver_sampler = PerceiverResampler(
            context_dim=3 * CHANNELS, dim=settings.latent_dim, queries=settings.token_num, inner=HEADS * HEAD_DIM
        )
        nn.init.normal_(self.perceiver_sampler.latents)
        self.hint = nn.Linear(3 * CHANNELS, settings.token_num * len(settings.fsq_levels))
        self.register_buffer("scale", scale)

    def both(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        """[B, mels, T] -> digits and hinted digits before rounding, [B, 32, 2] each."""
        latents = self.speaker_encoder(mel * self.scale[:, None])
        hinted = self.hint(latents.mean(2)).view(len(mel), -1, len(GLOBAL_LEVELS))
        resampled = self.quantizer["project_in"](self.perceiver_sampler(latents.mT))
        return fsq_bound(resampled, self.levels) + self.lowest, hinted

    def forward(self, mel: Tensor) -> Tensor:
        """[B, mels, T] -> global ids [B, 32]."""
        return fsq_ids(self.both(mel)[0] - self.lowest, self.levels)

    @property
    def lowest(self) -> Tensor:
        """Return the value of each dimension's digit 0, negated."""
        return torch.tensor([level // 2 for level in self.levels])

    def whole(self) -> dict[str, Tensor]:
        """Return the weights of the published width, under the names of a checkpoint's `speaker_encoder`."""
        state = {name: value for name, value in self.state_dict().items() if not name.startswith(("hint.", "scale"))}
        first = "speaker_encoder.layer1.conv.weight"
        return widened(state | {first: state[first] * self.scale[:, None]}, config())


class Clips:
    """Clips with the figures of their voices; validation takes the places `held`, training `learned`."""

    def __init__(self, folder: Path) -> None:
        held = sorted(folder.glob(f"voices_*{HELD_PART}.npz"))
        files = [np.load(path) for path in (*held, *sorted({*folder.glob("voices_*.npz")} - {*held}))]
        counts = [HELD if place < len(held) else None for place in range(len(files))]
        read = [(file["waves"][:count], file["voices"][:count]) for file, count in zip(files, counts, strict=True)]
        waves = [volume_normalize(wave / 32767) for part, _ in read for wave in part]
        self.waves = torch.from_numpy(np.array(waves, np.float32))
        self.voices = np.concatenate([voices for _, voices in read])
        self.held, self.learned = np.split(np.arange(len(waves)), [HELD * len(held)])
        self.mel = MelSpectrogram(config().mel_params)

    def scale(self) -> Tensor:
        """Return the inverse level of each mel band."""
        return 1 / self.mel(self.waves[:100]).square().mean((0, 2)).sqrt()

    def batch(self, size: int, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Return the mels of random crops with other tilts, some with noise or a narrower band, and their digits."""
        chosen = rng.choice(self.learned, size)
        starts = rng.integers(self.waves.shape[1] - CROP, size=size)
        crops = torch.stack([self.waves[i, s : s + CROP] for i, s in zip(chosen, starts, strict=True)])
        voices, tilts = self.voices[chosen], rng.uniform(*SPACE[TILT], size)
        crops = tilted(crops, tilts - voices[:, TILT])
        voices[:, TILT] = tilts
        return self.mel(worsened(crops, rng)), torch.from_numpy(digits(voices)).float()


def tilted(crops: Tensor, tilts_db: npt.NDArray[np.float64]) -> Tensor:
    """Return sounds [B, N] with `tilts_db` [B] more per octave above 1 kHz, as `envelopes.convert` makes it."""
    octaves = (torch.fft.rfftfreq(crops.shape[1], 1 / RATE) / 1000).clamp(min=1).log2()
    made = torch.fft.irfft(torch.fft.rfft(crops) * 10 ** (_column(tilts_db) * octaves / 20), crops.shape[1])
    return torch.from_numpy(np.array([volume_normalize(wave) for wave in made.numpy()]))


def worsened(crops: Tensor, rng: np.random.Generator) -> Tensor:
    """Return sounds [B, N] at other levels, some with noise, some with a narrower band."""
    count = len(crops)
    spectrum = torch.fft.rfft(crops)
    hertz = torch.fft.rfftfreq(crops.shape[1], 1 / RATE)
    noise = torch.fft.rfft(torch.randn(crops.shape)) * (hertz.clamp(min=50) / 1000)[None] ** _column(
        rng.uniform(-0.6, 0, count)
    )
    level = 10 ** (-rng.uniform(*NOISE_DB, count) / 20) * (rng.random(count) < NOISY_SHARE)
    noise = (
        noise / noise.abs().square().mean(1, keepdim=True).sqrt() * spectrum.abs().square().mean(1, keepdim=True).sqrt()
    )
    tops = np.where(rng.random(count) < NARROW_SHARE, rng.uniform(*LOW_PASS_HZ, count), RATE)
    lows = np.where(rng.random(count) < NARROW_SHARE, rng.uniform(*HIGH_PASS_HZ, count), 0.0)
    band = ((_column(tops) - hertz) / 200).clamp(0, 1) * ((hertz - _column(lows)) / 50 + 1).clamp(0, 1)
    made = torch.fft.irfft((spectrum + noise * _column(level)) * band, crops.shape[1])
    return made * _column(10 ** (rng.uniform(-2, 2, count) / 20))


def _column(values: Any) -> Tensor:
    return torch.from_numpy(np.asarray(values, np.float32))[:, None]


def errors(model: ThinEncoder, clips: Clips) -> str:
    """Return the errors of the held clips as text: median and 90th percentile of each coordinate."""
    model.eval()
    with torch.no_grad():
        ids = torch.cat([model(clips.mel(part)) for part in clips.waves[clips.held].split(8)]).tolist()
    model.train()
    rows = np.array([figures(told(row)) for row in ids])
    wanted = clips.voices[clips.held]
    semitones = 12 * np.log2(rows[:, 0] / wanted[:, 0])
    off = np.abs(np.column_stack((semitones, rows[:, 1:] - wanted[:, 1:])))
    columns = zip(("pitch_st", *COORDINATES[1:]), np.median(off, 0), np.percentile(off, 90, 0), strict=True)
    near = (np.abs(semitones) <= 0.5).mean()
    return f"pitch within .5 st {near:.2f}; " + ", ".join(f"{name} {a:.3f} {b:.3f}" for name, a, b in columns)


def optimizers(model: nn.Module, lr: float) -> list[torch.optim.Optimizer]:
    """Return Muon for weights that mix channels, and AdamW for all others."""
    matrices = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    return [Muon(matrices, lr=lr), torch.optim.AdamW(others, lr=lr, betas=(0.9, 0.98), weight_decay=0.0)]


def train(options: argparse.Namespace) -> None:
    """Train until the budget is spent."""
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    clips = Clips(options.clips)
    model = ThinEncoder(clips.scale())
    optimisers, budget, step = optimizers(model, options.lr), Budget(options.minutes, options.until), 0
    path = options.work / "encoder.pt"
    if path.exists():
        saved = torch.load(path)
        model.load_state_dict(saved["training"])
        for optimiser, state in zip(optimisers, saved["optimisers"], strict=True):
            optimiser.load_state_dict(state)
        budget.resume(saved)
        step = saved["step"]
    rng = np.random.default_rng(options.seed + step)
    bar = tqdm(total=1.0, bar_format="{l_bar}{bar}| {elapsed} {postfix}", mininterval=10, miniters=0)
    progress, running = budget.lap(), 0.0
    while progress < 1:
        mel, wanted = clips.batch(options.crops, rng)
        made, hinted = model.both(mel)
        loss = (F.smooth_l1_loss(made, wanted, beta=0.3, reduction="none").mean((0, 2)) * WEIGHTS).mean()
        hint = (F.smooth_l1_loss(hinted, wanted, beta=0.3, reduction="none").mean((0, 2)) * WEIGHTS).mean()
        (loss + HINT_WEIGHT * hint).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimiser in optimisers:
            optimiser.param_groups[0]["lr"] = options.lr * LEARNING_RATE.at(progress, step)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        step += 1
        running += (loss.item() - running) * max(0.03, 1 / step)
        progress = budget.lap()
        bar.n = min(1.0, progress)
        bar.set_postfix_str(f"step {step} loss {running:.3f} hint {hint.item():.3f}", refresh=False)
        bar.update(0)
        if step % CHECK_STEPS == 0 or progress >= 1:
            bar.write(f"{progress:.3f} step {step} loss {running:.3f}; {errors(model, clips)}", file=sys.stderr)
            states = [optimiser.state_dict() for optimiser in optimisers]
            content = {"model": model.whole(), "training": model.state_dict(), "optimisers": states, "step": step}
            save(path, content | budget.state())


def main() -> None:
    parser = training_options(__doc__, minutes=30, lr=4e-3)
    parser.add_argument("--clips", type=Path, required=True)
    parser.add_argument("--crops", type=int, default=12, help="crops per step")
    train(parser.parse_args())


if __name__ == "__main__":
    main()
