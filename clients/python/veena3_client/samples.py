"""Audio as numpy arrays: float32 samples from -1 to 1. numpy is imported when it is used."""

from typing import TYPE_CHECKING, Any

from veena3_client.decoding import SAMPLE_BYTES
from veena3_client.errors import UsageError

if TYPE_CHECKING:
    import numpy as np

    Samples = np.ndarray[Any, np.dtype[np.float32]]

_FULL_SCALE = 32_768.0
_MULAW_BIAS = 0x84
"""Bias of mu-law, from ITU-T G.711, in 16-bit samples."""


class SampleDecoder:
    """Samples of an uncompressed stream whose bytes may be cut anywhere."""

    def __init__(self, format: str) -> None:
        if format not in SAMPLE_BYTES:
            raise UsageError(f"numpy needs one of the formats {', '.join(SAMPLE_BYTES)}; {format} is compressed")
        self._np = _numpy()
        self._format, self._width = format, SAMPLE_BYTES[format]
        self._rest = b""
        self._head = format in ("wav", "mulaw")

    def feed(self, piece: bytes) -> "Samples":
        """Return the samples that this piece completes. Shape: (samples,)."""
        data = self._rest + piece
        if self._head:
            begins = data.find(b"data")
            if begins < 0 or len(data) < begins + 8:
                self._rest = data
                return self._samples(b"")
            data, self._head = data[begins + 8 :], False
        complete = len(data) // self._width * self._width
        self._rest = data[complete:]
        return self._samples(data[:complete])

    def _samples(self, data: bytes) -> "Samples":
        np = self._np
        if self._width == 4:
            samples: Samples = np.frombuffer(data, "<f4").astype(np.float32)
        elif self._width == 2:
            samples = np.frombuffer(data, "<i2").astype(np.float32) / np.float32(_FULL_SCALE)
        else:
            samples = np.array([_linear(byte) for byte in range(256)], np.float32)[np.frombuffer(data, np.uint8)]
        return samples


def _linear(byte: int) -> float:
    """Return the sample of a byte of mu-law (ITU-T G.711)."""
    byte = ~byte & 0xFF
    size = ((byte & 0x0F) << 3) + _MULAW_BIAS << (byte >> 4 & 7)
    return (_MULAW_BIAS - size if byte & 0x80 else size - _MULAW_BIAS) / _FULL_SCALE


def _numpy() -> Any:
    try:
        import numpy
    except ImportError:
        raise UsageError("numpy is not installed: pip install 'veena3-client[numpy]'") from None
    return numpy
