"""OpenAI's speech API on the same line: OpenAI's clients work unchanged. Nothing outside depends on its forms."""
