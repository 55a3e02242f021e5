"""`/v1/voices`: the checkpoint's voices, and those that callers make and own."""

from api.voices.shapes import info_of

__all__ = ["info_of"]
