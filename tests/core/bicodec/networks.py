"""Small codecs of any topology with random weights, and their files in the published layout."""

import math
from dataclasses import dataclass
from pathlib import Path

import torch
import yaml
from safetensors.torch import save_file
from torch import Tensor, nn

from core.bicodec.config import BiCodecConfig, parse_config
from core.bicodec.layout import BiCodecLayout, decode_layout
from core.bicodec.model import BiCodec


@dataclass(frozen=True)
class Topology:
    """Parameters that differ between the configurations of property tests. Widths are minimal."""

    rates: tuple[int, ...] = (3, 2)
    kernels: tuple[int, ...] = (7, 4)
    levels: tuple[int, ...] = (4, 4, 4)
    ratios: tuple[int, ...] = (1, 1)
    tanh: bool = False
    blocks: int = 2

    def document(self) -> dict[str, dict[str, dict[str, object]]]:
        """Return the contents of `config.yaml`."""
        width = 8
        feature = {"vocos_dim": 6, "vocos_intermediate_dim": 10, "vocos_num_layers": self.blocks}
        mel = {"n_fft": 64, "win_length": 32, "hop_length": 16, "mel_fmin": 10, "mel_fmax": None, "num_mels": 8}
        sections: dict[str, dict[str, object]] = {
            "mel_params": {"sample_rate": 16000, **mel},
            "encoder": {**feature, "input_channels": 12, "out_channels": width},
            "decoder": {
                "input_channel": width,
                "channels": 3 * 2 ** len(self.rates),
                "rates": list(self.rates),
                "kernel_sizes": list(self.kernels),
            },
            "quantizer": {"input_dim": width, "codebook_size": 32, "codebook_dim": 4, "commitment": 0.25},
            "speaker_encoder": {
                "input_dim": 8,
                "out_dim": width,
                "latent_dim": 5,
                "token_num": 32,
                "fsq_levels": list(self.levels),
                "fsq_num_quantizers": 1,
            },
            "prenet": {
                **feature,
                "input_channels": width,
                "out_channels": width,
                "condition_dim": width,
                "sample_ratios": list(self.ratios),
                "use_tanh_at_final": self.tanh,
            },
            "postnet": {**feature, "input_channels": width, "out_channels": width},
        }
        return {"audio_tokenizer": sections}

    def config(self) -> BiCodecConfig:
        return parse_config(self.document(), source="config.yaml")


PUBLISHED = Topology(rates=(8, 5, 4, 2), kernels=(16, 11, 8, 4), levels=(4,) * 6, blocks=12)
ODD = (
    Topology(rates=(5, 3), kernels=(11, 7), levels=(5, 3, 7)),
    Topology(rates=(5, 3), kernels=(10, 4), levels=(8, 5), tanh=True),
    Topology(rates=(4,), kernels=(4,), ratios=(2, 1)),
    Topology(rates=(2, 3, 2), kernels=(3, 8, 5), ratios=(3, 2), tanh=True, blocks=1),
    Topology(rates=(3, 1), kernels=(5, 3), ratios=(3,), levels=(2, 9)),
)
"""Odd strides, odd kernel - rate, kernels as long as their rate, upsampling prenets, odd levels, tanh."""


def randomise(model: nn.Module, seed: int) -> None:
    """Set random weights that keep the signal's size. No parameter has a neutral value, which could hide an error."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if name.endswith("alpha"):
                parameter.copy_(noise.sign() * (1 + 0.3 * noise.sin()))
            else:
                fan_in = math.prod(parameter.shape[1:]) if parameter.ndim > 1 else 4
                parameter.copy_(noise / math.sqrt(3 * fan_in))


def random_bicodec(topology: Topology, *, seed: int = 0) -> BiCodec:
    model = BiCodec(topology.config())
    randomise(model, seed)
    return model.eval().requires_grad_(False)


def random_tokens(model: BiCodec, length: int, *, batch: int = 1, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Return random semantic ids [batch, length] and global ids [batch, 1, token_num]."""
    generator = torch.Generator().manual_seed(seed)
    config, speaker = model.config, model.config.speaker_encoder
    semantic = torch.randint(config.quantizer.codebook_size, (batch, length), generator=generator)
    points = math.prod(speaker.fsq_levels)
    return semantic, torch.randint(points, (batch, 1, speaker.token_num), generator=generator)


def random_file_tensors(layout: BiCodecLayout, *, seed: int = 0) -> dict[str, Tensor]:
    """Return a random tensor for every key of a published file."""
    generator = torch.Generator().manual_seed(seed)
    return {
        key: torch.zeros(shape, dtype=torch.int64)
        if key.endswith("num_batches_tracked")
        else torch.randn(shape, generator=generator)
        for key, shape in layout.items()
    }


def write_checkpoint(directory: Path, topology: Topology, tensors: dict[str, Tensor] | None = None) -> Path:
    """Write a `BiCodec/` directory; by default with the decode side alone."""
    (directory / "config.yaml").write_text(yaml.safe_dump(topology.document()))
    if tensors is None:
        tensors = random_file_tensors(decode_layout(topology.config()))
    save_file(tensors, directory / "model.safetensors")
    return directory
