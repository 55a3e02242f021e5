"""Aligner of a checkpoint: opens the alignment of each chunk."""

from collections.abc import Sequence
from pathlib import Path

from core.alignment.files import FOLDER, read_aligner_config, read_weights
from core.alignment.network import TokenNetwork
from core.alignment.online import LAG, OnlineAligner
from core.alignment.reading import Standard
from core.alignment.units import UnitTable


class TokenAligner:
    """Loaded aligner; keeps the protocol Aligner. `lookahead` in tokens."""

    def __init__(self, network: TokenNetwork, standard: Standard) -> None:
        self.network = network
        self.standard = standard
        self.lookahead = network.right + LAG

    @property
    def bytes(self) -> int:
        """Return the memory of the weights."""
        return self.network.bytes

    def chunk(self, text: str, words: Sequence[tuple[int, int]]) -> OnlineAligner:
        """Return the alignment of one chunk."""
        return OnlineAligner(self.network, self.standard, text, words)


def load_aligner(checkpoint: Path) -> TokenAligner | None:
    """Load the aligner of a checkpoint directory, None if it has none. Raises CheckpointInvalid."""
    folder = checkpoint / FOLDER
    if not folder.exists():
        return None
    config = read_aligner_config(folder)
    network = TokenNetwork(read_weights(folder, config), UnitTable(config.letters))
    return TokenAligner(network, Standard(config.pace, config.alarm, config.jump, config.again))
