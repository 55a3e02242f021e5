"""Generator of the parts of docs/ that restate the code: messages, events, settings and metrics.

`python -m tools.docs` writes them; tests/tools/docs compares them with the committed files. It reads the models of
`api`, which no other tool may import.
"""
