"""Hand-set weights of a Qwen2 model that emits 32 global tokens, then semantic tokens in proportion to the text.

A model with random weights never stops, and tests do not train one. This model is a real `Qwen2ForCausalLM` for every
engine with a known token sequence: after `<|start_global_token|>` 32 global tokens and the two that follow them, then
`tokens_per_text_token` semantic tokens for every text token of the prompt, then `<|end_semantic_token|>` and
`<|im_end|>`. The codes are sampled from a distribution that depends on the text and on the previous code. With `styled`
it knows the controllable task as well: after `<|end_style_label|>` an acoustic block with two values, then the above.

Method: the channels of the residual stream have names (`_Channels`). Attention of the first layer, with queries and
keys of zero, is the mean over all tokens so far, so it counts: its two counters become positive after enough codes.
The MLP of that layer maps the class of the last token to the class that follows, and ends a block when its counter is
positive. Later layers take compute time and add nothing. The final norm passes only the channels for the next class to
the output matrix, which is the embedding.
"""

import math
import zlib
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.checkpoint.language_model import LanguageModelConfig
from core.checkpoint.stored_tensors import Shape
from core.checkpoint.vocabulary import TokenFamily, Vocabulary
from shared.types import GLOBAL_TOKENS

Floats = NDArray[np.float32]

MIN_HIDDEN, STYLED_HIDDEN = 64, 80
"""Least width of the residual stream, in channels; with `styled`, the second one."""
MAX_TOKENS_PER_TEXT_TOKEN = 64

_TEXTURE = 24
"""Channels that tell the tokens of one class apart."""
_STYLE_STEPS = 5
"""Steps from the labels of a designed voice to its first global token."""
_COUNT_UNIT = 1 / 32
"""Contribution of one token to a count: small, so that it does not dominate a token's vector."""
_OPEN = 20.0
"""Gate value at which SiLU is the identity, which makes the unit linear."""
_NEXT = 12.0
"""Strength of "a token of this class is next"."""
_END = 4.0
"""The same for an end token, for each unit of its counter."""
_SHARPNESS = 10.0
"""Scale of the logits: a token of a wrong class has a probability below e-30 at temperature 2."""


@dataclass(frozen=True, slots=True)
class _Channels:
    """Indices of channels in the residual stream."""

    constant: int = 0  # brings a vector to the common norm
    fine: int = 1  # the rest of that, so that bfloat16 is exact
    in_global: int = 2  # "the last token was …"
    in_end_global: int = 3
    in_semantic: int = 4
    in_end_semantic: int = 5
    count_global: int = 6
    count_semantic: int = 7
    counter_global: int = 8
    counter_semantic: int = 9
    out_global: int = 10  # "the next token is …"
    out_end_global: int = 11
    out_start_semantic: int = 12
    out_semantic: int = 13
    out_end_semantic: int = 14
    out_end_of_turn: int = 15

    @property
    def in_texture(self) -> slice:
        return slice(16, 16 + _TEXTURE)

    @property
    def out_texture(self) -> slice:
        return slice(16 + _TEXTURE, 16 + 2 * _TEXTURE)

    @property
    def shown(self) -> slice:
        """Return the channels that the final norm passes, besides the texture."""
        return slice(self.out_global, self.out_end_of_turn + 1)

    @property
    def in_style(self) -> range:
        """Return "the last token was …" for the tokens of `_style_steps`, in their order."""
        return range(MIN_HIDDEN, MIN_HIDDEN + _STYLE_STEPS)

    @property
    def out_style(self) -> range:
        """Return "the next token is …" for the successors of these tokens."""
        return range(self.in_style.stop, self.in_style.stop + _STYLE_STEPS)


_AT = _Channels()


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenScript:
    """Generator of the tensors; the same arguments give the same values. `styled` needs a vocabulary with styles."""

    config: LanguageModelConfig
    vocabulary: Vocabulary
    tokens_per_text_token: int
    seed: int
    styled: bool = False

    def __post_init__(self) -> None:
        widths, least = (self.config.hidden_size, self.config.intermediate_size), MIN_HIDDEN
        if self.styled:
            least = STYLED_HIDDEN
        if min(widths) < least or self.config.head_dim < 2 + _TEXTURE or not self.config.tie_word_embeddings:
            raise ValueError(
                f"a scripted model needs tied embeddings, a width of at least {least} and heads of at least"
                f" {2 + _TEXTURE}"
            )
        if not 0 <= self.tokens_per_text_token <= MAX_TOKENS_PER_TEXT_TOKEN:
            raise ValueError(f"tokens_per_text_token must be 0 to {MAX_TOKENS_PER_TEXT_TOKEN}")

    def tensor(self, name: str, shape: Shape) -> Floats:
        """Return the values of one tensor of `expected_shapes`."""
        if name == "model.embed_tokens.weight":
            return self._embedding(shape)
        if name == "model.norm.weight":
            return self._final_norm(shape)
        if name.endswith("layernorm.weight"):
            return np.ones(shape, np.float32)
        part = name.removeprefix("model.layers.0.")
        if part == name:
            idle = name.endswith(("o_proj.weight", "down_proj.weight", ".bias"))
            return np.zeros(shape, np.float32) if idle else 0.02 * self._random(name, shape)
        tensor = np.zeros(shape, np.float32)
        if part.startswith("self_attn."):
            self._set_attention(part, tensor)
        else:
            self._set_mlp(part, tensor)
        return tensor

    def _random(self, name: str, shape: Shape) -> Floats:
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())]).standard_normal(shape, np.float32)

    def _embedding(self, shape: Shape) -> Floats:
        rows = np.zeros(shape, np.float32)
        control, globals_, semantics = self.vocabulary.control, self.vocabulary.globals, self.vocabulary.semantics
        text, speech, voice = slice(0, self.vocabulary.text_tokens), _rows(semantics), _rows(globals_)

        random = self._random("texture", (shape[0], 2 * _TEXTURE))
        rows[:, _AT.in_texture] = 0.5 * random[:, :_TEXTURE]
        for codes in (voice, speech):
            rows[codes, _AT.out_texture] = 0.05 * random[codes, _TEXTURE:]

        rows[voice, _AT.in_global] = rows[control.start_global, _AT.in_global] = 1
        rows[control.end_global, _AT.in_end_global] = 1
        rows[speech, _AT.in_semantic] = rows[control.start_semantic, _AT.in_semantic] = 1
        rows[control.end_semantic, _AT.in_end_semantic] = 1

        # Half a token of offset puts the sign change between two tokens, where rounding cannot move it.
        rows[voice, _AT.count_global] = _COUNT_UNIT
        rows[control.start_global, _AT.count_global] = (0.5 - GLOBAL_TOKENS) * _COUNT_UNIT
        rows[speech, _AT.count_semantic] = _COUNT_UNIT
        rows[control.start_semantic, _AT.count_semantic] = 0.5 * _COUNT_UNIT
        rows[text, _AT.count_semantic] = -self.tokens_per_text_token * _COUNT_UNIT

        rows[voice, _AT.out_global] = 1
        rows[control.end_global, _AT.out_end_global] = 1
        rows[control.start_semantic, _AT.out_start_semantic] = 1
        rows[speech, _AT.out_semantic] = 1
        rows[control.end_semantic, _AT.out_end_semantic] = 1
        rows[control.end_of_turn, _AT.out_end_of_turn] = 1
        for step, (source, target) in enumerate(self._style_steps()):
            rows[list(source), _AT.in_style[step]] = rows[list(target), _AT.out_style[step]] = 1
            if len(target) > 1:
                rows[list(target), _AT.out_texture] = 0.05 * random[list(target), _TEXTURE:]
        _equalise_norms(rows, STYLED_HIDDEN if self.styled else MIN_HIDDEN)
        return rows

    def _style_steps(self) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
        """Return the tokens of each step from a designed voice's labels to its globals, and those that may follow."""
        style = self.vocabulary.style if self.styled else None
        if style is None:
            return []
        block = (style.start_acoustic,), style.pitch_value, style.speed_value, (style.end_acoustic,)
        sequence = [(style.end_style,), *block, (self.vocabulary.control.start_global,)]
        return list(pairwise(sequence))

    def _final_norm(self, shape: Shape) -> Floats:
        gain = np.zeros(shape, np.float32)
        gain[_AT.shown] = gain[_AT.out_texture] = _SHARPNESS
        if self.styled:
            gain[list(_AT.out_style)] = _SHARPNESS
        return gain

    def _set_attention(self, part: str, tensor: Floats) -> None:
        """Add the mean of counts and texture over all tokens to counters and texture. Queries and keys stay 0."""
        texture = range(2, 2 + _TEXTURE)
        if part == "self_attn.v_proj.weight":
            tensor[0, _AT.count_global] = tensor[1, _AT.count_semantic] = 1
            tensor[texture, range(*_AT.in_texture.indices(tensor.shape[1]))] = 1
        elif part == "self_attn.o_proj.weight":
            tensor[_AT.counter_global, 0] = tensor[_AT.counter_semantic, 1] = 1
            tensor[range(*_AT.in_texture.indices(tensor.shape[0])), texture] = 4

    def _set_mlp(self, part: str, tensor: Floats) -> None:
        """Set two units that end a block (counter times class), then linear ones: class to class, and texture."""
        follows = [
            (_AT.in_global, _AT.out_global),
            (_AT.in_end_global, _AT.out_start_semantic),
            (_AT.in_semantic, _AT.out_semantic),
            (_AT.in_end_semantic, _AT.out_end_of_turn),
        ]
        if self.styled:
            follows += zip(_AT.in_style, _AT.out_style, strict=True)
        linear = 2 + len(follows)
        texture = slice(linear, linear + _TEXTURE)
        if part == "mlp.gate_proj.weight":
            # Half a token at the longest context is still far in the linear range of SiLU.
            steep = 2 * _OPEN * self.config.max_position_embeddings / _COUNT_UNIT
            tensor[0, _AT.counter_global] = tensor[1, _AT.counter_semantic] = steep
            tensor[2 : texture.stop, _AT.constant] = _OPEN / math.sqrt(tensor.shape[1])
        elif part == "mlp.up_proj.weight":
            tensor[0, _AT.in_global] = tensor[1, _AT.in_semantic] = 1
            for unit, (source, _) in enumerate(follows, 2):
                tensor[unit, source] = 1
            tensor[texture, _AT.in_texture] = self._random("mix", (_TEXTURE, _TEXTURE)) / math.sqrt(_TEXTURE)
        elif part == "mlp.down_proj.weight":
            tensor[_AT.out_end_global, 0] = tensor[_AT.out_end_semantic, 1] = _END
            for unit, (_, target) in enumerate(follows, 2):
                tensor[target, unit] = _NEXT / _OPEN
            tensor[range(*_AT.out_texture.indices(tensor.shape[0])), range(texture.start, texture.stop)] = 2 / _OPEN


def _rows(family: TokenFamily) -> slice:
    return slice(family.first, family.stop)


def _equalise_norms(rows: Floats, width: int) -> None:
    """Bring every row to a mean square of one: the first norm then changes nothing, and counting is exact.

    `width` is the number of channels in use.

    Values are rounded to bfloat16: both precisions then emit the same sequence.
    """
    used = rows[:, :width]
    used[:] = _truncate(used)
    for channel in (_AT.constant, _AT.fine):
        rest = rows.shape[1] - np.square(used, dtype=np.float64).sum(axis=1)
        rest = np.maximum(rest, 0)  # float32 may have rounded the coarse part up to the whole norm
        rows[:, channel] = _truncate(np.sqrt(rest).astype(np.float32))


def _truncate(values: Floats) -> Floats:
    """Round to bfloat16 precision, towards zero."""
    truncated: Floats = (values.view(np.uint32) & np.uint32(0xFFFF0000)).view(np.float32)
    return truncated
