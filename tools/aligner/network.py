"""The aligner's network as a module that learns; core/alignment/network.py runs the same arithmetic."""

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.alignment.files import AlignerConfig
from core.alignment.network import Floats
from core.alignment.units import FIRST_LETTER

EMBEDDING_STD = 0.3
LEAST_PRIOR = 1e-5
"""Smallest prior of a unit, so that its logarithm stays finite."""
_PRIOR_MEMORY = 0.98
"""Weight of the past in the running mean of posteriors: about the last 50 batches."""


class AlignerNetwork(nn.Module):
    """Scores of units and onsets from tokens. `log_prior` [U] is a running mean of its own posteriors."""

    def __init__(self, config: AlignerConfig) -> None:
        super().__init__()
        self.config = config
        units = FIRST_LETTER + len(config.letters)
        self._first_at = [offset - min(config.first_offsets) for offset in config.first_offsets]
        self._second_at = [offset - min(config.second_offsets) for offset in config.second_offsets]
        self._middle = -min(config.second_offsets)
        self._left = -min(config.first_offsets) - min(config.second_offsets)
        self.embedding = nn.Embedding(config.codes + 1, config.width)
        nn.init.normal_(self.embedding.weight, std=EMBEDDING_STD)
        self.first = nn.Linear(config.width * len(config.first_offsets), config.hidden)
        self.second = nn.Linear(config.hidden * len(config.second_offsets), config.hidden)
        self.output = nn.Linear(config.hidden, units + 1)
        self.prior: Tensor
        self.register_buffer("prior", torch.full((units,), 1 / units))

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Return logarithms of posteriors [B, T, U] of ids [B, T], whose padding is the id `codes`, and the logits
        [B, T] of onsets of words.
        """
        embedded = self.embedding(F.pad(ids, (self._left, self.config.lookahead), value=self.config.codes))
        inner = F.relu(self.first(_shifted(embedded, self._first_at)))
        middle = inner[:, self._middle : self._middle + ids.shape[1]]
        scores: Tensor = self.output(F.relu(self.second(_shifted(inner, self._second_at))) + middle)
        return scores[..., :-1].log_softmax(-1), scores[..., -1]

    def likelihoods(self, posteriors: Tensor) -> Tensor:
        """Return the logarithms of posteriors less those of the priors."""
        return posteriors - self.prior.clamp_min(LEAST_PRIOR).log()

    @torch.no_grad()
    def follow(self, posteriors: Tensor) -> None:
        """Update the priors by the posteriors of a batch [N, U], in logarithms."""
        self.prior.lerp_(posteriors.exp().mean(0), 1 - _PRIOR_MEMORY)

    def tensors(self) -> Mapping[str, Floats]:
        """Return the weights by the names and in the shapes of the checkpoint's file."""
        shapes = self.config.shapes()
        named = {
            "embedding": self.embedding.weight,
            "first": self.first.weight.T,
            "first_bias": self.first.bias,
            "second": self.second.weight.T,
            "second_bias": self.second.bias,
            "output": self.output.weight.T,
            "output_bias": self.output.bias,
            "log_prior": self.prior.clamp_min(LEAST_PRIOR).log(),
        }
        return {
            name: tensor.detach().float().cpu().reshape(shapes[name]).numpy().copy() for name, tensor in named.items()
        }


def _shifted(values: Tensor, places: list[int]) -> Tensor:
    """Return values [B, N, D] beside their neighbours at `places`, the first of which is 0: [B, M, len(places) * D]."""
    count = values.shape[1] - max(places)
    return torch.cat([values[:, at : at + count] for at in places], -1)
