"""Import upstream's own decoder and super-resolution from directories that the reader gives.

They are clones of https://github.com/SparkAudio/Spark-TTS and https://github.com/yxlu-0102/AP-BWE. They need the
packages of their own requirements, of which decoding needs `einops`, `einx` and `omegaconf` (BiCodec).
"""

import importlib
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from importlib.machinery import ModuleSpec
from io import StringIO
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from core.bicodec.config import MelConfig
from core.bicodec.mel import MelSpectrogram
from core.superres.config import SuperResConfig
from core.superres.generator import Generator
from core.superres.resample import resample
from shared.types import Samples

Decode = Callable[[tuple[int, ...], tuple[int, ...]], Samples]
"""Semantic and global ids -> samples at 16 kHz."""
Tokenize = Callable[[Path], tuple[tuple[int, ...], tuple[int, ...]]]
"""Sound file -> global and semantic ids."""


def open_bicodec_decoder(source: Path, checkpoint: Path) -> Decode:
    """Load a `BiCodec/` directory with the code of Spark-TTS at `source`, and return its decoder.

    The mel transform, which decoding does not use and which needs torchaudio, is left out.
    """
    with _importable(source, "sparktts"):
        module = importlib.import_module("sparktts.models.bicodec")
    model_class: Any = module.BiCodec
    model_class.init_mel_transformer = lambda self, config: None
    with redirect_stdout(StringIO()):  # it prints every tensor of the encode side, which a built checkpoint lacks
        model = model_class.load_from_checkpoint(checkpoint)

    def decode(ids: tuple[int, ...], voice: tuple[int, ...]) -> Samples:
        samples: Samples = model.detokenize(torch.tensor([ids]), torch.tensor([[voice]])).flatten().numpy()
        return samples

    return decode


def open_voice_tokenizer(source: Path, checkpoint: Path) -> Tokenize:
    """Load a checkpoint with the code of Spark-TTS at `source`, and return its encoder of recordings.

    Without torchaudio, whose mel transform it uses, this project's runs in its place, which computes the same.
    """
    for name in ("torchaudio", "torchaudio.functional", "torchaudio.transforms"):
        if not _found(name):
            sys.modules[name] = _stand_in(name)
    with _importable(source, "sparktts"):
        module = importlib.import_module("sparktts.models.audio_tokenizer")
    with redirect_stdout(StringIO()):
        tokenizer: Any = module.BiCodecTokenizer(checkpoint, torch.device("cpu"))

    def tokenize(path: Path) -> tuple[tuple[int, ...], tuple[int, ...]]:
        with torch.inference_mode():
            voice, speech = tokenizer.tokenize(path)
        return tuple(voice.flatten().tolist()), tuple(speech.flatten().tolist())

    return tokenize


def open_super_resolver(source: Path, config: SuperResConfig, weights: Generator) -> Callable[[Samples], Samples]:
    """Return super-resolution by the code of AP-BWE at `source`, with these weights.

    Without torchaudio, whose resampler it uses, this project's resampler runs in its place: it has the same filter.
    Without matplotlib, with which it draws spectrograms, an empty module stands in.
    """
    for name in ("torchaudio", "torchaudio.functional", "matplotlib", "matplotlib.pylab"):
        if not _found(name):
            sys.modules[name] = _stand_in(name)
    with _importable(source, "models", "datasets", "utils"):
        network: Any = importlib.import_module("models.model").APNet_BWE_Model
        spectra: Any = importlib.import_module("datasets.dataset")
    h = SimpleNamespace(
        n_fft=config.n_fft,
        hop_size=config.hop,
        win_size=config.win,
        ConvNeXt_channels=config.channels,
        ConvNeXt_layers=config.layers,
    )
    model = network(h).eval()
    model.load_state_dict(weights.state_dict())
    sizes = config.n_fft, config.hop, config.win

    @torch.no_grad()
    def super_resolve(samples: Samples) -> Samples:
        wave = spectra.aF.resample(torch.from_numpy(samples)[None], config.low_rate, config.high_rate)
        amplitude, phase, _ = spectra.amp_pha_stft(wave, *sizes)
        amplitude, phase, _ = model(amplitude, phase)
        wide: Samples = spectra.amp_pha_istft(amplitude, phase, *sizes).flatten().numpy()
        return wide

    return super_resolve


@contextmanager
def _importable(source: Path, *names: str) -> Iterator[None]:
    """Put `source` first on the path, and take modules of those names from nowhere else."""
    if not any((source / name).exists() or (source / f"{name}.py").exists() for name in names):
        raise SystemExit(f"{source} has no {names[0]}: give the directory of a clone")
    held = {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] in names}
    sys.path.insert(0, str(source))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # upstream's use of deprecated functions
            yield
    finally:
        sys.path.remove(str(source))
        for name in list(sys.modules):
            if name.split(".")[0] in names and name.split(".")[0] != "sparktts":
                del sys.modules[name]  # names as common as `utils` belong to no project
        sys.modules.update(held)


def _found(name: str) -> bool:
    try:
        importlib.import_module(name)
    except (ImportError, OSError):
        return False
    return True


def _stand_in(name: str) -> ModuleType:
    module: Any = ModuleType(name)
    module.__spec__ = ModuleSpec(name, None)  # libraries look for it
    if name.endswith("functional"):
        module.resample = _resample
    if name.endswith("transforms"):
        module.MelSpectrogram = _mel_spectrogram
    module.use = lambda backend: None
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, module)
    return module  # type: ignore[no-any-return]


def _mel_spectrogram(
    sample_rate: int,
    n_fft: int,
    win_length: int,
    hop_length: int,
    f_min: float,
    f_max: float | None,
    n_mels: int,
    **fixed: object,
) -> Callable[[Tensor], Tensor]:
    assert (fixed["power"], fixed["norm"], fixed["mel_scale"]) == (1, "slaney", "slaney"), fixed
    config = MelConfig(
        sample_rate=sample_rate,
        n_fft=n_fft,
        win_length=win_length,
        hop_length=hop_length,
        mel_fmin=f_min,
        mel_fmax=f_max,
        num_mels=n_mels,
    )
    spectrogram = MelSpectrogram(config)

    class Transform(torch.nn.Module):
        def forward(self, wave: Tensor) -> Tensor:
            return spectrogram(wave)

    return Transform()


def _resample(wave: Tensor, source_rate: int, target_rate: int) -> Tensor:
    return resample(wave, source_rate=source_rate, target_rate=target_rate)
