"""Aligner of a checkpoint: opens the alignment of each chunk."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from core.alignment.buffers import SearchBuffers
from core.alignment.files import FOLDER, read_aligner_config, read_weights
from core.alignment.network import TokenNetwork
from core.alignment.online import LAG, OnlineAligner
from core.alignment.reading import Standard
from core.alignment.units import UnitTable

WIDTHS = 16
"""Widths of chunks whose buffers are kept. Chosen: those of up to 512 states, which is more than a usual chunk
has. The buffers of the longest chunks that are aligned take 5 MB each."""


class TokenAligner:
    """Loaded aligner; keeps the protocol Aligner. `lookahead` in tokens. One thread uses it and its chunks."""

    def __init__(self, network: TokenNetwork, standard: Standard) -> None:
        self.network = network
        self.standard = standard
        self.lookahead = network.right + LAG
        self._buffers = lru_cache(WIDTHS)(SearchBuffers)

    @property
    def bytes(self) -> int:
        """Return the memory of the weights."""
        return self.network.bytes

    def chunk(self, text: str, words: Sequence[tuple[int, int]]) -> OnlineAligner:
        """Return the alignment of one chunk."""
        return OnlineAligner(self.network, self.standard, self._buffers, text, words)


def load_aligner(checkpoint: Path) -> TokenAligner | None:
    """Load the aligner of a checkpoint directory, None if it has none. Raises CheckpointInvalid."""
    folder = checkpoint / FOLDER
    if not folder.exists():
        return None
    config = read_aligner_config(folder)
    network = TokenNetwork(read_weights(folder, config), UnitTable(config.letters))
    return TokenAligner(network, Standard(config.pace, config.alarm, config.jump, config.again))
