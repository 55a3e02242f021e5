"""Read and check a checkpoint directory. Knows nothing of requests."""
