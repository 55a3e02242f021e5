"""Golden arrays of BiCodec's decode side: tokens to sound, with intermediate values.

Names: `semantic_ids_X`, `global_ids` and the same after a prefix such as `batch_` (inputs); `wav_X`, `batch_wav`,
`resynth_wav`; intermediate values such as `prenet_out_X`, `decoder_model3_X`. X is any tag.
"""

import re

import torch
from torch import Tensor

from core.bicodec.model import BiCodec
from core.bicodec.quantizer import fsq_codes
from tools.vectors.arrays import Arrays, Rules
from tools.vectors.recording import recorded
from tools.vectors.verdict import INPUT, Array, Verdict, close, close_at_scale

SOUND = 1e-4
"""Largest tolerated difference of samples."""
TAG = r"(?P<tag>(_\w+)?)"


class DetokenizeVectors:
    """Comparisons of the decode side. `inputs` are arrays of its files, `encoded` those of the encode side's files."""

    def __init__(self, model: BiCodec, inputs: Arrays, encoded: Arrays) -> None:
        self.model = model
        self.inputs = inputs
        self.encoded = encoded
        self.traces: dict[str, dict[str, Tensor]] = {}

    @property
    def rules(self) -> Rules:
        return {
            r"(\w+_)?(semantic|global)_ids(_\w+)?": lambda _match, _expected: INPUT,
            rf"resynth_wav{TAG}": self.resynthesised,
            rf"(?P<prefix>(\w+_)?)wav{TAG}": self.sound,
            rf"d_vector{TAG}": self.d_vector,
            r"fsq_codebook_first\d+": self.fsq_codebook,
            rf"fsq_codes{TAG}": self.fsq_codes,
            rf"fsq_projected{TAG}": self.fsq_projected,
            rf"prenet_ds(?P<stage>\d+)_(?P<part>sampling|vocos){TAG}": self.prenet_stage,
            rf"decoder_model(?P<layer>\d+){TAG}": self.decoder_layer,
            **{rf"{name}{TAG}": self.module_output for name in MODULES},
        }

    def sound(self, match: re.Match[str], expected: Array) -> Verdict:
        semantic, speaker = self.tokens(match["prefix"], match["tag"])
        return close(self.model.detokenize(semantic, speaker), expected, SOUND)

    def resynthesised(self, match: re.Match[str], expected: Array) -> Verdict:
        tag = match["tag"]
        semantic = self.encoded.tensor(f"semantic_ids{tag}", "semantic_ids")
        speaker = self.encoded.tensor(f"global_ids{tag}", "global_ids")
        return close(self.model.detokenize(semantic, speaker), expected, SOUND, "tokens of the two encode files")

    def d_vector(self, match: re.Match[str], expected: Array) -> Verdict:
        return _intermediate(self.model.speaker_encoder(self.global_ids("", match["tag"])), expected)

    def fsq_codebook(self, _match: re.Match[str], expected: Array) -> Verdict:
        return _intermediate(fsq_codes(torch.arange(len(expected)), self.model.speaker_encoder.levels), expected)

    def fsq_codes(self, match: re.Match[str], expected: Array) -> Verdict:
        ids = self.global_ids("", match["tag"])
        return _intermediate(fsq_codes(ids, self.model.speaker_encoder.levels), expected)

    def fsq_projected(self, match: re.Match[str], expected: Array) -> Verdict:
        with recorded(self.model.speaker_encoder) as flow:
            self.model.speaker_encoder(self.global_ids("", match["tag"]))
        return _intermediate(flow["quantizer.project_out"], expected)

    def prenet_stage(self, match: re.Match[str], expected: Array) -> Verdict:
        part = {"sampling": 0, "vocos": 1}[match["part"]]
        return _intermediate(self.trace(match["tag"])[f"prenet.downsample.{match['stage']}.{part}"], expected)

    def decoder_layer(self, match: re.Match[str], expected: Array) -> Verdict:
        return _intermediate(self.trace(match["tag"])[f"decoder.model.{match['layer']}"], expected)

    def module_output(self, match: re.Match[str], expected: Array) -> Verdict:
        name = match[0].removesuffix(match["tag"])
        actual = self.trace(match["tag"])[MODULES[name]]
        return _intermediate(actual.mT if name == "code" else actual, expected)

    def trace(self, tag: str) -> dict[str, Tensor]:
        """Return the values between modules while the tokens of `tag` are decoded."""
        if tag not in self.traces:
            with recorded(self.model) as self.traces[tag]:
                self.model.detokenize(*self.tokens("", tag))
        return self.traces[tag]

    def tokens(self, prefix: str, tag: str) -> tuple[Tensor, Tensor]:
        return self.inputs.tensor(f"{prefix}semantic_ids{tag}"), self.global_ids(prefix, tag)

    def global_ids(self, prefix: str, tag: str) -> Tensor:
        return self.inputs.tensor(f"{prefix}global_ids{tag}", f"{prefix}global_ids")


MODULES = {
    "code": "quantizer.codebook",
    "z_q": "quantizer",
    "prenet_linear_pre": "prenet.linear_pre",
    "prenet_backbone": "prenet.vocos_backbone",
    "prenet_out": "prenet",
    "decoder_in": "decoder.input",
}
"""Golden name -> module whose output it is."""


def _intermediate(actual: Tensor, expected: Array) -> Verdict:
    return close_at_scale(actual, expected)
