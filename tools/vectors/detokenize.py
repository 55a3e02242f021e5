"""Golden arrays of BiCodec's decode side: tokens to sound, and everything on the way.

Names: `semantic_ids_X`, `global_ids` and the same after a prefix such as `batch_` (inputs); `wav_X`, `batch_wav`,
`resynth_wav`; intermediates as `prenet_out_X`, `decoder_model3_X`. X is any tag.
"""

import re

import torch
from torch import Tensor

from core.bicodec.model import BiCodec
from core.bicodec.quantizer import fsq_codes
from tools.vectors.arrays import Arrays, Rules
from tools.vectors.recording import recorded
from tools.vectors.verdict import GIVEN, Array, Verdict, close, close_to_scale

SOUND = 1e-4
TAG = r"(?P<tag>(_\w+)?)"


class DetokenizeVectors:
    """`inputs` are the arrays of the decode side's files; `encoded` those of the encode side's."""

    def __init__(self, model: BiCodec, inputs: Arrays, encoded: Arrays) -> None:
        self.model = model
        self.inputs = inputs
        self.encoded = encoded
        self.traces: dict[str, dict[str, Tensor]] = {}

    @property
    def rules(self) -> Rules:
        return {
            r"(\w+_)?(semantic|global)_ids(_\w+)?": lambda _match, _wanted: GIVEN,
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

    def sound(self, match: re.Match[str], wanted: Array) -> Verdict:
        semantic, speaker = self.tokens(match["prefix"], match["tag"])
        return close(self.model.detokenize(semantic, speaker), wanted, SOUND)

    def resynthesised(self, match: re.Match[str], wanted: Array) -> Verdict:
        tag = match["tag"]
        semantic = self.encoded.tensor(f"semantic_ids{tag}", "semantic_ids")
        speaker = self.encoded.tensor(f"global_ids{tag}", "global_ids")
        return close(self.model.detokenize(semantic, speaker), wanted, SOUND, "tokens of the two encode files")

    def d_vector(self, match: re.Match[str], wanted: Array) -> Verdict:
        return _intermediate(self.model.speaker_encoder(self.global_ids("", match["tag"])), wanted)

    def fsq_codebook(self, _match: re.Match[str], wanted: Array) -> Verdict:
        return _intermediate(fsq_codes(torch.arange(len(wanted)), self.model.speaker_encoder.levels), wanted)

    def fsq_codes(self, match: re.Match[str], wanted: Array) -> Verdict:
        ids = self.global_ids("", match["tag"])
        return _intermediate(fsq_codes(ids, self.model.speaker_encoder.levels), wanted)

    def fsq_projected(self, match: re.Match[str], wanted: Array) -> Verdict:
        with recorded(self.model.speaker_encoder) as flow:
            self.model.speaker_encoder(self.global_ids("", match["tag"]))
        return _intermediate(flow["quantizer.project_out"], wanted)

    def prenet_stage(self, match: re.Match[str], wanted: Array) -> Verdict:
        part = {"sampling": 0, "vocos": 1}[match["part"]]
        return _intermediate(self.trace(match["tag"])[f"prenet.downsample.{match['stage']}.{part}"], wanted)

    def decoder_layer(self, match: re.Match[str], wanted: Array) -> Verdict:
        return _intermediate(self.trace(match["tag"])[f"decoder.model.{match['layer']}"], wanted)

    def module_output(self, match: re.Match[str], wanted: Array) -> Verdict:
        name = match[0].removesuffix(match["tag"])
        made = self.trace(match["tag"])[MODULES[name]]
        return _intermediate(made.mT if name == "code" else made, wanted)

    def trace(self, tag: str) -> dict[str, Tensor]:
        """What flows while the tokens of `tag` are decoded."""
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
"""Golden name to the module whose output it is."""


def _intermediate(made: Tensor, wanted: Array) -> Verdict:
    return close_to_scale(made, wanted)
