"""Language model in training: Qwen2 with the table of phases for its embedding and for its logits."""

from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from transformers import Qwen2Config, Qwen2ForCausalLM

from training.demo_voice.rows import IGNORED, Batch
from training.demo_voice.token_table import TokenTable
from training.demo_voice.vocabulary import EMBEDDING_ROWS, END_OF_TURN, PADDING


class PhaseModel(torch.nn.Module):
    """Qwen2 with the table of phases for its embedding and for its logits."""

    def __init__(self, hidden: int, layers: int) -> None:
        super().__init__()
        whole = new_model(hidden, layers)
        self.config = whole.config
        self.body = whole.model
        self.body.embed_tokens = torch.nn.Identity()
        self.table = TokenTable(hidden)

    def losses(self, batch: Batch) -> torch.Tensor:
        """Return the mean cross-entropy over labelled positions, and the part of it that slots make."""
        hidden = self.body(
            inputs_embeds=self.table(batch.ids),
            position_ids=batch.positions,
            attention_mask=torch.ones_like(batch.ids),  # without it, gaps in positions are borders of packed rows
            use_cache=False,
        ).last_hidden_state
        labelled = batch.labels != IGNORED
        both = self.table.losses(hidden[labelled], batch.labels[labelled])
        return torch.stack([one.mean() for one in both])

    def whole(self) -> dict[str, torch.Tensor]:
        """Return the weights under Qwen2's names."""
        state = {f"model.{k}": v for k, v in self.body.state_dict().items()}
        return state | {"model.embed_tokens.weight": self.table.whole().detach()}

    def warm(self, folder: Path) -> None:
        """Take the weights of a voice with the same semantic tokens."""
        weights = {k: v.float() for k, v in load_file(folder / "LLM" / "model.safetensors").items()}
        names = Tokenizer.from_file(str(folder / "LLM" / "tokenizer.json")).get_vocab()
        self.table.take(weights.pop("model.embed_tokens.weight"), names)
        self.body.load_state_dict({k.removeprefix("model."): v for k, v in weights.items()})


def new_model(hidden: int, layers: int) -> Qwen2ForCausalLM:
    """Return a Qwen2 model with random weights."""
    config = Qwen2Config(
        vocab_size=EMBEDDING_ROWS,
        hidden_size=hidden,
        intermediate_size=hidden * 8 // 3 // 32 * 32,
        num_hidden_layers=layers,
        num_attention_heads=hidden // 32,
        num_key_value_heads=hidden // 32,
        max_position_embeddings=2048,
        rope_parameters={"rope_type": "default", "rope_theta": 10_000.0},
        tie_word_embeddings=True,
        use_sliding_window=False,
        bos_token_id=PADDING,
        eos_token_id=END_OF_TURN,
        pad_token_id=PADDING,
    )
    return Qwen2ForCausalLM(config)
