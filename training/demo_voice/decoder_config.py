"""Config of the demo voice's BiCodec: the published topology at a smaller width, as in `BiCodec/config.yaml`."""

from core.bicodec.config import BiCodecConfig, parse_config
from training.demo_voice.codes import CODE_COUNT, FRAMES_PER_PHONE
from training.demo_voice.speakers import GLOBAL_LEVELS, GLOBAL_TOKENS

WIDTH, PHONE_WIDTH, CODEBOOK_DIM, MELS = 320, 256, 48, 80
DIRECTIONS = 304
"""Channels that determine a frame's sound; the rest of WIDTH carries the speaker past the wave generator."""
SPECTRAL_DIMS = CODEBOOK_DIM - FRAMES_PER_PHONE
"""Channels of a codebook row for the spectrum; the rest is initialised with the one-hot frame index."""


def document() -> dict[str, object]:
    """Return the file's content. The format requires the encode side's config; the demo has no weights for it."""
    vocos = {"input_channels": WIDTH, "vocos_dim": 192, "vocos_intermediate_dim": 512, "out_channels": WIDTH}
    return {
        "audio_tokenizer": {
            "mel_params": {
                "sample_rate": 16_000,
                "n_fft": 1024,
                "win_length": 640,
                "hop_length": 320,
                "mel_fmin": 10,
                "mel_fmax": None,
                "num_mels": MELS,
            },
            "encoder": {**vocos, "vocos_num_layers": 5, "sample_ratios": [1, 1]},
            "decoder": {
                "input_channel": WIDTH,
                "channels": WIDTH,
                "rates": [8, 5, 4, 2],
                "kernel_sizes": [16, 11, 8, 4],
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
