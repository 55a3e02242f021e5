"""Values that flow between stages: frozen and small, with no behaviour except arithmetic."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Mono samples, nominally in [-1, 1]; shape (N,)."""

GLOBAL_TOKENS = 32
"""Number of global (speaker) tokens of a voice: the input size of the d-vector's projection (BiCodec)."""

MAX_TEMPERATURE = 2.0
"""Largest sampling temperature; vLLM 0.32 accepts no larger one."""

MIN_TEMPERATURE = 0.01
"""Smallest temperature with which tokens are sampled; below it the likeliest token is taken.

At this temperature a logit that is 0.2 below the largest has odds of e^-20, so smaller temperatures are greedy in
effect; 1e-38 makes float32 logits overflow. vLLM 0.32 raises smaller temperatures to this one (`_MAX_TEMP`,
sampling_params).
"""

MIN_TOP_P = 1e-6
"""Smallest `top_p` used in arithmetic. Smaller ones are raised to it and give the same token.

The likeliest of up to 1,000,000 tokens has at least this probability, so every `top_p` up to this one keeps that token
alone. In float32, values below 7e-46 are 0, which would keep no token.
"""

# Bounds of the API. Chosen; seeds are uint32.
MAX_TOP_K = 1000
MAX_REPETITION_PENALTY = 2.0
MAX_SEED = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Voice:
    """Voice of a checkpoint.

    `speaker` is inserted into the checkpoint's prompt template. `global_tokens`, if known, are 32 indices that
    determine the timbre; generation then starts at the first semantic token.
    """

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    gender: str | None = None
    description: str = ""
    speaker: str = ""
    global_tokens: tuple[int, ...] | None = None
    source: str = "checkpoint"
    language: str | None = None
    """Language of texts that declare none; None: each text shows its own."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """Sampling parameters. A `top_k` of -1 disables top-k; a temperature below MIN_TEMPERATURE is greedy."""

    temperature: float = 0.8
    top_k: int = 50
    top_p: float = 1.0
    repetition_penalty: float = 1.05
    max_tokens: int = 4096
    seed: int = 0

    def representable(self) -> "Sampling":
        """Return an equivalent sampling that float32 arithmetic can represent, in which greedy is temperature 0.

        All engines use these values.
        """
        temperature = 0.0 if self.temperature < MIN_TEMPERATURE else self.temperature
        return replace(self, temperature=temperature, top_p=max(self.top_p, MIN_TOP_P))


@dataclass(frozen=True, slots=True)
class Allowance:
    """Rate limit of a caller: `limit` requests per minute, `remaining` now, all again at `reset_at` (Unix seconds).

    `shared` is false where this process counts alone although processes should share the limit.
    """

    limit: int
    remaining: int
    reset_at: int
    shared: bool = True


AUTO = "auto"
"""Language of a text that tells its language itself."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Options of reading a text.

    `language`: a BCP 47 tag such as "hi-IN", or AUTO. `date_order`: that of a numeric date. `number_scale`: words above
    99,999; "auto" follows the commas and the currency. `digit_grouping`: digits of a code between two pauses; None
    leaves it to the rules. `repeated_digits`: "double" reads 55 and 555 in a code as "double five", "triple five".
    """

    language: str = AUTO
    date_order: Literal["dmy", "mdy"] = "dmy"
    number_scale: Literal["auto", "lakh", "million"] = "auto"
    digit_grouping: int | None = None
    repeated_digits: Literal["single", "double"] = "single"


AUTOMATIC = Reading()
"""Reading of a text without options."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One validated request to speak. All defaults are filled in, the seed included.

    `rate`: the answer's rate in Hz. `format`: its encoding. `super_resolve`: use super-resolution. `stream`: send the
    answer while it is generated.
    """

    text: str
    voice: Voice
    sampling: Sampling
    rate: int
    format: str = "wav"
    super_resolve: bool = False
    speed: float = 1.0
    stream: bool = False
    normalize: bool = True
    chunking: bool = True
    lexicon: Mapping[str, str] = field(default_factory=dict)
    reading: Reading = AUTOMATIC


@dataclass(frozen=True, slots=True)
class TextChunk:
    """Piece of the text that the model generates with one prompt. The joined `text` of all chunks is the text."""

    index: int
    text: str
    last: bool


@dataclass(frozen=True, slots=True)
class Prompt:
    """Token ids that the engine continues, until it generates one of `stop_ids`.

    `streaming`: a player waits for the answer, so the engine runs the prompt before those of files. `deadline` returns
    the time of `time.perf_counter()` at which that player runs out of sound, in seconds; by default, it has no sound.
    """

    ids: tuple[int, ...]
    stop_ids: frozenset[int]
    sampling: Sampling
    streaming: bool = True
    deadline: Callable[[], float] | None = field(default=None, compare=False)


class Finish(StrEnum):
    """Reason of an answer's end: a stop token, or the token budget (LENGTH)."""

    STOP = "stop"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class TokenDelta:
    """New token ids of an answer. Engines may merge deltas, so consumers must not count deltas."""

    ids: tuple[int, ...]
    finish: Finish | None = None


@dataclass(frozen=True, slots=True)
class GlobalTokens:
    """The 32 codec indices that determine the voice."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SpeechTokens:
    """Semantic codec indices, 20 ms each at the published hop."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """Semantic tokens that are decoded together: `left` context, `keep` whose sound is kept, `right` look-ahead."""

    ids: tuple[int, ...]
    left: int
    keep: int
    right: int
    voice: GlobalTokens = field(repr=False)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Return the sizes. Windows of equal shape can be decoded in one batch."""
        return self.left, self.keep, self.right


@dataclass(frozen=True, slots=True)
class Pcm:
    """Block of mono sound at `rate` Hz."""

    samples: Samples
    rate: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate
