"""Compute the wav2vec 2.0 features on which the semantic encoder was trained. Loads a Hugging Face directory."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from safetensors import SafetensorError
from torch import Tensor
from transformers import Wav2Vec2Config, Wav2Vec2Model
from transformers.utils import logging

from shared.errors import CheckpointInvalid

MIXED_LAYERS = (11, 14, 16)
"""Hidden states that are averaged, in BiCodec's published code."""
VARIANCE_FLOOR = 1e-7
"""Added to the variance of the wave before it divides, as Hugging Face's feature extractor does."""
TRAINING_ONLY = frozenset({"masked_spec_embed"})
"""Weights that inference does not use, so that a directory may lack them."""


class SpeechFeatures:
    """Mean of three hidden states. State n is the residual stream that enters layer n."""

    def __init__(self, model: Wav2Vec2Model) -> None:
        self.model = model

    @staticmethod
    def normalise(wave: Tensor) -> Tensor:
        """Scale [B, N] to zero mean and unit variance over each whole wave."""
        centred = wave - wave.mean(dim=-1, keepdim=True)
        return centred / torch.sqrt(wave.var(dim=-1, correction=0, keepdim=True) + VARIANCE_FLOOR)

    @torch.inference_mode()
    def hidden_states(self, normalised: Tensor) -> dict[int, Tensor]:
        """[B, N] -> the states to be averaged, each [B, T, hidden], by layer number."""
        states = self.model(normalised, output_hidden_states=True).hidden_states
        return {layer: states[layer] for layer in MIXED_LAYERS}

    def __call__(self, wave: Tensor) -> Tensor:
        """Sound [B, N] at 16 kHz -> features [B, T, hidden]; T = (N - 400) // 320 + 1 in the published model."""
        states = self.hidden_states(self.normalise(wave))
        return torch.stack([states[layer] for layer in MIXED_LAYERS]).mean(0)


def load_speech_features(directory: Path) -> SpeechFeatures:
    """Load the model on the CPU in float32. Raises CheckpointInvalid if a weight is missing or the model too small."""
    # One layer more than the last state used: the library applies a final norm to its last state, upstream does not.
    needed = max(MIXED_LAYERS) + 1
    logging.disable_progress_bar()
    try:
        config = Wav2Vec2Config.from_pretrained(directory, local_files_only=True)
        layers, config.num_hidden_layers = config.num_hidden_layers, min(needed, config.num_hidden_layers)
        with _quiet():  # it lists the layers that are left out
            model, report = Wav2Vec2Model.from_pretrained(
                directory, config=config, dtype=torch.float32, local_files_only=True, output_loading_info=True
            )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise CheckpointInvalid(f"{directory}: {error}") from error
    if missing := sorted(set(report["missing_keys"]) - TRAINING_ONLY):
        raise CheckpointInvalid(f"{directory}: tensor {missing[0]} is missing")
    if layers < needed:
        raise CheckpointInvalid(f"{directory}: {layers} layers, but at least {needed} are needed")
    return SpeechFeatures(model.eval().requires_grad_(False))


@contextmanager
def _quiet() -> Iterator[None]:
    """Let the library report errors alone."""
    before = logging.get_verbosity()
    logging.set_verbosity_error()
    try:
        yield
    finally:
        logging.set_verbosity(before)
