"""A thin speaker encoder's weights at the published width: its channels among zeros, which change no output."""

from collections.abc import Mapping

import torch
from torch import Tensor

from core.bicodec.config import BiCodecConfig
from core.bicodec.ecapa import LATENT_CHANNELS
from core.bicodec.layout import ECAPA_CHANNELS, ECAPA_GROUPS, PERCEIVER_INNER, encode_layout

PREFIX = "speaker_encoder."


def widened(thin: Mapping[str, Tensor], config: BiCodecConfig) -> dict[str, Tensor]:
    """Return the tensors of a checkpoint's `speaker_encoder` for those of a thinner one, without the prefix.

    A group of channels keeps its place in each of the groups, and a head among the keys and among the values.
    """
    layout = encode_layout(config)
    made = {}
    for name, value in thin.items():
        shape = layout.get(PREFIX + name, value.shape)
        whole = torch.zeros(shape, dtype=value.dtype)
        heads = name.startswith("perceiver_sampler.layers")
        places = [_places(own, full, heads=heads) for own, full in zip(value.shape, shape, strict=True)]
        made[name] = whole.index_put(torch.meshgrid(*places, indexing="ij"), value) if places else value.clone()
    return made


def _places(own: int, full: int, *, heads: bool) -> Tensor:
    """Return where `own` entries lie among `full` ones."""
    if full == ECAPA_CHANNELS and not heads:
        return _spread(own, ECAPA_GROUPS, full)
    if full == LATENT_CHANNELS:
        blocks = LATENT_CHANNELS // ECAPA_CHANNELS
        return _spread(own, blocks * ECAPA_GROUPS, full)
    if full == 2 * PERCEIVER_INNER:
        return _spread(own, 2, full)
    assert own <= full, (own, full)
    return torch.arange(own)


def _spread(own: int, groups: int, full: int) -> Tensor:
    """Return the places of `groups` equal groups, each at the begin of a group of the full width."""
    starts = torch.arange(groups) * (full // groups)
    return (starts[:, None] + torch.arange(own // groups)).flatten()
