"""The least that a decode step takes: the bytes that it must move, at the memory's bandwidth. Nothing is loaded or run.

Nothing can be faster on that hardware; what is slower waits for launches, arithmetic or other work.
"""

import math
from dataclasses import dataclass

from core.checkpoint.language_model import LanguageModelConfig, expected_shapes

LOGIT_BYTES = 2 * 4  # of each row of the vocabulary for each stream: written and read once, float32


@dataclass(frozen=True, slots=True)
class StepBytes:
    """Of one decode step, which makes a token for every stream."""

    weights: int
    keys_and_values: int
    logits: int

    @property
    def all(self) -> int:
        return self.weights + self.keys_and_values + self.logits

    def seconds(self, *, gb_per_s: float) -> float:
        return self.all / (gb_per_s * 1e9)


def step_bytes(model: LanguageModelConfig, *, streams: int, context: int, value_bytes: int) -> StepBytes:
    """`context`: tokens that a stream has so far, on average. `value_bytes`: of a weight, and of a cached value.

    Every weight is read once, however many streams there are; of an input embedding that is no output layer as well,
    one row a stream, which is not counted.
    """
    shapes = expected_shapes(model)
    if not model.tie_word_embeddings:
        del shapes["model.embed_tokens.weight"]
    return StepBytes(
        weights=value_bytes * sum(map(math.prod, shapes.values())),
        keys_and_values=streams * context * model.kv_bytes_per_token * value_bytes // 2,
        logits=streams * model.vocab_size * LOGIT_BYTES,
    )
