"""A server as its listeners know it: over the network, and timed. Knows nothing of what a command makes of it."""
