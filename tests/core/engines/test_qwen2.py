"""The decoder's forward pass against Hugging Face's, on weights in which every part has an effect."""

from pathlib import Path

import pytest
import torch
from transformers import Qwen2Config, Qwen2ForCausalLM

from core.engines.qwen2 import Qwen2Decoder

CPU = torch.device("cpu")


@pytest.fixture(params=[(4, 1, True), (4, 2, False), (3, 3, True)], ids=str)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    heads, kv_heads, tied = request.param
    config = Qwen2Config(
        vocab_size=100,
        hidden_size=16 * heads,
        intermediate_size=96,
        num_hidden_layers=3,
        num_attention_heads=heads,
        num_key_value_heads=kv_heads,
        max_position_embeddings=128,
        tie_word_embeddings=tied,
        rope_parameters={"rope_type": "default", "rope_theta": 10_000.0},
        initializer_range=0.2,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = Qwen2ForCausalLM(config)
        for name, parameter in model.named_parameters():
            if "norm" in name or name.endswith("bias"):
                torch.nn.init.normal_(parameter, 0.5, 0.5)
    model.save_pretrained(tmp_path)
    return tmp_path


def logits(path: Path, ids: torch.Tensor) -> torch.Tensor:
    """Return the logits after every prefix, [T, rows]."""
    model = Qwen2ForCausalLM.from_pretrained(path, dtype=torch.float32).eval()
    with torch.inference_mode():
        return model(input_ids=ids[None]).logits[0]


@pytest.mark.parametrize("prompt", [1, 2, 40, 60])
def test_prompt_and_steps_agree_with_hugging_face(path: Path, prompt: int) -> None:
    ids = torch.randint(100, (60,), generator=torch.Generator().manual_seed(1))
    wanted = logits(path, ids)
    decoder = Qwen2Decoder(path, max_len=60, device=CPU, dtype=torch.float32)
    cache = decoder.cache()
    for _ in range(2):  # the second time over the first one's leavings
        found = [decoder.start(cache, ids[:prompt])]
        found += [decoder.step([cache], ids[i : i + 1])[0] for i in range(prompt, len(ids))]
        torch.testing.assert_close(torch.stack(found), wanted[prompt - 1 :], atol=1e-4, rtol=1e-4)


def test_prompt_beyond_the_context_is_refused(path: Path) -> None:
    decoder = Qwen2Decoder(path, max_len=4, device=CPU, dtype=torch.float32)
    full, short = decoder.cache(), decoder.cache()
    with pytest.raises(ValueError, match="5 tokens do not fit in 4"):
        decoder.start(full, torch.zeros(5, dtype=torch.long))
    decoder.start(full, torch.zeros(4, dtype=torch.long))
    decoder.start(short, torch.zeros(2, dtype=torch.long))
    with pytest.raises(ValueError, match="a sequence has 4 tokens already"):
        decoder.step([short, full], torch.zeros(2, dtype=torch.long))
    assert short.length == 2


@pytest.mark.parametrize("company", [1, 2, 3, 7])
def test_sequence_gets_the_same_logits_alone_and_in_company(path: Path, company: int) -> None:
    """To the last bit, because a sampled token may depend on it."""
    random = torch.Generator().manual_seed(2)
    decoder = Qwen2Decoder(path, max_len=60, device=CPU, dtype=torch.float32)
    prompts = [torch.randint(100, (3 + 5 * number,), generator=random) for number in range(company + 1)]
    tokens = torch.randint(100, (12, company + 1), generator=random)

    def answers(members: list[int]) -> torch.Tensor:
        caches = [decoder.cache() for _ in members]
        for cache, member in zip(caches, members, strict=True):
            decoder.start(cache, prompts[member])
        return torch.stack([decoder.step(caches, row[members]) for row in tokens])

    together = answers(list(range(company + 1)))
    for member in range(company + 1):
        assert torch.equal(answers([member])[:, 0], together[:, member])
