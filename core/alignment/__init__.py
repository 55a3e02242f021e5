"""Alignment of a chunk's semantic tokens with its text: word times and completeness."""
