"""OpenAI's speech API over the same line: their clients work unchanged. What is theirs stays in this package."""
