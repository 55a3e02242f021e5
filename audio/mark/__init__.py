"""The quiet mark of synthetic speech: its pattern, the stage that adds it, and its detector."""
