"""Benchmarks, each with its own command `python -m benchmarks.NAME`; `python -m benchmarks` runs several of them."""
