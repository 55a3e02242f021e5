"""Length of the pause after a text, from its punctuation. Pure."""

PAUSES_S = {
    **dict.fromkeys("\n", 0.5),
    **dict.fromkeys(".!?…।॥۔。！？", 0.3),
    **dict.fromkeys(";:—–", 0.2),
    **dict.fromkeys(",،、", 0.15),
}
"""Pause in seconds by the character that ends the text."""
CLOSING = "\"'”’)]}» \t"
"""Characters that may stand between the punctuation and the end of the text."""


def pause_after(text: str) -> float:
    """Return the pause after `text` in seconds; 0 if it ends in the middle of a phrase."""
    if "\n" in text[len(text.rstrip()) :]:
        return PAUSES_S["\n"]
    return PAUSES_S.get(text.rstrip(CLOSING)[-1:], 0.0)
