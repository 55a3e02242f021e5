"""Open a checkpoint directory: check that every required file exists and that the files agree.

Reads the headers of weight files only, so that an invalid directory is refused within a second, before an engine
starts.
"""

import math
from dataclasses import dataclass
from pathlib import Path

from core.bicodec.config import BiCodecConfig, read_config
from core.checkpoint.language_model import (
    LanguageModelConfig,
    check_weights,
    read_language_model_config,
    read_sampling,
)
from core.checkpoint.vocabulary import Vocabulary, read_vocabulary
from core.checkpoint.voices import read_voices
from core.documents import read_yaml
from shared.errors import CheckpointInvalid
from shared.types import GLOBAL_TOKENS, Sampling, Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Contents of a valid checkpoint. `prompt` is the template of the text between the content tokens.

    `controllable`: the model was trained on the task of designed voices, and the tokenizer has its tokens.
    """

    root: Path
    language_model: LanguageModelConfig
    codec: BiCodecConfig
    vocabulary: Vocabulary
    sampling: Sampling
    model: str
    version: str
    prompt: str
    emotions: tuple[str, ...]
    scripts: tuple[str, ...]
    chunk_threshold: int | None
    chunk_target: int | None
    window_lookahead: int | None
    window_lookahead_first: int | None
    controllable: bool
    voices: tuple[Voice, ...]

    @property
    def model_version(self) -> str:
        return f"{self.model}-{self.version}"

    @property
    def max_positions(self) -> int:
        """Return the largest number of tokens of a prompt and its answer together."""
        return self.language_model.max_position_embeddings

    @property
    def language_model_path(self) -> Path:
        """Return the directory that Hugging Face and vLLM load as a model."""
        return self.root / "LLM"

    @property
    def codec_path(self) -> Path:
        return self.root / "BiCodec"


def open_checkpoint(root: Path) -> Checkpoint:
    """Read and cross-check a checkpoint directory. Raises CheckpointInvalid: one line with the file and the fault."""
    if not root.is_dir():
        raise CheckpointInvalid(f"{root}: no such directory")
    language_model = read_language_model_config(root / "LLM" / "config.json")
    check_weights(root / "LLM" / "model.safetensors", language_model)
    vocabulary = read_vocabulary(root / "LLM" / "tokenizer.json", rows=language_model.vocab_size)
    codec = read_config(root / "BiCodec" / "config.yaml")
    _check_audio_settings(root / "config.yaml", codec)
    _check_codebooks(root / "LLM" / "tokenizer.json", vocabulary, codec)
    voices_file = read_voices(root / "voices.yaml", global_codes=vocabulary.globals.count)
    if voices_file.controllable and vocabulary.style is None:
        raise CheckpointInvalid(f"{root / 'voices.yaml'}: controllable, but the tokenizer has no tokens of styles")
    return Checkpoint(
        root=root,
        language_model=language_model,
        codec=codec,
        vocabulary=vocabulary,
        sampling=read_sampling(root / "LLM" / "generation_config.json"),
        model=voices_file.model,
        version=voices_file.version,
        prompt=voices_file.prompt,
        emotions=voices_file.emotions,
        scripts=voices_file.scripts,
        chunk_threshold=voices_file.chunk_threshold,
        chunk_target=voices_file.chunk_target,
        window_lookahead=voices_file.window_lookahead,
        window_lookahead_first=voices_file.window_lookahead_first,
        controllable=voices_file.controllable,
        voices=voices_file.voices,
    )


def _check_codebooks(path: Path, vocabulary: Vocabulary, codec: BiCodecConfig) -> None:
    """Check that each codec token has a code. A directory of mixed parts would otherwise fail only some requests."""
    speaker = codec.speaker_encoder
    if speaker.token_num != GLOBAL_TOKENS:
        raise CheckpointInvalid(f"{path.parents[1] / 'BiCodec/config.yaml'}: token_num must be {GLOBAL_TOKENS}")
    for kind, tokens, codes in (
        ("global", vocabulary.globals.count, math.prod(speaker.fsq_levels)),
        ("semantic", vocabulary.semantics.count, codec.quantizer.codebook_size),
    ):
        if tokens != codes:
            raise CheckpointInvalid(f"{path}: {tokens} {kind} tokens, but BiCodec/config.yaml has {codes} codes")


def _check_audio_settings(path: Path, codec: BiCodecConfig) -> None:
    """Check that `config.yaml` repeats the codec's rate and hop. Ignore its training keys."""
    settings = read_yaml(path)
    if not isinstance(settings, dict):
        raise CheckpointInvalid(f"{path}: must be a mapping")
    for key, value in (("sample_rate", codec.rate), ("latent_hop_length", codec.hop)):
        if settings.get(key) != value:
            raise CheckpointInvalid(f"{path}: {key} is {settings.get(key)}, but BiCodec/config.yaml says {value}")
