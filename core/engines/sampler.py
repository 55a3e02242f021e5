"""Logits to the next token, in the order of Hugging Face: repetition penalty, temperature, top-k, top-p."""

from collections.abc import Sequence

import torch
from torch import Tensor

from shared.errors import GenerationError
from shared.types import Sampling

_LARGEST = 1e30
"""Largest magnitude of a logit, a number; models give up to some 100.

float32 (up to 3.4e38) holds it penalised (times 2) over a temperature of 0.01, and the sum of a million of it.
"""

_LEAST_NOISE = torch.finfo(torch.float32).tiny
"""Stands for a noise of 0: odds of 0 divided by that are not a number."""


class Sampler:
    """Picks the tokens of one sequence; remembers which there were, and where its random numbers are.

    Every sampling of the API and all logits that are numbers have a distribution: no overflow, no sum of zero.
    """

    def __init__(self, sampling: Sampling, prompt: Sequence[int], *, rows: int, device: torch.device) -> None:
        self._sampling = sampling.representable()
        self._random = torch.Generator(device).manual_seed(sampling.seed)
        self._seen = torch.zeros(rows, dtype=torch.bool, device=device)
        self._seen[list(prompt)] = True

    @torch.inference_mode()
    def pick(self, logits: Tensor) -> Tensor:
        """Float32 logits [rows] to a token id [1]. Raises GenerationError where one is not a number.

        The draw is that of `torch.multinomial` for one sample, without its checks: one that fails on a GPU is a fault
        of the GPU, which then serves this process no more.
        """
        if self._sampling.temperature == 0:
            token = self._penalised(logits).argmax(keepdim=True)
        else:
            ids, odds = self.distribution(logits)
            noise = torch.empty_like(odds).exponential_(generator=self._random)
            token = ids[(odds / noise.clamp_(min=_LEAST_NOISE)).argmax(keepdim=True)]
        self._seen[token] = True
        return token

    def distribution(self, logits: Tensor) -> tuple[Tensor, Tensor]:
        """Token ids by falling probability, and their probabilities; what top-k and top-p cut away is not there."""
        sampling = self._sampling
        scores = self._penalised(logits) / sampling.temperature
        k = len(scores) if sampling.top_k < 0 else min(sampling.top_k, len(scores))
        if k < len(scores):
            scores, ids = scores.topk(k)
        elif sampling.top_p < 1:
            scores, ids = scores.sort(descending=True)
        else:
            ids = torch.arange(len(scores), device=scores.device)
        odds = scores.softmax(0)
        if sampling.top_p < 1:  # a token stays while those before it do not reach top_p: the first always does
            odds = odds * (odds.cumsum(0) - odds < sampling.top_p)
        return ids, odds

    def _penalised(self, logits: Tensor) -> Tensor:
        logits = logits.clamp(-_LARGEST, _LARGEST)
        if logits.sum().isnan():
            raise GenerationError("the model computed something that is not a number")
        penalty = self._sampling.repetition_penalty
        if penalty == 1:
            return logits
        return torch.where(self._seen, torch.where(logits > 0, logits / penalty, logits * penalty), logits)
