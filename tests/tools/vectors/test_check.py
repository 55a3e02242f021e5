"""Checker of golden vectors: unchanged directories pass, each changed array fails, and no array is skipped."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from shared.errors import CheckpointInvalid
from tools.vectors.check import check_vectors
from tools.vectors.verdict import ArrayCheck

GOLDEN = Path(__file__).parents[2] / "data"
KINDS = ("apbwe_a", "bicodec_a", "frontend")
Arrays = dict[str, np.ndarray]


def copied(kind: str, to: Path) -> Path:
    shutil.copytree(GOLDEN / kind, to, dirs_exist_ok=True)
    return to


def rewrite(path: Path, change: Callable[[Arrays], object]) -> None:
    with np.load(path) as content:
        arrays = {name: content[name] for name in content.files}
    change(arrays)
    np.savez(path, **arrays)


def array_names(directory: Path) -> set[str]:
    names = set()
    for path in directory.rglob("*.npz"):
        with np.load(path) as content:
            names |= {f"{path.relative_to(directory).as_posix()}:{name}" for name in content.files}
    return names


def is_input(check: ArrayCheck) -> bool:
    return check.note == "input"


@pytest.fixture(scope="module", params=KINDS)
def checked(request: pytest.FixtureRequest) -> tuple[str, list[ArrayCheck]]:
    """Check each kind's golden directory."""
    return request.param, check_vectors(GOLDEN / request.param)


def test_every_golden_array_passes(checked: tuple[str, list[ArrayCheck]]) -> None:
    kind, checks = checked
    assert [check for check in checks if not check.ok] == []
    assert {check.name for check in checks} == array_names(GOLDEN / kind)
    assert sum(not is_input(check) for check in checks) > len(checks) / 2


def spoil(name: str, array: np.ndarray) -> np.ndarray:
    """Change an array by little; whole float32 waves of AP-BWE, whose tolerance is a few decibels, by much."""
    if name.startswith("wav48k_") and "float64" not in name:
        return -array
    return array + (1 if np.issubdtype(array.dtype, np.integer) else array.dtype.type(3e-4))


def test_every_changed_array_fails(checked: tuple[str, list[ArrayCheck]], tmp_path: Path) -> None:
    kind, checks = checked
    directory = copied(kind, tmp_path)
    inputs = {check.name for check in checks if is_input(check)}

    def spoil_outputs(path: Path) -> Callable[[Arrays], None]:
        place = path.relative_to(directory).as_posix()

        def change(arrays: Arrays) -> None:
            arrays |= {name: spoil(name, array) for name, array in arrays.items() if f"{place}:{name}" not in inputs}

        return change

    for path in directory.rglob("*.npz"):
        rewrite(path, spoil_outputs(path))
    passed = {check.name for check in check_vectors(directory) if check.ok}
    assert passed == inputs


def test_directories_of_several_kinds_are_checked_recursively(tmp_path: Path) -> None:
    copied("frontend", tmp_path)
    copied("apbwe_a", tmp_path / "superres" / "a")
    names = {check.name for check in check_vectors(tmp_path)}
    assert {"mel.npz:fb_alt", "wav2vec2_tiny/io.npz:mix", "superres/a/io.npz:resampled48k_640"} <= names


def test_array_with_an_unknown_name_fails(tmp_path: Path) -> None:
    directory = copied("apbwe_a", tmp_path)
    rewrite(directory / "spectra.npz", lambda arrays: arrays.update(cepstrum_640=np.zeros(3)))
    (strange,) = [check for check in check_vectors(directory) if not check.ok]
    assert (strange.name, strange.note) == ("spectra.npz:cepstrum_640", "not understood")


def test_array_without_its_input_fails(tmp_path: Path) -> None:
    directory = copied("apbwe_a", tmp_path)
    rewrite(directory / "io.npz", lambda arrays: arrays.pop("wav16k_5003"))
    bad = [check for check in check_vectors(directory) if not check.ok]
    assert {check.name for check in bad} == {f"io.npz:{n}_5003" for n in ("resampled48k", "wav48k", "wav48k_float64")}
    assert all("there is no wav16k_5003" in check.note for check in bad)


@pytest.mark.parametrize(
    ("array", "reason"),
    [
        (np.zeros((1, 3), np.float32), "shape [1, 48000], golden [1, 3]"),
        (np.full((1, 48000), np.nan, np.float32), "resampling"),
        (np.full((1, 48000), "sound"), "cannot be computed"),
    ],
)
def test_array_of_wrong_shape_value_or_type_fails(tmp_path: Path, array: np.ndarray, reason: str) -> None:
    directory = copied("apbwe_a", tmp_path)
    rewrite(directory / "io.npz", lambda arrays: arrays.update(resampled48k_16000=array))
    (bad,) = [check for check in check_vectors(directory) if not check.ok]
    assert bad.error == float("inf")
    assert reason in bad.note


def test_absent_files_are_not_checked(tmp_path: Path) -> None:
    directory = copied("bicodec_a", tmp_path)
    for name in ("speaker_path.npz", "semantic_path.npz", "detok_intermediates.npz"):
        (directory / name).unlink()
    checks = {check.name: check for check in check_vectors(directory)}
    assert all(check.ok for name, check in checks.items() if "resynth" not in name)
    assert "there is no semantic_ids" in checks["detok_outputs.npz:resynth_wav"].note


def refusal(directory: Path) -> str:
    with pytest.raises(CheckpointInvalid) as caught:
        check_vectors(directory)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_wrong_digest_is_refused(tmp_path: Path) -> None:
    directory = copied("bicodec_a", tmp_path)
    (directory / "meta.json").write_text(json.dumps({"model_safetensors_sha256": "0" * 64}), "utf-8")
    assert f"{directory}/model.safetensors: SHA-256 is dbcf9658" in refusal(directory)


def test_directory_without_arrays_is_refused(tmp_path: Path) -> None:
    assert "holds no npz file" in refusal(tmp_path)
    assert "not a directory" in refusal(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("kind", "file"),
    [
        ("apbwe_a", "g_16kto48k"),
        ("apbwe_a", "config.json"),
        ("apbwe_a", "io.npz"),
        ("bicodec_a", "model.safetensors.xz"),
        ("bicodec_a", "config.yaml"),
        ("bicodec_a", "speaker_path.npz"),
        ("frontend", "mel.npz"),
        ("frontend", "wav2vec2_tiny/model.safetensors"),
    ],
)
def test_truncated_file_is_refused(tmp_path: Path, kind: str, file: str) -> None:
    directory = copied(kind, tmp_path)
    path = directory / file
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert str(path.parent) in refusal(directory)


@pytest.mark.parametrize("file", ["model.safetensors.xz", "config.yaml"])
def test_missing_file_is_refused(tmp_path: Path, file: str) -> None:
    directory = copied("bicodec_a", tmp_path)
    (directory / file).unlink()
    message = refusal(directory)
    assert str(directory / file.removesuffix(".xz")) in message
