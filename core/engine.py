"""What the pipeline needs from a token engine, and no more: token ids in, token ids out."""

from collections.abc import AsyncGenerator
from typing import Protocol

from shared.errors import TextTooLong, ValidationFailed
from shared.types import MAX_REPETITION_PENALTY, MAX_SEED, MAX_TEMPERATURE, MAX_TOP_K, Prompt, Sampling, TokenDelta


class TokenEngine(Protocol):
    """Continues prompts, several at once or one after the other."""

    @property
    def name(self) -> str:
        """Which engine this is, for logs and health."""
        ...

    @property
    def unfinished(self) -> int:
        """Requests that hold a place in the engine: running, or waiting in its queue."""
        ...

    def stream(self, prompt: Prompt) -> AsyncGenerator[TokenDelta, None]:
        """Yield tokens until the model stops, without the stop token; the last delta says why it ended.

        Closing the generator aborts the request. The same prompt and seed give the same tokens on the same engine and
        settings; a temperature below MIN_TEMPERATURE takes the likeliest token. Where not all fit, streaming prompts go
        first. No prompt that is accepted ends the engine, whatever its sampling.

        Raises, at the first step: ValidationFailed and TextTooLong as `check_prompt` does, Overloaded when the queue is
        full. Raises, at any step: RuntimeDead when the engine is gone, GenerationError or GpuOutOfMemory when only
        this request is.
        """
        ...

    def check_health(self) -> None:
        """Raise RuntimeDead once the engine is gone. Costs nothing."""
        ...

    async def sleep(self) -> None:
        """Give back device memory that `wake` can fill again, and forget every prefix. Nothing may be running."""
        ...

    async def wake(self) -> None:
        """Be after `sleep` what it was before."""
        ...


def check_prompt(prompt: Prompt, *, rows: int, max_len: int) -> int:
    """How many tokens may follow the prompt, at most what it asks for. `max_len` bounds prompt and answer together.

    Raises ValidationFailed for an id that is no row of the embedding, which kills vLLM 0.32 for everybody, for a
    sampling out of the API's bounds, and for an empty prompt; TextTooLong where no token would fit behind it.
    """
    _check_sampling(prompt.sampling)
    if not prompt.ids:
        raise ValidationFailed("an empty prompt")
    if min(prompt.ids) < 0 or max(prompt.ids) >= rows:
        raise ValidationFailed("a token id outside the model's vocabulary")
    room = max_len - len(prompt.ids)
    if room < 1:
        raise TextTooLong(f"the text takes {len(prompt.ids)} tokens in one piece, and at most {max_len - 1} fit")
    return min(room, prompt.sampling.max_tokens)


def _check_sampling(sampling: Sampling) -> None:
    """Raise ValidationFailed for a value out of bounds. Not a number is within none."""
    within = {
        "temperature": 0 <= sampling.temperature <= MAX_TEMPERATURE,
        "top_k": sampling.top_k == -1 or 1 <= sampling.top_k <= MAX_TOP_K,
        "top_p": 0 < sampling.top_p <= 1,
        "repetition_penalty": 1 <= sampling.repetition_penalty <= MAX_REPETITION_PENALTY,
        "max_tokens": sampling.max_tokens >= 1,
        "seed": 0 <= sampling.seed <= MAX_SEED,
    }
    for field, good in within.items():
        if not good:
            raise ValidationFailed(f"{field}: out of its bounds", details={"field": field})
