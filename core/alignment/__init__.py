"""Alignment of a chunk's semantic tokens with its text: word times and completeness."""

from core.alignment.aligner import TokenAligner, load_aligner
from core.alignment.protocol import Aligner, ChunkAligner, Fault, FaultKind, Verdict, WordSpan

__all__ = ["Aligner", "ChunkAligner", "Fault", "FaultKind", "TokenAligner", "Verdict", "WordSpan", "load_aligner"]
