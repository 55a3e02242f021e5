"""Measure the published dimensions on a GPU, in parts that run alone."""
