"""Built checkpoints: reproducible, valid, and with the documented token sequence."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from transformers import Qwen2ForCausalLM

from core.bicodec.checkpoint import load_bicodec, open_bicodec
from core.bicodec.config import parse_config
from core.checkpoint.reading import Checkpoint, open_checkpoint
from tools.checkpoints.builder import build_checkpoint
from tools.checkpoints.dimensions import Size


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_builder_writes_the_same_bytes_for_the_same_arguments(tiny_path: Path, tmp_path: Path) -> None:
    assert files(build_checkpoint(tmp_path / "again", "tiny")) == files(tiny_path)
    other = files(build_checkpoint(tmp_path / "other", "tiny", seed=1))
    assert {name for name, content in files(tiny_path).items() if other[name] != content} == {
        "LLM/model.safetensors",
        "BiCodec/model.safetensors",
    }


def test_builder_writes_bfloat16(tmp_path: Path) -> None:
    build_checkpoint(tmp_path, "tiny", dtype="bfloat16")
    checkpoint = open_checkpoint(tmp_path)
    model = Qwen2ForCausalLM.from_pretrained(checkpoint.language_model_path, dtype="auto")
    assert model.dtype == torch.bfloat16


def test_codec_config_has_the_keys_of_upstream_in_each_section(tiny_path: Path) -> None:
    """Upstream's modules take the keys of their section as arguments: an unknown or a missing one is a TypeError."""
    golden = Path(__file__).parents[2] / "data" / "bicodec_a" / "config.yaml"  # made with upstream's code
    expected, built = (
        yaml.safe_load(path.read_text())["audio_tokenizer"] for path in (golden, tiny_path / "BiCodec/config.yaml")
    )
    expected["postnet"]["sample_ratios"] = [1, 1]  # upstream's default, which its published config leaves out
    assert {name: section.keys() for name, section in built.items()} == {
        name: section.keys() for name, section in expected.items()
    }
    assert open_bicodec(tiny_path / "BiCodec").config == parse_config({"audio_tokenizer": built}, source="built")


def test_codec_output_depends_on_tokens_and_voice(tiny_path: Path) -> None:
    codec = load_bicodec(open_bicodec(tiny_path / "BiCodec"))
    random = torch.Generator().manual_seed(0)

    def decode(tokens: torch.Tensor, voice: torch.Tensor) -> np.ndarray:
        with torch.inference_mode():
            return codec.detokenize(tokens, voice).squeeze().numpy()

    tokens, other = torch.randint(64, (2, 1, 50), generator=random)
    voice, another = torch.randint(64, (2, 1, 1, 32), generator=random)
    samples = decode(tokens, voice)
    assert samples.shape == (50 * 320,)
    assert 0.03 < samples.std() < 0.3 and abs(samples.mean()) < 0.02 and abs(samples).max() < 0.95
    for different in (decode(other, voice), decode(tokens, another)):
        assert (samples - different).std() > 0.3 * samples.std()


def speak(checkpoint: Checkpoint, text: str, *, dtype: torch.dtype, temperature: float) -> list[int]:
    """Generate with the loop of transformers, which is independent of this project's engines."""
    control = checkpoint.vocabulary.control
    prompt = [control.task_tts, control.start_content, *checkpoint.vocabulary.encode_text(text)]
    prompt += [control.end_content, control.start_global]
    model = Qwen2ForCausalLM.from_pretrained(checkpoint.language_model_path, dtype=dtype).eval()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        output = model.generate(
            torch.tensor([prompt]),
            attention_mask=torch.ones(1, len(prompt)),
            max_new_tokens=34 + 2 + 3 * len(text),
            do_sample=True,
            temperature=temperature,
            top_k=0,
            repetition_penalty=1.05,
        )
    answer: list[int] = output[0, len(prompt) :].tolist()
    return answer


def kinds(checkpoint: Checkpoint, ids: list[int]) -> Iterator[str]:
    vocabulary = checkpoint.vocabulary
    controls = {getattr(vocabulary.control, name): name for name in vocabulary.control.__slots__}
    for token in ids:
        for kind, family in (("global", vocabulary.globals), ("semantic", vocabulary.semantics)):
            if family.first <= token < family.stop:
                yield kind
        if token in controls:
            yield controls[token]


@pytest.mark.parametrize(("dtype", "temperature"), [(torch.float32, 0.8), (torch.float32, 2.0), (torch.bfloat16, 0.8)])
@pytest.mark.parametrize("text", ["a", "lipakshi: How are you?"])
def test_language_model_emits_the_scripted_sequence(
    tiny_path: Path, text: str, dtype: torch.dtype, temperature: float
) -> None:
    checkpoint = open_checkpoint(tiny_path)
    ids = speak(checkpoint, text, dtype=dtype, temperature=temperature)
    assert list(kinds(checkpoint, ids)) == [
        *["global"] * 32,
        *("end_global", "start_semantic"),
        *["semantic"] * (2 * len(text)),
        *("end_semantic", "end_of_turn"),
    ]
    assert len(set(ids)) > len(text)


@pytest.mark.slow
@pytest.mark.parametrize("size", ["small", "full"])
def test_larger_language_models_emit_the_scripted_sequence(tmp_path: Path, size: Size) -> None:
    checkpoint = open_checkpoint(build_checkpoint(tmp_path, size, dtype="bfloat16"))
    ids = speak(checkpoint, "hey", dtype=torch.float32, temperature=0.8)
    assert list(kinds(checkpoint, ids)) == [
        *["global"] * 32,
        *("end_global", "start_semantic"),
        *["semantic"] * 6,
        *("end_semantic", "end_of_turn"),
    ]
