"""A Qwen2 language model run one sequence at a time, over a cache that is allocated once. Knows nothing of sampling.

Hugging Face reads the checkpoint and is what the tests hold this against; its own forward pass spends more time on a
small model's bookkeeping than on its arithmetic (138 against 257 tokens/s at hidden 192, 6 layers, one busy core).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import Qwen2ForCausalLM


@dataclass(frozen=True, slots=True)
class _Layer:
    """Projections that read the same vector are one matrix."""

    attention_norm: Tensor
    qkv: Tensor
    qkv_bias: Tensor
    out: Tensor
    mlp_norm: Tensor
    gate_up: Tensor
    down: Tensor


class Qwen2Decoder:
    """Weights, rotary tables and the cache of one sequence of at most `max_len` tokens.

    `restart` forgets the sequence; `advance` appends tokens to it. Not for two threads at once.
    """

    def __init__(self, path: Path, *, max_len: int, device: torch.device, dtype: torch.dtype) -> None:
        model = Qwen2ForCausalLM.from_pretrained(path, dtype=dtype, local_files_only=True).to(device).eval()
        config, body = model.config, model.model
        self.max_len, self.device = max_len, device
        self.rows: int = config.vocab_size
        self._heads, self._kv_heads = config.num_attention_heads, config.num_key_value_heads
        self._head_dim = config.hidden_size // config.num_attention_heads
        self._eps = config.rms_norm_eps
        self._embedding = body.embed_tokens.weight.detach()
        self._output = model.lm_head.weight.detach()
        self._norm = body.norm.weight.detach()
        self._layers = [_layer(layer) for layer in body.layers]
        self._cos, self._sin = _rotary(body.rotary_emb.inv_freq, max_len, dtype)
        cache_shape = (len(self._layers), 2, self._kv_heads, max_len, self._head_dim)
        self._cache = torch.zeros(cache_shape, device=device, dtype=dtype)
        self._length = 0

    def restart(self) -> None:
        self._length = 0

    @torch.inference_mode()
    def advance(self, ids: Tensor) -> Tensor:
        """[T] ids below `rows` to float32 logits [rows] after the last. Only an empty sequence takes more than one."""
        begin, end = self._length, self._length + len(ids)
        if end > self.max_len or (begin and len(ids) > 1):
            raise ValueError(f"{len(ids)} tokens do not fit behind {begin} of {self.max_len}")
        cos, sin = self._cos[begin:end], self._sin[begin:end]
        x = F.embedding(ids, self._embedding)
        width = x.shape[-1:]
        for layer, cache in zip(self._layers, self._cache.unbind(), strict=True):
            qkv = F.linear(F.rms_norm(x, width, layer.attention_norm, self._eps), layer.qkv, layer.qkv_bias)
            x = x + F.linear(self._attend(qkv, cos, sin, cache[:, :, :end], begin), layer.out)
            gate, up = F.linear(F.rms_norm(x, width, layer.mlp_norm, self._eps), layer.gate_up).chunk(2, -1)
            x = x + F.linear(F.silu(gate) * up, layer.down)
        self._length = end
        return F.linear(F.rms_norm(x[-1], width, self._norm, self._eps), self._output).float()

    def _attend(self, qkv: Tensor, cos: Tensor, sin: Tensor, cache: Tensor, begin: int) -> Tensor:
        """[T, (heads + 2 kv_heads) * head_dim] to [T, heads * head_dim]; fills cache [2, kv_heads, end, head_dim]."""
        tokens = len(qkv)
        parts = qkv.view(tokens, -1, self._head_dim).transpose(0, 1)
        turned, values = parts[: -self._kv_heads], parts[-self._kv_heads :]
        turned = turned * cos + turned.roll(self._head_dim // 2, -1) * sin
        cache[0, :, begin:] = turned[self._heads :]
        cache[1, :, begin:] = values
        keys, values = cache.unsqueeze(1).unbind()
        attended = F.scaled_dot_product_attention(
            turned[: self._heads].unsqueeze(0), keys, values, is_causal=tokens > 1, enable_gqa=True
        )
        return attended[0].transpose(0, 1).reshape(tokens, -1)


def _layer(layer: Any) -> _Layer:
    attention, mlp = layer.self_attn, layer.mlp
    projections = (attention.q_proj, attention.k_proj, attention.v_proj)
    return _Layer(
        attention_norm=layer.input_layernorm.weight.detach(),
        qkv=torch.cat([p.weight for p in projections]).detach(),
        qkv_bias=torch.cat([p.bias for p in projections]).detach(),
        out=attention.o_proj.weight.detach(),
        mlp_norm=layer.post_attention_layernorm.weight.detach(),
        gate_up=torch.cat([mlp.gate_proj.weight, mlp.up_proj.weight]).detach(),
        down=mlp.down_proj.weight.detach(),
    )


def _rotary(inverse_frequencies: Tensor, length: int, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Two tables [length, head_dim]; the sine's first half is negative, so that turning is a roll and no negation."""
    angles = torch.arange(length, device=inverse_frequencies.device).outer(inverse_frequencies.float())
    cos, sin = angles.cos(), angles.sin()
    return torch.cat([cos, cos], -1).to(dtype), torch.cat([-sin, sin], -1).to(dtype)
