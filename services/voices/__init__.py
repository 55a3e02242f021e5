"""Voices: those of the checkpoint, and those that callers made and own."""

from services.voices.book import VoiceBook

__all__ = ["VoiceBook"]
