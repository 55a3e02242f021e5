"""Sample the next token from logits, in Hugging Face's order: repetition penalty, temperature, top-k, top-p."""

from collections.abc import Sequence

import torch
from torch import Tensor

from shared.errors import GenerationError
from shared.types import Sampling

_MAX_LOGIT = 1e30
"""Magnitude to which logits are clamped; models give up to about 100. Chosen so that float32 (up to 3.4e38) holds a
penalised logit (times 2) divided by a temperature of 0.01, and the sum of a million logits."""

_MIN_NOISE = torch.finfo(torch.float32).tiny
"""Lower bound of the exponential noise, which prevents 0 / 0: the smallest normal float32."""


class Sampler:
    """Sampler of one sequence. Keeps the set of tokens seen so far and the state of the random generator.

    Every sampling that the API accepts gives a valid distribution for all logits but NaN: no overflow, no zero sum.
    """

    def __init__(self, sampling: Sampling, prompt: Sequence[int], *, rows: int, device: torch.device) -> None:
        self._sampling = sampling.representable()
        self._random = torch.Generator(device).manual_seed(sampling.seed)
        self._seen = torch.zeros(rows, dtype=torch.bool, device=device)
        self._seen[list(prompt)] = True

    @torch.inference_mode()
    def pick(self, logits: Tensor) -> Tensor:
        """Return the token id [1] for float32 logits [rows]. Raises GenerationError for NaN.

        Draw as `torch.multinomial` does for one sample, but without its assertions: one that fails on a GPU makes the
        GPU unusable for the process.
        """
        if self._sampling.temperature == 0:
            token = self._penalised(logits).argmax(keepdim=True)
        else:
            ids, odds = self.distribution(logits)
            noise = torch.empty_like(odds).exponential_(generator=self._random)
            token = ids[(odds / noise.clamp_(min=_MIN_NOISE)).argmax(keepdim=True)]
        self._seen[token] = True
        return token

    def distribution(self, logits: Tensor) -> tuple[Tensor, Tensor]:
        """Return token ids and their weights, proportional to the probabilities. Top-k drops ids; top-p sets weights 0.

        With top-k or top-p the ids are sorted by falling probability.
        """
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
        if sampling.top_p < 1:  # keep a token while the sum before it is below top_p; the first is always kept
            odds = odds * (odds.cumsum(0) - odds < sampling.top_p)
        return ids, odds

    def _penalised(self, logits: Tensor) -> Tensor:
        logits = logits.clamp(-_MAX_LOGIT, _MAX_LOGIT)
        if logits.sum().isnan():
            raise GenerationError("the model computed NaN")
        penalty = self._sampling.repetition_penalty
        if penalty == 1:
            return logits
        return torch.where(self._seen, torch.where(logits > 0, logits / penalty, logits * penalty), logits)
