"""Derive every key of a published BiCodec checkpoint, with its shape, from the config. Knows nothing of files.

Convolutions with weight norm are stored as `weight_g` and `weight_v`. The norm is over axis 0, which in a transposed
convolution is the input channels.
"""

from core.bicodec.config import (
    BiCodecConfig,
    FeatureConfig,
    GeneratorConfig,
    PostnetConfig,
    PrenetConfig,
    SpeakerConfig,
)
from core.bicodec.generator import DILATIONS
from core.bicodec.generator import KERNEL as GENERATOR_KERNEL
from core.bicodec.vocos import KERNEL, STAGE_BLOCKS

BiCodecLayout = dict[str, tuple[int, ...]]
"""Shape of each tensor, by key."""

# Sizes of the speaker encoder that BiCodec's published code fixes, so that the config does not contain them.
ECAPA_CHANNELS = 512
ECAPA_GROUPS = 8
ECAPA_BOTTLENECK = 128
PERCEIVER_LAYERS = 2
PERCEIVER_INNER = 512


def decode_layout(config: BiCodecConfig) -> BiCodecLayout:
    """Return the keys of the decode side, tokens to sound. Every checkpoint has them."""
    quantizer, speaker = config.quantizer, config.speaker_encoder
    return {
        "quantizer.codebook.weight": (quantizer.codebook_size, quantizer.codebook_dim),
        **_normed("quantizer.out_project", quantizer.input_dim, quantizer.codebook_dim, 1),
        **_plain("speaker_encoder.quantizer.project_out", speaker.latent_dim, len(speaker.fsq_levels)),
        **_plain("speaker_encoder.project", speaker.out_dim, speaker.latent_dim * speaker.token_num),
        **_feature_decoder("prenet", config.prenet),
        **_generator("decoder.model", config.decoder),
    }


def encode_layout(config: BiCodecConfig) -> BiCodecLayout:
    """Return the keys of the encode side, sound to tokens, and of the parts that only training uses.

    A checkpoint has all of them, or those of `speaker_layout` alone, or none.
    """
    quantizer = config.quantizer
    return {
        **_feature_encoder("encoder", config.encoder),
        **_normed("quantizer.in_project", quantizer.codebook_dim, quantizer.input_dim, 1),
        "quantizer.cluster_size": (quantizer.codebook_size,),
        **speaker_layout(config),
        **_x_vector("speaker_encoder.speaker_encoder", config.speaker_encoder),
        **_feature_decoder("postnet", config.postnet),
    }


def speaker_layout(config: BiCodecConfig) -> BiCodecLayout:
    """Return the keys of the encode side that a voice's global tokens are computed with."""
    speaker, name = config.speaker_encoder, "speaker_encoder"
    body, wide = f"{name}.speaker_encoder", 3 * ECAPA_CHANNELS
    layout = _ecapa_unit(f"{body}.layer1", speaker.input_dim, 5)
    for i in (2, 3, 4):
        layout |= _ecapa_block(f"{body}.layer{i}.se_res2block")
    return {
        **layout,
        **_plain(f"{body}.conv", wide, wide, 1),
        **_perceiver(f"{name}.perceiver_sampler", speaker, context_dim=wide),
        **_plain(f"{name}.quantizer.project_in", len(speaker.fsq_levels), speaker.latent_dim),
    }


def mel_layout(config: BiCodecConfig) -> BiCodecLayout:
    """Return the keys of buffers that follow from the config. They are optional; the published file has none."""
    mel = config.mel_params
    return {
        "mel_transformer.spectrogram.window": (mel.win_length,),
        "mel_transformer.mel_scale.fb": (mel.n_fft // 2 + 1, mel.num_mels),
    }


def _plain(name: str, *shape: int) -> BiCodecLayout:
    return {f"{name}.weight": shape, f"{name}.bias": shape[:1]}


def _normed(name: str, *shape: int, bias: int | None = None) -> BiCodecLayout:
    return {f"{name}.weight_g": (shape[0], 1, 1), f"{name}.weight_v": shape, f"{name}.bias": (bias or shape[0],)}


def _batch_norm(name: str, channels: int) -> BiCodecLayout:
    vectors = {f"{name}.{item}": (channels,) for item in ("weight", "bias", "running_mean", "running_var")}
    return {**vectors, f"{name}.num_batches_tracked": ()}


def _backbone(
    name: str, config: FeatureConfig, *, input_channels: int, blocks: int, condition_dim: int | None = None
) -> BiCodecLayout:
    dim, inner = config.vocos_dim, config.vocos_intermediate_dim

    def norm(at: str) -> BiCodecLayout:
        if condition_dim is None:
            return _plain(at, dim)
        return {**_plain(f"{at}.scale", dim, condition_dim), **_plain(f"{at}.shift", dim, condition_dim)}

    layout = {**_plain(f"{name}.embed", dim, input_channels, KERNEL), **norm(f"{name}.norm")}
    for block in (f"{name}.convnext.{i}" for i in range(blocks)):
        layout |= {
            f"{block}.gamma": (dim,),
            **_plain(f"{block}.dwconv", dim, 1, KERNEL),
            **norm(f"{block}.norm"),
            **_plain(f"{block}.pwconv1", inner, dim),
            **_plain(f"{block}.pwconv2", dim, inner),
        }
    return {**layout, **_plain(f"{name}.final_layer_norm", dim)}


def _sampling_stages(name: str, config: FeatureConfig, convolution: str) -> BiCodecLayout:
    dim = config.vocos_dim
    layout: BiCodecLayout = {}
    for i, ratio in enumerate(config.sample_ratios):
        if ratio > 1:
            layout |= _plain(f"{name}.downsample.{i}.0.{convolution}.1", dim, 1, 2 * ratio)
        layout |= _backbone(f"{name}.downsample.{i}.1", config, input_channels=dim, blocks=STAGE_BLOCKS)
    return layout


def _feature_decoder(name: str, config: PostnetConfig) -> BiCodecLayout:
    return {
        **_plain(f"{name}.linear_pre", config.vocos_dim, config.input_channels),
        **_sampling_stages(name, config, "de_conv_upsampler"),
        **_backbone(
            f"{name}.vocos_backbone",
            config,
            input_channels=config.vocos_dim,
            blocks=config.vocos_num_layers,
            condition_dim=config.condition_dim if isinstance(config, PrenetConfig) else None,
        ),
        **_plain(f"{name}.linear", config.out_channels, config.vocos_dim),
    }


def _feature_encoder(name: str, config: FeatureConfig) -> BiCodecLayout:
    return {
        **_backbone(f"{name}.encoder", config, input_channels=config.input_channels, blocks=config.vocos_num_layers),
        **_sampling_stages(name, config, "conv_downsampler"),
        **_plain(f"{name}.project", config.out_channels, config.vocos_dim),
    }


def _generator(name: str, config: GeneratorConfig) -> BiCodecLayout:
    layout = _normed(f"{name}.0", config.channels, config.input_channel, GENERATOR_KERNEL)
    channels = config.channels
    for i, kernel in enumerate(config.kernel_sizes, 1):
        layout[f"{name}.{i}.block.0.alpha"] = (1, channels, 1)
        layout |= _normed(f"{name}.{i}.block.1", channels, channels // 2, kernel, bias=channels // 2)
        channels //= 2
        for unit in (f"{name}.{i}.block.{2 + j}.block" for j in range(len(DILATIONS))):
            layout |= {f"{unit}.0.alpha": (1, channels, 1), f"{unit}.2.alpha": (1, channels, 1)}
            layout |= _normed(f"{unit}.1", channels, channels, GENERATOR_KERNEL)
            layout |= _normed(f"{unit}.3", channels, channels, 1)
    last = len(config.rates) + 1
    layout[f"{name}.{last}.alpha"] = (1, channels, 1)
    return {**layout, **_normed(f"{name}.{last + 1}", 1, channels, GENERATOR_KERNEL)}


def _x_vector(body: str, config: SpeakerConfig) -> BiCodecLayout:
    """Return the keys of the x-vector, which are checked but not used."""
    wide = 3 * ECAPA_CHANNELS
    return {
        **_plain(f"{body}.pool.linear1", ECAPA_BOTTLENECK, 3 * wide, 1),
        **_plain(f"{body}.pool.linear2", wide, ECAPA_BOTTLENECK, 1),
        **_batch_norm(f"{body}.bn", 2 * wide),
        **_plain(f"{body}.linear", config.out_dim, 2 * wide),
    }


def _ecapa_unit(name: str, input_channels: int, kernel: int) -> BiCodecLayout:
    return {
        **_plain(f"{name}.conv", ECAPA_CHANNELS, input_channels, kernel),
        **_batch_norm(f"{name}.bn", ECAPA_CHANNELS),
    }


def _ecapa_block(name: str) -> BiCodecLayout:
    width = ECAPA_CHANNELS // ECAPA_GROUPS
    layout = {**_ecapa_unit(f"{name}.0", ECAPA_CHANNELS, 1), **_ecapa_unit(f"{name}.2", ECAPA_CHANNELS, 1)}
    for i in range(ECAPA_GROUPS - 1):
        layout |= {**_plain(f"{name}.1.convs.{i}", width, width, 3), **_batch_norm(f"{name}.1.bns.{i}", width)}
    return {
        **layout,
        **_plain(f"{name}.3.linear1", ECAPA_BOTTLENECK, ECAPA_CHANNELS),
        **_plain(f"{name}.3.linear2", ECAPA_CHANNELS, ECAPA_BOTTLENECK),
    }


def _perceiver(name: str, config: SpeakerConfig, *, context_dim: int) -> BiCodecLayout:
    dim = config.latent_dim
    inner = int(dim * 4 * 2 / 3)
    layout: BiCodecLayout = {
        f"{name}.latents": (config.token_num, dim),
        f"{name}.norm.gamma": (dim,),
        **_plain(f"{name}.proj_context", dim, context_dim),
    }
    for layer in (f"{name}.layers.{i}" for i in range(PERCEIVER_LAYERS)):
        layout |= {
            f"{layer}.0.to_q.weight": (PERCEIVER_INNER, dim),
            f"{layer}.0.to_kv.weight": (2 * PERCEIVER_INNER, dim),
            f"{layer}.0.to_out.weight": (dim, PERCEIVER_INNER),
            **_plain(f"{layer}.1.0", 2 * inner, dim),
            **_plain(f"{layer}.1.2", dim, inner),
        }
    return layout
