"""vllm-omni's socket of text that arrives in pieces; LiveKit's plugin for Baseten speaks it."""
