"""A checkpoint directory: what it holds, whether it holds together, and how to make one. Knows nothing of requests."""
