"""wav2vec 2.0 features of speech, as the semantic encoder was trained on them. Loads a Hugging Face directory."""

from pathlib import Path

import torch
from safetensors import SafetensorError
from torch import Tensor
from transformers import Wav2Vec2Model
from transformers.utils import logging

from shared.errors import CheckpointInvalid

MIXED_LAYERS = (11, 14, 16)
VARIANCE_FLOOR = 1e-7
TRAINING_ONLY = frozenset({"masked_spec_embed"})


class SpeechFeatures:
    """The mean of three hidden states, each the residual stream that enters the layer of its number."""

    def __init__(self, model: Wav2Vec2Model) -> None:
        self.model = model

    @staticmethod
    def normalise(wave: Tensor) -> Tensor:
        """Zero mean and unit variance over the whole of [B, N]."""
        centred = wave - wave.mean(dim=-1, keepdim=True)
        return centred / torch.sqrt(wave.var(dim=-1, correction=0, keepdim=True) + VARIANCE_FLOOR)

    @torch.inference_mode()
    def hidden_states(self, normalised: Tensor) -> dict[int, Tensor]:
        """[B, N] -> the states to be mixed, each [B, T, hidden], by their layer's number."""
        states = self.model(normalised, output_hidden_states=True).hidden_states
        return {layer: states[layer] for layer in MIXED_LAYERS}

    def __call__(self, wave: Tensor) -> Tensor:
        """Sound [B, N] at 16 kHz -> features [B, T, hidden]; T = (N - 400) // 320 + 1 in the published model."""
        states = self.hidden_states(self.normalise(wave))
        return torch.stack([states[layer] for layer in MIXED_LAYERS]).mean(0)


def load_speech_features(directory: Path) -> SpeechFeatures:
    """On the CPU in float32. Raises CheckpointInvalid for a directory without every weight that is needed."""
    logging.disable_progress_bar()
    try:
        model, report = Wav2Vec2Model.from_pretrained(
            directory, dtype=torch.float32, local_files_only=True, output_loading_info=True
        )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise CheckpointInvalid(f"{directory}: {error}") from error
    if missing := sorted(set(report["missing_keys"]) - TRAINING_ONLY):
        raise CheckpointInvalid(f"{directory}: tensor {missing[0]} is missing")
    # One layer more than is mixed: the library passes its last state through a final norm that upstream never sees.
    needed = max(MIXED_LAYERS) + 1
    if len(model.encoder.layers) < needed:
        raise CheckpointInvalid(f"{directory}: {len(model.encoder.layers)} layers are too few, {needed} are needed")
    model.encoder.layers = model.encoder.layers[:needed]
    return SpeechFeatures(model.eval().requires_grad_(False))
