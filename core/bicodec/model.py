"""BiCodec's decode side: semantic and global tokens to 16 kHz sound.

Plain torch modules under the published key names, weight norm folded: the reference that every faster way is held to,
and what training works on.
"""

from torch import Tensor, nn

from core.bicodec.config import BiCodecConfig
from core.bicodec.generator import WaveGenerator
from core.bicodec.prenet import Prenet
from core.bicodec.quantizer import SemanticQuantizer, SpeakerDecoder


class BiCodec(nn.Module):
    """The four modules of the decode side; `detokenize` is their plain composition."""

    def __init__(self, config: BiCodecConfig) -> None:
        super().__init__()
        self.config = config
        self.quantizer = SemanticQuantizer(config.quantizer)
        self.speaker_encoder = SpeakerDecoder(config.speaker_encoder)
        self.prenet = Prenet(config.prenet)
        self.decoder = WaveGenerator(config.decoder)

    def features(self, semantic_ids: Tensor, d: Tensor, modulation: Tensor) -> Tensor:
        """The wave generator's input.

        semantic_ids [B, T]; d [B, condition_dim]; modulation [norms, 2, B, 1, vocos_dim], the prenet backbone's for d.
        Returns [B, input_channel, frames_per_token * T]. d is added again, outside the prenet.
        """
        x: Tensor = self.prenet(self.quantizer(semantic_ids), modulation)
        return x + d.unsqueeze(-1)

    def detokenize(self, semantic_ids: Tensor, global_ids: Tensor) -> Tensor:
        """[B, T] and [B, 1, token_num] ids to samples [B, 1, hop * T].

        A few samples more where a stage's kernel - rate is odd (none of the published ones is).
        """
        d = self.speaker_encoder(global_ids)
        x = self.features(semantic_ids, d, self.prenet.vocos_backbone.modulation(d))
        samples: Tensor = self.decoder(x)
        return samples
