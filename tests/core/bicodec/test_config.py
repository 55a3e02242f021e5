"""Valid and invalid contents of `config.yaml`."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.bicodec.config import parse_config, read_config
from shared.errors import CheckpointInvalid
from tests.core.bicodec.networks import ODD, PUBLISHED, Topology

Document = dict[str, dict[str, dict[str, object]]]
GOLDEN = Path(__file__).parents[2] / "data" / "bicodec_a"


def test_golden() -> None:
    config = read_config(GOLDEN / "config.yaml")
    assert (config.rate, config.hop, config.frames_per_token) == (16000, 320, 1)
    assert config.decoder.kernel_sizes == (16, 11, 8, 4)
    assert config.mel_params.mel_fmax is None
    assert config.postnet.sample_ratios == (1, 1), "the default where a section does not say"


def test_hop_counts_the_prenet_too() -> None:
    assert [topology.config().hop for topology in (*ODD, PUBLISHED)] == [15, 15, 8, 72, 9, 320]


def drop(section: str, key: str) -> Callable[[Document], None]:
    return lambda document: document["audio_tokenizer"][section].pop(key)  # type: ignore[arg-type, return-value]


def put(section: str, key: str, value: object) -> Callable[[Document], None]:
    return lambda document: document["audio_tokenizer"][section].update({key: value})


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (drop("decoder", "rates"), "audio_tokenizer.decoder.rates is missing"),
        (drop("prenet", "condition_dim"), "audio_tokenizer.prenet.condition_dim is missing"),
        (lambda document: document["audio_tokenizer"].pop("postnet"), "audio_tokenizer.postnet is missing"),
        (lambda document: document.pop("audio_tokenizer"), "audio_tokenizer is missing"),
        (lambda document: document.update(other={}), "unknown key other"),
        (lambda document: document["audio_tokenizer"].update(vocoder={}), "unknown key audio_tokenizer.vocoder"),
        (put("prenet", "dropout", 0.1), "unknown key audio_tokenizer.prenet.dropout"),
        (put("decoder", "rates", [5, 0]), "audio_tokenizer.decoder.rates.1: Input should be greater than 0"),
        (put("decoder", "rates", "8,5"), "audio_tokenizer.decoder.rates: Input should be a valid tuple"),
        (put("decoder", "channels", True), "audio_tokenizer.decoder.channels: Input should be a valid integer"),
        (
            put("prenet", "use_tanh_at_final", 1),
            "audio_tokenizer.prenet.use_tanh_at_final: Input should be a valid boolean",
        ),
        (put("mel_params", "mel_fmin", None), "audio_tokenizer.mel_params.mel_fmin: Input should be a valid number"),
        (put("mel_params", "mel_fmax", "high"), "audio_tokenizer.mel_params.mel_fmax: Input should be a valid number"),
        (put("decoder", "kernel_sizes", [7]), "decoder.kernel_sizes must be one for each of decoder.rates"),
        (put("decoder", "kernel_sizes", [7, 1]), "decoder.kernel_sizes must be none below its rate"),
        (put("decoder", "channels", 13), "decoder.channels must be divisible by 4"),
        (put("quantizer", "input_dim", 9), "prenet.input_channels must be equal to quantizer.input_dim"),
        (put("speaker_encoder", "out_dim", 9), "prenet.out_channels must be equal to speaker_encoder.out_dim"),
        (put("speaker_encoder", "fsq_num_quantizers", 2), "speaker_encoder.fsq_num_quantizers must be 1"),
        (put("speaker_encoder", "fsq_levels", [4, 1]), "speaker_encoder.fsq_levels must be at least 2 each"),
    ],
)
def test_one_line_names_file_and_key(change: Callable[[Document], None], complaint: str) -> None:
    document = Topology().document()
    change(document)
    with pytest.raises(CheckpointInvalid) as caught:
        parse_config(document, source="BiCodec/config.yaml")
    assert str(caught.value).startswith("BiCodec/config.yaml: ")
    assert complaint in str(caught.value)


def test_training_keys_of_the_quantizer_are_ignored() -> None:
    document = Topology().document()
    put("quantizer", "use_l2_normlize", True)(document)
    assert parse_config(document, source="") == Topology().config()


@pytest.mark.parametrize("content", [b"a: [1", b"\xff\xfe", b"", b"- 1", None])
def test_unreadable_file(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "config.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CheckpointInvalid) as caught:
        read_config(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
