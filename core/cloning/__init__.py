"""Encode side: recordings to the tokens of voices, where the checkpoint can."""
