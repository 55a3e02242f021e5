"""Fingerprint of a codec's codebooks: tokens sound the same with every codec of one fingerprint."""

from hashlib import sha256

from core.bicodec.checkpoint import BiCodecCheckpoint

_CODES = (
    "quantizer.codebook.weight",
    "speaker_encoder.quantizer.project_out.weight",
    "speaker_encoder.project.weight",
)
"""Tensors that give tokens their meaning, all stored as they are."""
MAX_VALUES = 65_536
"""Values of each tensor that are hashed, evenly spread. Chosen: a trained tensor differs in nearly all of them."""


def codec_fingerprint(checkpoint: BiCodecCheckpoint) -> str:
    """Return 16 hexadecimal digits, the same on every machine. Raises CheckpointInvalid."""
    digest = sha256()
    for name, tensor in checkpoint.tensors(_CODES).items():
        values = tensor.flatten()
        digest.update(f"{name}{tuple(tensor.shape)}".encode())
        digest.update(values[:: max(1, len(values) // MAX_VALUES)].contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]
