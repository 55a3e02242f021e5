"""Generator of the parts of docs/ that restate the code: messages, events, settings and metrics.

`python -m ops.reference` writes them; tests/ops/reference compares them with the committed files.
"""
