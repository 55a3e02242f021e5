"""BiCodec's decode side: semantic and global tokens to 16 kHz sound.

Plain torch modules under the published key names, with weight norm folded: the reference of every faster
implementation, and the model that training uses.
"""

from torch import Tensor, nn

from core.bicodec.config import BiCodecConfig
from core.bicodec.generator import WaveGenerator
from core.bicodec.prenet import Prenet
from core.bicodec.quantizer import SemanticQuantizer, SpeakerDecoder


class BiCodec(nn.Module):
    """The four modules of the decode side. `detokenize` composes them."""

    def __init__(self, config: BiCodecConfig) -> None:
        super().__init__()
        self.config = config
        self.quantizer = SemanticQuantizer(config.quantizer)
        self.speaker_encoder = SpeakerDecoder(config.speaker_encoder)
        self.prenet = Prenet(config.prenet)
        self.decoder = WaveGenerator(config.decoder)

    def features(self, semantic_ids: Tensor, d: Tensor, modulation: Tensor) -> Tensor:
        """Return the wave generator's input, [B, input_channel, frames_per_token * T].

        semantic_ids [B, T]; d-vectors d [B, condition_dim]; modulation [norms, 2, B, 1, vocos_dim], that of the
        prenet's backbone for d. The model uses d twice: in the modulation, and added to the prenet's output.
        """
        x: Tensor = self.prenet(self.quantizer(semantic_ids), modulation)
        return x + d.unsqueeze(-1)

    def detokenize(self, semantic_ids: Tensor, global_ids: Tensor) -> Tensor:
        """Decode ids [B, T] and [B, 1, token_num] to samples [B, 1, hop * T].

        There are a few samples more if kernel - rate of a stage is odd, which it is in no published model.
        """
        d = self.speaker_encoder(global_ids)
        x = self.features(semantic_ids, d, self.prenet.vocos_backbone.modulation(d))
        samples: Tensor = self.decoder(x)
        return samples
