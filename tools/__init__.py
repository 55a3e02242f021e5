"""What serves no request: golden vectors, the builder of checkpoints, planners of capacity and memory."""
