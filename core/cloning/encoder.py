"""Encode a recording to the tokens of a voice: its timbre, and with a transcript what it says. Runs on the CPU."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from audio.reference import Waveform, reference_clip, volume_normalize
from core.bicodec.checkpoint import BiCodecCheckpoint
from core.bicodec.semantic import SemanticEncoder, load_semantic_encoder
from core.bicodec.speaker import VoiceTokenizer, load_voice_tokenizer
from core.documents import read_yaml
from shared.errors import CheckpointInvalid
from shared.types import GlobalTokens

if TYPE_CHECKING:
    from core.bicodec.wav2vec2 import SpeechFeatures

FEATURES = "wav2vec2-large-xlsr-53"
"""Directory of the speech features' model within a checkpoint, as published."""
CLIP_S = 6.0
"""Seconds of the speaker encoder's clip where the checkpoint's `config.yaml` names none: the published value."""


@dataclass(frozen=True, slots=True)
class EncodedRecording:
    """Tokens of a recording. `semantic` is empty without a transcript."""

    voice: GlobalTokens
    semantic: tuple[int, ...]


class RecordingEncoder:
    """Encoder of recordings at the codec's rate. `semantic` and `features` are None where only timbre is encoded."""

    def __init__(
        self,
        checkpoint: BiCodecCheckpoint,
        tokenizer: VoiceTokenizer,
        semantic: SemanticEncoder | None,
        features: "SpeechFeatures | None",
        *,
        clip_s: float,
        normalizes: bool,
    ) -> None:
        self.rate, self._hop = checkpoint.config.rate, checkpoint.config.mel_params.hop_length
        self._tokenizer, self._semantic, self._features = tokenizer, semantic, features
        self._clip_s, self._normalizes = clip_s, normalizes

    @property
    def reads_speech(self) -> bool:
        """Report whether semantic tokens are encoded, so that a transcript has an effect."""
        return self._semantic is not None

    @torch.inference_mode()
    def encode(self, wave: Waveform, *, with_speech: bool) -> EncodedRecording:
        """Return the tokens of `wave` (N,), in upstream's order of steps: volume, clip, tokens. Deterministic."""
        if self._normalizes:
            wave = volume_normalize(wave)
        clip = reference_clip(wave, rate=self.rate, seconds=self._clip_s, hop=self._hop)
        voice = self._tokenizer.tokens(clip.astype(np.float32))
        if not with_speech:
            return EncodedRecording(voice, ())
        assert self._semantic and self._features, "the caller has asked `reads_speech`"
        features = self._features(torch.from_numpy(wave.astype(np.float32)).unsqueeze(0))
        return EncodedRecording(voice, tuple(self._semantic(features).flatten().tolist()))


def load_recording_encoder(root: Path, checkpoint: BiCodecCheckpoint, *, with_speech: bool) -> RecordingEncoder:
    """Load the encode side of the checkpoint at `root`. Raises CheckpointInvalid where it lacks a part."""
    settings = read_yaml(root / "config.yaml")
    if not isinstance(settings, dict):
        raise CheckpointInvalid(f"{root / 'config.yaml'}: must be a mapping")
    clip_s, normalizes = settings.get("ref_segment_duration", CLIP_S), settings.get("volume_normalize", True)
    if not isinstance(clip_s, int | float) or not 1 <= clip_s <= 60:
        raise CheckpointInvalid(f"{root / 'config.yaml'}: ref_segment_duration must be 1 to 60")
    features = None
    if with_speech:
        from core.bicodec.wav2vec2 import load_speech_features  # imports transformers: 3 s and 180 MB

        features = load_speech_features(root / FEATURES)
    return RecordingEncoder(
        checkpoint,
        load_voice_tokenizer(checkpoint),
        load_semantic_encoder(checkpoint) if with_speech else None,
        features,
        clip_s=float(clip_s),
        normalizes=bool(normalizes),
    )
