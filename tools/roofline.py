"""Roofline of a decode step: the bytes that it must move at the memory's bandwidth. Loads and runs nothing.

The result is a lower bound of the step's time; a slower step waits for kernel launches, arithmetic or other work.
"""

import math
from dataclasses import dataclass

from core.checkpoint.language_model import LanguageModelConfig, expected_shapes

LOGIT_BYTES = 2 * 4
"""Bytes moved for each row of the vocabulary and each stream: a float32 is written and read once."""


@dataclass(frozen=True, slots=True)
class StepBytes:
    """Bytes moved by one decode step, which produces a token for every stream."""

    weights: int
    keys_and_values: int
    logits: int

    @property
    def all(self) -> int:
        """Return the total."""
        return self.weights + self.keys_and_values + self.logits

    def seconds(self, *, gb_per_s: float) -> float:
        """Return the shortest time of the step at a memory bandwidth in GB/s."""
        return self.all / (gb_per_s * 1e9)


def step_bytes(model: LanguageModelConfig, *, streams: int, context: int, value_bytes: int) -> StepBytes:
    """Return the bytes of a step.

    `context` is the mean number of tokens of a stream so far, `value_bytes` the size of a weight and of a cached value.
    Every weight is read once for all streams. An untied input embedding is not counted: a step reads one row of it for
    each stream.
    """
    shapes = expected_shapes(model)
    if not model.tie_word_embeddings:
        del shapes["model.embed_tokens.weight"]
    return StepBytes(
        weights=value_bytes * sum(map(math.prod, shapes.values())),
        keys_and_values=streams * context * model.kv_bytes_per_token * value_bytes // 2,
        logits=streams * model.vocab_size * LOGIT_BYTES,
    )
