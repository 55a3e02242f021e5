"""Recordings that callers upload: decoding under limits, and measures of what was heard."""
