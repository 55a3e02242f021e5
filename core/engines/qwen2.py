"""Forward pass of a Qwen2 language model, for several sequences at once. Knows nothing of sampling.

Every sequence has a key-value cache of its own. Hugging Face's implementation reads the checkpoint and is the reference
in tests. Its own forward pass spends more time on a small model's bookkeeping than on arithmetic: 138 tokens/s against
257 (measured at hidden size 192 and 6 layers, on one core).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import Qwen2ForCausalLM

from core.engines.projection import Projection


@dataclass(frozen=True, slots=True)
class _Layer:
    """Weights of one layer. Projections of the same input are stored as one matrix."""

    attention_norm: Tensor
    qkv: Projection
    out: Projection
    mlp_norm: Tensor
    gate_up: Projection
    down: Projection


MAX_BATCH = 8
"""Most sequences of one step. Chosen: at the demo voice's size, a step of 8 takes 5 ms, 2.2 times as long as a step of
1 (measured), and is due every 20 ms at real time; the rest of a laptop is the sound decoder's."""


class KeyValueCache:
    """Keys and values of one sequence of at most `max_len` tokens, [2, kv_heads, max_len, head_dim] for each layer."""

    def __init__(self, shape: tuple[int, ...], *, device: torch.device, dtype: torch.dtype) -> None:
        self.layers = torch.empty(shape, device=device, dtype=dtype).unbind()  # memory is used as the sequence grows
        self.device = device
        self.length = 0


class Qwen2Decoder:
    """Model without a state: each sequence is a `KeyValueCache`. Not thread-safe.

    `start` begins a sequence with its prompt; `step` appends a token to each of several sequences.
    """

    def __init__(self, path: Path, *, max_len: int, device: torch.device, dtype: torch.dtype) -> None:
        model = Qwen2ForCausalLM.from_pretrained(path, dtype=dtype, local_files_only=True).to(device).eval()
        config, body = model.config, model.model
        self.max_len, self.device, self._dtype = max_len, device, dtype
        self.rows: int = config.vocab_size
        self._heads, self._kv_heads = config.num_attention_heads, config.num_key_value_heads
        self._head_dim = config.hidden_size // config.num_attention_heads
        self._eps = config.rms_norm_eps
        self._embedding = body.embed_tokens.weight.detach()
        self._output = _projection(model.lm_head.weight)
        self._norm = body.norm.weight.detach()
        self._layers = [_layer(layer) for layer in body.layers]
        self._cos, self._sin = _rotary(body.rotary_emb.inv_freq, max_len, dtype)

    def cache(self) -> KeyValueCache:
        """Return an empty sequence's cache."""
        shape = (len(self._layers), 2, self._kv_heads, self.max_len, self._head_dim)
        return KeyValueCache(shape, device=self.device, dtype=self._dtype)

    @torch.inference_mode()
    def start(self, cache: KeyValueCache, ids: Tensor) -> Tensor:
        """Begin a sequence in `cache` with ids [T], each below `rows`; return float32 logits [rows] for the next token.

        Raises ValueError where the ids exceed `max_len`.
        """
        cache.length = 0
        tokens = len(ids)
        if tokens > self.max_len:
            raise ValueError(f"{tokens} tokens do not fit in {self.max_len}")
        cos, sin = self._cos[:tokens, None], self._sin[:tokens, None]

        def attend(heads: Tensor, layer: int) -> Tensor:
            cache.layers[layer][:, :, :tokens] = self._keys_and_values(heads).permute(1, 2, 0, 3)
            query, keys_and_values = heads[:, : self._heads].transpose(0, 1), cache.layers[layer][:, :, :tokens]
            return self._attention(query, keys_and_values, is_causal=True).transpose(0, 1)

        logits = self._forward(ids, cos, sin, attend, Projection.__call__, last=1)[0]
        cache.length = tokens
        return logits

    @torch.inference_mode()
    def step(self, caches: Sequence[KeyValueCache], ids: Tensor) -> Tensor:
        """Append ids [B] to B sequences; return float32 logits [B, rows]. A step that raises changed no sequence.

        A sequence's logits do not depend on the others. Raises ValueError for a sequence that is full.
        """
        if any(cache.length >= self.max_len for cache in caches):
            raise ValueError(f"a sequence has {self.max_len} tokens already")
        places = torch.tensor([[cache.length] for cache in caches], device=self.device)
        cos, sin = F.embedding(places, self._cos), F.embedding(places, self._sin)

        def attend(heads: Tensor, layer: int) -> Tensor:
            queries, keys_and_values = heads[:, : self._heads, None].unbind(), self._keys_and_values(heads).unbind()
            attended = []
            for cache, query, newest in zip(caches, queries, keys_and_values, strict=True):
                filled = cache.layers[layer][:, :, : cache.length + 1]
                filled[:, :, -1] = newest
                attended.append(self._attention(query, filled, is_causal=False))
            return torch.cat(attended) if len(attended) > 1 else attended[0]

        logits = self._forward(ids, cos, sin, attend, Projection.of_each)
        for cache in caches:
            cache.length += 1
        return logits

    def _forward(
        self,
        ids: Tensor,
        cos: Tensor,
        sin: Tensor,
        attend: Callable[[Tensor, int], Tensor],
        project: Callable[[Projection, Tensor], Tensor],
        *,
        last: int | None = None,
    ) -> Tensor:
        """Return float32 logits [T, rows] after each of ids [T], or after the `last` ones.

        `attend` takes rotated queries and keys, and values [T, heads + 2 kv_heads, head_dim] and the index of a layer;
        it returns a tensor of [T, heads * head_dim] elements. `project` applies a layer to rows [T, in].
        """
        x = F.embedding(ids, self._embedding)
        width = x.shape[-1:]
        for index, layer in enumerate(self._layers):
            qkv = project(layer.qkv, F.rms_norm(x, width, layer.attention_norm, self._eps))
            heads = qkv.view(len(ids), -1, self._head_dim)
            turned = heads[:, : -self._kv_heads]
            torch.addcmul(turned * cos, turned.roll(self._head_dim // 2, -1), sin, out=turned)
            x = x + project(layer.out, attend(heads, index).reshape(len(ids), -1))
            gate, up = project(layer.gate_up, F.rms_norm(x, width, layer.mlp_norm, self._eps)).chunk(2, -1)
            x = x + project(layer.down, F.silu(gate).mul_(up))
        x = x if last is None else x[-last:]
        return project(self._output, F.rms_norm(x, width, self._norm, self._eps)).float()

    def _keys_and_values(self, heads: Tensor) -> Tensor:
        return heads[:, self._heads :].view(len(heads), 2, self._kv_heads, self._head_dim)

    def _attention(self, query: Tensor, keys_and_values: Tensor, *, is_causal: bool) -> Tensor:
        keys, values = keys_and_values.unsqueeze(1).unbind()
        return F.scaled_dot_product_attention(
            query.unsqueeze(0), keys, values, is_causal=is_causal, enable_gqa=self._heads != self._kv_heads
        )[0]


def _layer(layer: Any) -> _Layer:
    attention, mlp = layer.self_attn, layer.mlp
    projections = (attention.q_proj, attention.k_proj, attention.v_proj)
    return _Layer(
        attention_norm=layer.input_layernorm.weight.detach(),
        qkv=_projection(torch.cat([p.weight for p in projections]), torch.cat([p.bias for p in projections])),
        out=_projection(attention.o_proj.weight),
        mlp_norm=layer.post_attention_layernorm.weight.detach(),
        gate_up=_projection(torch.cat([mlp.gate_proj.weight, mlp.up_proj.weight])),
        down=_projection(mlp.down_proj.weight),
    )


def _projection(weight: Tensor, bias: Tensor | None = None) -> Projection:
    return Projection(weight.detach(), None if bias is None else bias.detach(), most_rows=MAX_BATCH)


def _rotary(inverse_frequencies: Tensor, length: int, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Return cosine and sine tables [length, head_dim] of the rotary embedding.

    The sine's first half is negated, so that a rotation takes one roll and no negation.
    """
    angles = torch.arange(length, device=inverse_frequencies.device).outer(inverse_frequencies.float())
    cos, sin = angles.cos(), angles.sin()
    return torch.cat([cos, cos], -1).to(dtype), torch.cat([-sin, sin], -1).to(dtype)
