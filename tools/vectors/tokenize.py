"""Golden arrays of BiCodec's encode side: a reference clip to global ids, speech features to semantic ids.

Ids are compared with the result of the whole path. Intermediate values start at the golden mel if there is one, so that
errors do not add up.
"""

import re

import numpy as np
import torch
from torch import Tensor

from audio.reference import reference_clip
from core.bicodec.checkpoint import BiCodecCheckpoint
from core.bicodec.model import BiCodec
from core.bicodec.semantic import load_semantic_encoder
from core.bicodec.speaker import load_voice_tokenizer
from tools.vectors.arrays import Arrays, Comparison, Rules
from tools.vectors.recording import recorded
from tools.vectors.verdict import INPUT, NETWORK_ABSOLUTE, Array, Verdict, close, close_at_scale, equal
from tools.vectors.x_vector import load_x_vector

MEL = 1e-4
"""Largest tolerated difference of the spectrogram."""
MARGIN = 1e-4
"""The same of a distance to the next code."""
REFERENCE_S = 6
"""Length of a reference clip in the published code, in seconds."""
REF = r"(?P<ref>(_ref\d+)?)"
TAG = r"(?P<tag>(_\w+)?)"


class SpeakerVectors:
    """Comparisons of reference clips: `ref_wav` with untagged arrays, `ref2_short_wav` with arrays in `_ref2`, …."""

    def __init__(self, checkpoint: BiCodecCheckpoint, model: BiCodec, arrays: Arrays) -> None:
        self.checkpoint = checkpoint
        self.tokenizer = load_voice_tokenizer(checkpoint)
        self.model = model
        self.arrays = arrays
        self.traces: dict[str, dict[str, Tensor]] = {}

    @property
    def rules(self) -> Rules:
        return {
            r"ref\d*(_\w+)?_wav": lambda _match, _expected: INPUT,
            rf"mel{REF}(?P<head>(_first_frames)?)": self.mel,
            rf"ecapa_latent_(?P<what>mean_over_time|std_over_time|first\d+ch){REF}": self.latent,
            rf"perceiver_out{REF}": self.flow("perceiver_sampler"),
            rf"fsq_project_in{REF}": self.flow("quantizer.project_in"),
            rf"fsq_bounded{REF}": self.bounded,
            rf"global_ids{REF}": self.ids,
            rf"d_vector_from_ids{REF}": self.d_vector,
            rf"min_rounding_margin{REF}": self.margin,
            rf"x_vector{REF}": self.x_vector,
        }

    def mel(self, match: re.Match[str], expected: Array) -> Verdict:
        actual = self.trace(match["ref"])["mel"]
        return close(actual[..., : expected.shape[-1]] if match["head"] else actual, expected, MEL)

    def latent(self, match: re.Match[str], expected: Array) -> Verdict:
        latents = self.trace(match["ref"])["speaker_encoder"]
        statistics = {"mean_over_time": latents.mean(2), "std_over_time": latents.std(2)}
        actual = statistics.get(match["what"], latents[:, : expected.shape[1]])
        return close_at_scale(actual, expected)

    def flow(self, module: str) -> Comparison:
        return lambda match, expected: close_at_scale(self.trace(match["ref"])[module], expected)

    def bounded(self, match: re.Match[str], expected: Array) -> Verdict:
        return close_at_scale(self.trace(match["ref"])["bounded"], expected)

    def ids(self, match: re.Match[str], expected: Array) -> Verdict:
        return equal(self.trace(match["ref"])["ids"], expected)

    def x_vector(self, match: re.Match[str], expected: Array) -> Verdict:
        actual = load_x_vector(self.checkpoint)(self.trace(match["ref"])["speaker_encoder"])
        return close_at_scale(actual, expected, "no part of inference")

    def d_vector(self, match: re.Match[str], expected: Array) -> Verdict:
        return close_at_scale(self.model.speaker_encoder(self.trace(match["ref"])["ids"]), expected)

    def margin(self, match: re.Match[str], expected: Array) -> Verdict:
        bounded = self.trace(match["ref"])["bounded"]
        return close((0.5 - (bounded - bounded.round()).abs()).min(), expected, MARGIN)

    def trace(self, ref: str) -> dict[str, Tensor]:
        """Return the values between modules while the tokens of one reference are computed."""
        if ref not in self.traces:
            encoder = self.tokenizer.encoder
            mel = self.tokenizer.mel(self.clip(ref))
            golden = f"mel{ref}"
            with recorded(encoder) as flow:
                bounded = encoder.bounded(self.arrays.tensor(golden) if golden in self.arrays else mel)
            self.traces[ref] = dict(flow) | {"mel": mel, "bounded": bounded, "ids": encoder(mel)}
        return self.traces[ref]

    def clip(self, ref: str) -> Tensor:
        """Return the clip [1, N], as long as `ref_wav` or else REFERENCE_S; a shorter sound is repeated."""
        name = ref.removeprefix("_") or "ref"
        wave = self.arrays.tensor(f"{name}_wav", f"{name}_short_wav").flatten().double().numpy()
        config = self.checkpoint.config
        if "ref_wav" in self.arrays:
            cut = np.resize(wave, self.arrays["ref_wav"].size)
        else:
            cut = reference_clip(wave, rate=config.rate, seconds=REFERENCE_S, hop=config.hop)
        return torch.from_numpy(cut).float().unsqueeze(0)


class SemanticVectors:
    """Comparisons from `feat_X` (input) to `semantic_ids_X`; X is any tag, or none."""

    def __init__(self, checkpoint: BiCodecCheckpoint, arrays: Arrays) -> None:
        self.encoder = load_semantic_encoder(checkpoint)
        self.arrays = arrays

    @property
    def rules(self) -> Rules:
        return {
            r"feat(_\w+)?": lambda _match, _expected: INPUT,
            rf"encoder_out{TAG}": self.encoded,
            rf"latent{TAG}": self.latent,
            rf"semantic_ids{TAG}": self.ids,
            rf"nearest_code{TAG}": self.code,
            rf"min_top2_distance_gap{TAG}": self.gap,
        }

    def encoded(self, match: re.Match[str], expected: Array) -> Verdict:
        return close_at_scale(self.encoder.encoder(self.features(match)), expected)

    def latent(self, match: re.Match[str], expected: Array) -> Verdict:
        return close_at_scale(self.project(match), expected)

    def ids(self, match: re.Match[str], expected: Array) -> Verdict:
        return equal(self.encoder(self.features(match)), expected)

    def code(self, match: re.Match[str], expected: Array) -> Verdict:
        codes = self.encoder.quantizer.codebook(self.encoder(self.features(match)))
        return close(codes.mT, expected, NETWORK_ABSOLUTE, "code as stored, not normalised")

    def gap(self, match: re.Match[str], expected: Array) -> Verdict:
        nearest = self.encoder.quantizer.similarity(self.project(match)).topk(2, dim=-1).values
        return close((2 * (nearest[..., 0] - nearest[..., 1])).min(), expected, MARGIN, "of squared distances")

    def project(self, match: re.Match[str]) -> Tensor:
        latent: Tensor = self.encoder.quantizer.in_project(self.encoder.encoder(self.features(match)))
        return latent

    def features(self, match: re.Match[str]) -> Tensor:
        return self.arrays.tensor(f"feat{match['tag']}")
