"""The computed receptive field against the one that NaN propagation shows."""

import pytest
import torch

from core.bicodec.field import ReceptiveField, generator_inputs
from core.bicodec.model import BiCodec
from core.scheduling.window_size import GENERATOR_CONTEXT_TOKENS
from tests.core.bicodec.networks import ODD, PUBLISHED, Topology, random_bicodec, random_tokens

TOPOLOGIES = [PUBLISHED, *ODD]


def test_published() -> None:
    field = ReceptiveField.of(PUBLISHED.config())
    assert field == ReceptiveField(prenet_left=57, prenet_right=57, generator_left=10, generator_right=10)
    assert (field.left, field.right) == (67, 67)
    assert field.generator_left + field.generator_right == GENERATOR_CONTEXT_TOKENS


def probe_generator(model: BiCodec, frame: int, frames: int) -> range:
    """Return the samples that depend on a frame."""
    x = torch.zeros(1, model.config.decoder.input_channel, frames)
    x[..., frame] = torch.nan
    reached = model.decoder(x).flatten().isnan().nonzero().flatten()
    return range(int(reached[0]), int(reached[-1]) + 1)


@pytest.mark.parametrize("topology", TOPOLOGIES, ids=str)
def test_generator_field_is_exact(topology: Topology) -> None:
    model = random_bicodec(topology)
    hop, frames, frame = model.config.hop // model.config.frames_per_token, 121, 60
    reached = probe_generator(model, frame, frames)
    needing = [
        sample
        for sample in range(frames * hop)
        if frame in generator_inputs(model.config.decoder, range(sample, sample + 1))[0]
    ]
    assert needing == list(reached)


@pytest.mark.parametrize("topology", TOPOLOGIES, ids=str)
def test_prenet_field_is_exact(topology: Topology) -> None:
    model = random_bicodec(topology)
    field, token, tokens = ReceptiveField.of(model.config), 70, 141
    semantic, speaker = random_tokens(model, tokens)
    d = model.speaker_encoder(speaker)
    z = model.quantizer(semantic)
    z[..., token] = torch.nan
    frames = model.prenet(z, model.prenet.vocos_backbone.modulation(d))[0, 0].isnan()
    reached = frames.view(tokens, -1).any(dim=1).nonzero().flatten()
    assert (int(reached[0]), int(reached[-1])) == (token - field.prenet_right, token + field.prenet_left)
