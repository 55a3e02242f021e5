"""Config of the decoder: BiCodec's topology with two upsampling stages, whose Snakes are oscillators."""

from core.bicodec.config import BiCodecConfig, parse_config
from training.demo_voice.codes import CODE_COUNT
from training.demo_voice.oscillators import CHANNELS, INPUTS, KERNELS, RATES
from training.demo_voice.speakers import GLOBAL_LEVELS, GLOBAL_TOKENS

SPEAKER_WIDTH = 18
"""Channels that carry the speaker to the prenet's norms and no further."""
WIDTH = INPUTS + SPEAKER_WIDTH
CODEBOOK_DIM, PHONE_WIDTH = 64, 256
MELS, MEL_WINDOW = 128, 1024
"""Bands and window of the speaker encoder: both resolve the harmonics of a low voice."""


def document() -> dict[str, object]:
    """Return the content of `BiCodec/config.yaml`. The format requires the config of the whole encode side."""
    vocos = {"input_channels": WIDTH, "vocos_dim": 192, "vocos_intermediate_dim": 512, "out_channels": WIDTH}
    return {
        "audio_tokenizer": {
            "mel_params": {
                "sample_rate": 16_000,
                "n_fft": 1024,
                "win_length": MEL_WINDOW,
                "hop_length": 320,
                "mel_fmin": 10,
                "mel_fmax": None,
                "num_mels": MELS,
            },
            "encoder": {**vocos, "vocos_num_layers": 5, "sample_ratios": [1, 1]},
            "decoder": {
                "input_channel": WIDTH,
                "channels": CHANNELS,
                "rates": list(RATES),
                "kernel_sizes": list(KERNELS),
            },
            "quantizer": {"input_dim": PHONE_WIDTH, "codebook_size": CODE_COUNT, "codebook_dim": CODEBOOK_DIM},
            "speaker_encoder": {
                "input_dim": MELS,
                "out_dim": WIDTH,
                "latent_dim": 16,
                "token_num": GLOBAL_TOKENS,
                "fsq_levels": list(GLOBAL_LEVELS),
                "fsq_num_quantizers": 1,
            },
            "prenet": {
                **vocos,
                "input_channels": PHONE_WIDTH,
                "vocos_num_layers": 6,
                "condition_dim": WIDTH,
                "sample_ratios": [1],
                "use_tanh_at_final": False,
            },
            "postnet": {**vocos, "vocos_num_layers": 2, "use_tanh_at_final": False},
        }
    }


def config() -> BiCodecConfig:
    """Return the parsed config."""
    return parse_config(document(), source="training.demo_voice.decoder_config")
