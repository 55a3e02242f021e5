"""Protocol of a token engine: token ids in, token ids out. Implementations are in core/engines/."""

from collections.abc import AsyncGenerator
from typing import Protocol

from shared.errors import TextTooLong, ValidationFailed
from shared.types import MAX_REPETITION_PENALTY, MAX_SEED, MAX_TEMPERATURE, MAX_TOP_K, Prompt, Sampling, TokenDelta


class TokenEngine(Protocol):
    """Language model that continues prompts, one or several at a time."""

    @property
    def name(self) -> str:
        """Return the engine's name, for logs and health."""
        ...

    @property
    def unfinished(self) -> int:
        """Return the number of requests that run or wait in the engine's queue."""
        ...

    def stream(self, prompt: Prompt) -> AsyncGenerator[TokenDelta, None]:
        """Yield tokens until the model stops, without the stop token. The last delta has the reason (`finish`).

        Closing the generator aborts the request. The same prompt and seed give the same tokens on the same engine and
        settings. A temperature below MIN_TEMPERATURE takes the likeliest token. When the engine cannot run all prompts
        at once, streaming prompts go first. No sampling of an accepted prompt can stop the engine.

        Raises at the first step: ValidationFailed and TextTooLong as `check_prompt` does; Overloaded when the queue is
        full. Raises at any step: RuntimeDead when the engine has failed; GenerationError or GpuOutOfMemory when only
        this request has failed.
        """
        ...

    def check_health(self) -> None:
        """Raise RuntimeDead once the engine has failed. Returns immediately."""
        ...

    async def sleep(self) -> None:
        """Free the device memory that `wake` can restore, and drop every cached prefix. No request may be running."""
        ...

    async def wake(self) -> None:
        """Restore the state from before `sleep`."""
        ...


def check_prompt(prompt: Prompt, *, rows: int, max_len: int) -> int:
    """Return the number of tokens that may follow the prompt: what it asks for, as far as `max_len` allows.

    `rows` is the number of embedding rows; `max_len` bounds prompt and answer together, in tokens. Raises
    ValidationFailed for an empty prompt, for an id outside the embedding (it ends vLLM 0.32's process, and with it all
    requests) and for sampling outside the API's bounds. Raises TextTooLong where no token would fit after the prompt.
    """
    _check_sampling(prompt.sampling)
    if not prompt.ids:
        raise ValidationFailed("the prompt is empty")
    if min(prompt.ids) < 0 or max(prompt.ids) >= rows:
        raise ValidationFailed("a token id is outside the model's vocabulary")
    room = max_len - len(prompt.ids)
    if room < 1:
        raise TextTooLong(f"one chunk of the text takes {len(prompt.ids)} tokens; at most {max_len - 1} fit")
    return min(room, prompt.sampling.max_tokens)


def _check_sampling(sampling: Sampling) -> None:
    """Raise ValidationFailed for a value out of bounds. NaN is out of every bound."""
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
            raise ValidationFailed(f"{field}: out of bounds", details={"field": field})
