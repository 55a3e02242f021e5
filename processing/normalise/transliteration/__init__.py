"""Transliteration of words into the scripts that a checkpoint reads."""

from processing.normalise.transliteration.letters import Letters, letters_of

__all__ = ["Letters", "letters_of"]
