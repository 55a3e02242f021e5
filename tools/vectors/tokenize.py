"""Golden arrays of BiCodec's encode side: a reference clip to global ids, speech features to semantic ids.

Ids are compared with what the whole path makes of the input; what lies between starts at the golden mel where it is
given, so that errors do not add up.
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
from tools.vectors.arrays import Arrays, Judge, Rules
from tools.vectors.recording import recorded
from tools.vectors.verdict import GIVEN, NETWORK_ABSOLUTE, Array, Verdict, close, close_to_scale, equal
from tools.vectors.x_vector import load_x_vector

MEL = 1e-4
MARGIN = 1e-4
REFERENCE_S = 6
REF = r"(?P<ref>(_ref\d+)?)"
TAG = r"(?P<tag>(_\w+)?)"


class SpeakerVectors:
    """`ref_wav` and the arrays without a tag; `ref2_short_wav` and those that end in `_ref2`; and so on."""

    def __init__(self, checkpoint: BiCodecCheckpoint, model: BiCodec, arrays: Arrays) -> None:
        self.checkpoint = checkpoint
        self.tokenizer = load_voice_tokenizer(checkpoint)
        self.model = model
        self.arrays = arrays
        self.traces: dict[str, dict[str, Tensor]] = {}

    @property
    def rules(self) -> Rules:
        return {
            r"ref\d*(_\w+)?_wav": lambda _match, _wanted: GIVEN,
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

    def mel(self, match: re.Match[str], wanted: Array) -> Verdict:
        made = self.trace(match["ref"])["mel"]
        return close(made[..., : wanted.shape[-1]] if match["head"] else made, wanted, MEL)

    def latent(self, match: re.Match[str], wanted: Array) -> Verdict:
        latents = self.trace(match["ref"])["speaker_encoder"]
        statistics = {"mean_over_time": latents.mean(2), "std_over_time": latents.std(2)}
        made = statistics.get(match["what"], latents[:, : wanted.shape[1]])
        return close_to_scale(made, wanted)

    def flow(self, module: str) -> Judge:
        return lambda match, wanted: close_to_scale(self.trace(match["ref"])[module], wanted)

    def bounded(self, match: re.Match[str], wanted: Array) -> Verdict:
        return close_to_scale(self.trace(match["ref"])["bounded"], wanted)

    def ids(self, match: re.Match[str], wanted: Array) -> Verdict:
        return equal(self.trace(match["ref"])["ids"], wanted)

    def x_vector(self, match: re.Match[str], wanted: Array) -> Verdict:
        made = load_x_vector(self.checkpoint)(self.trace(match["ref"])["speaker_encoder"])
        return close_to_scale(made, wanted, "no part of inference")

    def d_vector(self, match: re.Match[str], wanted: Array) -> Verdict:
        return close_to_scale(self.model.speaker_encoder(self.trace(match["ref"])["ids"]), wanted)

    def margin(self, match: re.Match[str], wanted: Array) -> Verdict:
        bounded = self.trace(match["ref"])["bounded"]
        return close((0.5 - (bounded - bounded.round()).abs()).min(), wanted, MARGIN)

    def trace(self, ref: str) -> dict[str, Tensor]:
        """What flows while the tokens of one reference are made."""
        if ref not in self.traces:
            encoder = self.tokenizer.encoder
            mel = self.tokenizer.mel(self.clip(ref))
            golden = f"mel{ref}"
            with recorded(encoder) as flow:
                bounded = encoder.bounded(self.arrays.tensor(golden) if golden in self.arrays else mel)
            self.traces[ref] = dict(flow) | {"mel": mel, "bounded": bounded, "ids": encoder(mel)}
        return self.traces[ref]

    def clip(self, ref: str) -> Tensor:
        """[1, N], as long as `ref_wav` or else of upstream's 6 s; a shorter sound is repeated."""
        name = ref.removeprefix("_") or "ref"
        wave = self.arrays.tensor(f"{name}_wav", f"{name}_short_wav").flatten().double().numpy()
        config = self.checkpoint.config
        if "ref_wav" in self.arrays:
            cut = np.resize(wave, self.arrays["ref_wav"].size)
        else:
            cut = reference_clip(wave, rate=config.rate, seconds=REFERENCE_S, hop=config.hop)
        return torch.from_numpy(cut).float().unsqueeze(0)


class SemanticVectors:
    """`feat_X` (input) to `semantic_ids_X`; X is any tag, or none."""

    def __init__(self, checkpoint: BiCodecCheckpoint, arrays: Arrays) -> None:
        self.encoder = load_semantic_encoder(checkpoint)
        self.arrays = arrays

    @property
    def rules(self) -> Rules:
        return {
            r"feat(_\w+)?": lambda _match, _wanted: GIVEN,
            rf"encoder_out{TAG}": self.encoded,
            rf"latent{TAG}": self.latent,
            rf"semantic_ids{TAG}": self.ids,
            rf"nearest_code{TAG}": self.code,
            rf"min_top2_distance_gap{TAG}": self.gap,
        }

    def encoded(self, match: re.Match[str], wanted: Array) -> Verdict:
        return close_to_scale(self.encoder.encoder(self.features(match)), wanted)

    def latent(self, match: re.Match[str], wanted: Array) -> Verdict:
        return close_to_scale(self.project(match), wanted)

    def ids(self, match: re.Match[str], wanted: Array) -> Verdict:
        return equal(self.encoder(self.features(match)), wanted)

    def code(self, match: re.Match[str], wanted: Array) -> Verdict:
        codes = self.encoder.quantizer.codebook(self.encoder(self.features(match)))
        return close(codes.mT, wanted, NETWORK_ABSOLUTE, "code as stored, not normalised")

    def gap(self, match: re.Match[str], wanted: Array) -> Verdict:
        nearest = self.encoder.quantizer.similarity(self.project(match)).topk(2, dim=-1).values
        return close((2 * (nearest[..., 0] - nearest[..., 1])).min(), wanted, MARGIN, "of squared distances")

    def project(self, match: re.Match[str]) -> Tensor:
        latent: Tensor = self.encoder.quantizer.in_project(self.encoder.encoder(self.features(match)))
        return latent

    def features(self, match: re.Match[str]) -> Tensor:
        return self.arrays.tensor(f"feat{match['tag']}")
