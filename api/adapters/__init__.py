"""Speech APIs of other vendors, so that their clients work with another address. One package for each vendor.

An adapter translates words: requests to utterances and messages, audio and events to the vendor's own. Keys, limits,
records, credits and metrics are those of every request. Their routes are left out of the OpenAPI description, because
the vendors describe them.
"""
