"""Benchmarks, each with its own command `python -m benchmarks.NAME`; `python -m benchmarks` runs several of them."""

from shared.process import prepare_process

prepare_process()  # as the service does, before NumPy and PyTorch are imported
