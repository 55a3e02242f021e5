"""Config of the decoder: BiCodec's topology with two upsampling stages, whose Snakes are oscillators."""

from copy import deepcopy

from core.bicodec.config import BiCodecConfig, parse_config
from training.demo_voice import decoder_config as former
from training.intonation.codes import CODE_COUNT
from training.intonation.oscillators import CHANNELS, INPUTS, KERNELS, RATES

SPEAKER_WIDTH = 18
"""Channels that carry the speaker to the prenet's norms and no further."""
WIDTH = INPUTS + SPEAKER_WIDTH
CODEBOOK_DIM, PHONE_WIDTH = 64, 256
MELS, MEL_WINDOW = 128, 1024
"""Bands and window of the speaker encoder: both resolve the harmonics of a low voice."""


def document() -> dict[str, object]:
    """Return the content of `BiCodec/config.yaml`."""
    made = deepcopy(former.document())
    sections: dict[str, dict[str, object]] = made["audio_tokenizer"]  # type: ignore[assignment]
    sections["decoder"] = {
        "input_channel": WIDTH,
        "channels": CHANNELS,
        "rates": list(RATES),
        "kernel_sizes": list(KERNELS),
    }
    sections["quantizer"] = {"input_dim": PHONE_WIDTH, "codebook_size": CODE_COUNT, "codebook_dim": CODEBOOK_DIM}
    sections["speaker_encoder"] |= {"out_dim": WIDTH, "input_dim": MELS}
    sections["mel_params"] |= {"num_mels": MELS, "win_length": MEL_WINDOW}
    sections["prenet"] |= {"out_channels": WIDTH, "condition_dim": WIDTH}
    sections["encoder"] |= {"input_channels": WIDTH, "out_channels": WIDTH}
    sections["postnet"] |= {"input_channels": WIDTH, "out_channels": WIDTH}
    return made


def config() -> BiCodecConfig:
    """Return the parsed config."""
    return parse_config(document(), source="training.intonation.decoder_config")
