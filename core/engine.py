"""What the pipeline needs from a token engine, and no more: token ids in, token ids out."""

from collections.abc import AsyncGenerator
from typing import Protocol

from shared.errors import TextTooLong, ValidationFailed
from shared.types import Prompt, TokenDelta


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
        settings; temperature 0 takes the likeliest token. Where not all fit, what is heard goes before what is not.

        Raises, at the first step: ValidationFailed and TextTooLong as `check_prompt` does, Overloaded when the queue is
        full. Raises, at any step: RuntimeDead when the engine is gone, GenerationError when only this request is.
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

    Raises ValidationFailed for an id that is no row of the embedding, which kills vLLM 0.32 for everybody, and for an
    empty prompt; TextTooLong where no token would fit behind it.
    """
    if not prompt.ids:
        raise ValidationFailed("an empty prompt")
    if min(prompt.ids) < 0 or max(prompt.ids) >= rows:
        raise ValidationFailed("a token id outside the model's vocabulary")
    room = max_len - len(prompt.ids)
    if room < 1:
        raise TextTooLong(f"the text takes {len(prompt.ids)} tokens in one piece, and at most {max_len - 1} fit")
    return min(room, prompt.sampling.max_tokens)
