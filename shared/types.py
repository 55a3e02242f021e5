"""The values that flow between stages. Frozen, small, no behaviour beyond arithmetic."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Mono samples, nominally in [-1, 1]; shape (N,)."""

GLOBAL_TOKENS = 32
"""Global (speaker) tokens of one utterance; the d-vector projection takes exactly this many."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks, and how the model is asked for it.

    `speaker` fills the checkpoint's prompt template. `global_tokens`, where known, are 32 indices that pin the timbre:
    generation then starts at the first semantic token.
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


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the language model picks tokens. `top_k` -1 is off; temperature 0 is greedy."""

    temperature: float = 0.8
    top_k: int = 50
    top_p: float = 1.0
    repetition_penalty: float = 1.05
    max_tokens: int = 4096
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Allowance:
    """Requests a caller may make: `limit` a minute, `remaining` now, all again at `reset_at` (seconds since 1970)."""

    limit: int
    remaining: int
    reset_at: int


@dataclass(frozen=True, slots=True)
class Utterance:
    """One request to speak, checked and complete: every default is filled in, the seed included.

    `rate` is the rate of the answer in Hz; `wide` asks for super-resolution on the way to it. `stream` says that
    somebody listens while it is made.
    """

    text: str
    voice: Voice
    sampling: Sampling
    rate: int
    wide: bool = False
    speed: float = 1.0
    stream: bool = False
    normalize: bool = True
    chunking: bool = True
    lexicon: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TextChunk:
    """A piece of the text that the model speaks in one breath. `text` of all chunks joined is the text."""

    index: int
    text: str
    last: bool


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the engine continues: token ids in, token ids out, `stop_ids` end it.

    `heard`: somebody listens already, and goes before all whose answer is a file.
    """

    ids: tuple[int, ...]
    stop_ids: frozenset[int]
    sampling: Sampling
    heard: bool = True


class Finish(StrEnum):
    """Why a model went no further: it was done, or had no token left."""

    STOP = "stop"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class TokenDelta:
    """One or more token ids. Engines may merge deltas, so consumers must not count them."""

    ids: tuple[int, ...]
    finish: Finish | None = None


@dataclass(frozen=True, slots=True)
class GlobalTokens:
    """The 32 codec indices that carry the voice."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SpeechTokens:
    """Semantic codec indices, 20 ms each at the published hop."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """Semantic tokens that are decoded together: `left` and `right` tokens are context, `keep` become sound."""

    ids: tuple[int, ...]
    left: int
    keep: int
    right: int
    voice: GlobalTokens = field(repr=False)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Windows of one shape can be decoded together."""
        return self.left, self.keep, self.right


@dataclass(frozen=True, slots=True)
class Pcm:
    """A block of mono sound."""

    samples: Samples
    rate: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate
