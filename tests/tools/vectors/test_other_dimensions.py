"""Checker of golden vectors with models of unusual dimensions, whose arrays this implementation writes.

These tests show that shapes and names follow from the configs; the golden arrays show that the values are right.
"""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from safetensors.torch import save_file
from torch import Tensor

from core.bicodec.checkpoint import load_bicodec, open_bicodec
from core.bicodec.config import MelConfig
from core.bicodec.layout import decode_layout, encode_layout
from core.bicodec.mel import MelSpectrogram
from core.bicodec.quantizer import fsq_codes
from core.bicodec.semantic import load_semantic_encoder
from core.bicodec.speaker import load_voice_tokenizer
from core.superres.checkpoint import load_super_resolver
from core.superres.config import SuperResConfig
from core.superres.generator import Generator
from core.superres.model import SuperResolver
from tests.core.bicodec.networks import Topology
from tools.vectors.check import check_vectors
from tools.vectors.recording import recorded

CODEC = Topology(rates=(5, 3), kernels=(11, 7), levels=(5, 3, 4), ratios=(2, 1), tanh=True)
SOUND = torch.Generator().manual_seed(11)


def numbers(tensor: Tensor) -> np.ndarray:
    return np.asarray(tensor.detach())


def random_tensors(layout: dict[str, tuple[int, ...]]) -> dict[str, Tensor]:
    """Return weights that keep the signal's scale through fifty layers."""
    generator = torch.Generator().manual_seed(5)
    tensors = {}
    for name, shape in layout.items():
        if name.endswith("num_batches_tracked"):
            tensors[name] = torch.zeros(shape, dtype=torch.int64)
            continue
        noise = torch.randn(shape, generator=generator)
        fan_in = math.prod(shape[1:])
        tensors[name] = noise.abs() + 0.5 if name.endswith("running_var") else noise / math.sqrt(2 * fan_in)
    return tensors


@pytest.fixture(scope="module")
def codec_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("bicodec")
    (directory / "config.yaml").write_text(yaml.safe_dump(CODEC.document()), "utf-8")
    config = CODEC.config()
    save_file(random_tensors(decode_layout(config) | encode_layout(config)), directory / "model.safetensors")
    write_codec_arrays(directory)
    return directory


def write_codec_arrays(directory: Path) -> None:
    checkpoint = open_bicodec(directory)
    model, voice, encoder = (load(checkpoint) for load in (load_bicodec, load_voice_tokenizer, load_semantic_encoder))
    global_ids = torch.randint(60, (1, 1, 32), generator=SOUND)
    semantic = {f"semantic_ids_len{n}": torch.randint(32, (1, n), generator=SOUND) for n in (2, 9)}
    batch = torch.randint(32, (3, 4), generator=SOUND), torch.randint(60, (3, 1, 32), generator=SOUND)
    inputs = {**semantic, "global_ids": global_ids, "trio_semantic_ids": batch[0], "trio_global_ids": batch[1]}
    np.savez(directory / "in.npz", **{name: numbers(array) for name, array in inputs.items()})
    with recorded(model) as flow:
        wave = model.detokenize(semantic["semantic_ids_len9"], global_ids)
    made = {
        "wav_len9": wave,
        "trio_wav": model.detokenize(*batch),
        "code_len9": flow["quantizer.codebook"].mT,
        "prenet_ds0_sampling_len9": flow["prenet.downsample.0.0"],
        "prenet_out_len9": flow["prenet"],
        "decoder_model3_len9": flow["decoder.model.3"],
        "d_vector": flow["speaker_encoder"],
        "fsq_codebook_first60": fsq_codes(torch.arange(60), (5, 3, 4)),
    }
    np.savez(directory / "out.npz", **{name: numbers(array) for name, array in made.items()})
    long, short = torch.randn(1, 1000, generator=SOUND), torch.randn(350, generator=SOUND)
    tiled = torch.cat([short, short, short])[None, :1000]
    speech = {
        "ref_wav": long,
        "ref3_short_wav": short,
        "mel": voice.mel(long),
        "global_ids": voice.encoder(voice.mel(long)),
        "mel_ref3_first_frames": voice.mel(tiled)[..., :5],
        "global_ids_ref3": voice.encoder(voice.mel(tiled)),
    }
    np.savez(directory / "speech.npz", **{name: numbers(array) for name, array in speech.items()})
    features = torch.randn(1, 7, 12, generator=SOUND)
    ids = encoder(features)
    np.savez(directory / "ids.npz", feat_x=numbers(features), semantic_ids_x=numbers(ids))


def test_codec_of_unusual_dimensions_passes(codec_directory: Path) -> None:
    checks = check_vectors(codec_directory)
    assert [check for check in checks if not check.ok] == []
    assert {check.name for check in checks} > {
        "out.npz:trio_wav",
        "speech.npz:global_ids_ref3",
        "ids.npz:semantic_ids_x",
    }


def test_changed_codec_array_fails(codec_directory: Path, tmp_path: Path) -> None:
    for path in codec_directory.iterdir():
        (tmp_path / path.name).symlink_to(path)
    with np.load(codec_directory / "out.npz") as content:
        arrays = {name: content[name] for name in content.files}
    (tmp_path / "out.npz").unlink()
    arrays["trio_wav"][2, 0, -1] += 2e-4
    np.savez(tmp_path / "out.npz", **arrays)
    assert [check.name for check in check_vectors(tmp_path) if not check.ok] == ["out.npz:trio_wav"]


def test_super_resolution_of_unusual_dimensions_passes(tmp_path: Path) -> None:
    raw = {"n_fft": 360, "hop_size": 50, "win_size": 210, "ConvNeXt_channels": 6, "ConvNeXt_layers": 2}
    raw |= {"lr_sampling_rate": 11025, "hr_sampling_rate": 44100}
    (tmp_path / "config.json").write_text(json.dumps(raw), "utf-8")
    shapes = {name: tuple(tensor.shape) for name, tensor in generator_of(tmp_path).state_dict().items()}
    torch.save({"generator": random_tensors(shapes)}, tmp_path / "g_11kto44k")
    resolver = load_super_resolver(tmp_path)
    exact = SuperResolver(resolver.config, load_super_resolver(tmp_path).generator.double())
    source = torch.randn(2, 601, generator=SOUND)
    resampled = resolver.resample(source)
    narrow = resolver.stft.analyse(resampled)
    predicted = resolver.predict(narrow)
    made = {
        "wav11k_pair": source,
        "resampled44.1k_pair": resampled,
        "log_amp_nb_pair": narrow.log_amplitude,
        "phase_nb_pair": narrow.phase,
        "log_amp_wb_pair": predicted.log_amplitude,
        "phase_wb_pair": predicted.phase,
        "wav44.1k_pair": resolver.stft.synthesise(predicted),
        "wav44.1k_float64_pair": exact(source.double()),
    }
    np.savez(tmp_path / "all.npz", **{name: numbers(array) for name, array in made.items()})
    assert made["wav44.1k_pair"].shape == (2, 2400)
    assert [check for check in check_vectors(tmp_path) if not check.ok] == []


def generator_of(directory: Path) -> Generator:
    return Generator(SuperResConfig.read(directory / "config.json"))


MEL_SETTINGS = (  # rate, n_fft, win, hop, lowest, highest, mels
    (22050, 1000, 900, 225, 0, None, 80),
    (16000, 401, 400, 100, 55, 7000, 40),
    (44100, 2048, 2048, 512, 30, 16000, 100),
)


@pytest.mark.parametrize("settings", MEL_SETTINGS)
def test_mel_settings_are_inferred(settings: tuple[int, ...], tmp_path: Path) -> None:
    names = ("sample_rate", "n_fft", "win_length", "hop_length", "mel_fmin", "mel_fmax", "num_mels")
    config = MelConfig(**dict(zip(names, settings, strict=True)))
    wave = torch.randn(1, 6000, generator=SOUND)
    mel = MelSpectrogram(config)
    arrays = {"wav": wave, "fb_b": mel.filters, "window_b": mel.window, "mel_b": mel(wave)}
    np.savez(tmp_path / "mel.npz", **{name: numbers(array) for name, array in arrays.items()})
    checks = {check.name: check for check in check_vectors(tmp_path)}
    assert [check for check in checks.values() if not check.ok] == []
    highest = config.mel_fmax or config.sample_rate // 2
    assert (
        f"{config.sample_rate} Hz, n_fft {config.n_fft}, {config.num_mels} mels, {config.mel_fmin:g} to {highest:g} Hz"
        in checks["mel.npz:fb_b"].note
    )
    assert f"hop {config.hop_length}," in checks["mel.npz:mel_b"].note
