"""A demo checkpoint spoken by transformers and the reference decoder: without the service's stages."""

import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from transformers import GenerationConfig, Qwen2ForCausalLM

from core.bicodec.checkpoint import load_bicodec
from core.bicodec.checkpoint import open_checkpoint as open_codec
from core.checkpoint.reading import open_checkpoint
from core.prompt import PromptBuilder
from shared.types import GLOBAL_TOKENS, Voice


@dataclass(frozen=True, slots=True)
class Speech:
    """Semantic tokens, their sound at 16 kHz, whether the model stopped by itself, and the seconds it all took."""

    tokens: list[int]
    samples: npt.NDArray[np.float32]
    stopped: bool
    seconds: float


class Demo:
    """One checkpoint directory; `sampling` starts as the checkpoint's own."""

    def __init__(self, root: Path) -> None:
        self.checkpoint = open_checkpoint(root)
        self.sampling = self.checkpoint.sampling
        self._prompts = PromptBuilder(self.checkpoint)
        self._model = Qwen2ForCausalLM.from_pretrained(self.checkpoint.language_model_path, dtype=torch.float32).eval()
        self._codec = load_bicodec(open_codec(self.checkpoint.codec_path))

    @torch.inference_mode()
    def speak(self, text: str, voice: Voice, *, seed: int, pinned: bool = True) -> Speech:
        """`pinned`: the voice's globals stand in the prompt; otherwise the model has to name them first."""
        started = time.perf_counter()
        voice_tokens = list(voice.global_tokens or ()) if pinned else []
        prompt = self._prompts.build(text, voice, self.sampling, pinned=voice_tokens or None)
        emitted = self._generate(prompt.ids, prompt.sampling.max_tokens, sorted(prompt.stop_ids), seed)
        vocabulary = self.checkpoint.vocabulary
        tokens = [
            i - vocabulary.semantics.first
            for i in emitted
            if i >= vocabulary.semantics.first and i < vocabulary.semantics.stop
        ]
        if not pinned:
            voice_tokens = [
                i - vocabulary.globals.first
                for i in emitted
                if i >= vocabulary.globals.first and i < vocabulary.globals.stop
            ]
        stopped = bool(emitted) and emitted[-1] in prompt.stop_ids
        samples = np.zeros(0, np.float32)
        if tokens and len(voice_tokens) == GLOBAL_TOKENS:
            wave = self._codec.detokenize(torch.tensor([tokens]), torch.tensor([[voice_tokens]]))
            samples = wave[0, 0].numpy()
        return Speech(tokens, samples, stopped, time.perf_counter() - started)

    def _generate(self, prompt: tuple[int, ...], limit: int, stop_ids: list[int], seed: int) -> list[int]:
        sampling = replace(self.sampling, seed=seed)
        torch.manual_seed(seed)
        ids = torch.tensor([prompt])
        config = GenerationConfig(
            max_new_tokens=limit,
            eos_token_id=stop_ids,
            pad_token_id=stop_ids[0],
            do_sample=sampling.temperature > 0,
            temperature=sampling.temperature or None,
            top_k=max(0, sampling.top_k),
            top_p=sampling.top_p,
            repetition_penalty=sampling.repetition_penalty,
        )
        output = self._model.generate(ids, attention_mask=torch.ones_like(ids), generation_config=config)
        emitted: list[int] = output[0, len(prompt) :].tolist()
        return emitted
