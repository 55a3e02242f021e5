"""How long a speaker rests after a piece of text. Pure."""

PAUSES_S = {
    **dict.fromkeys("\n", 0.5),
    **dict.fromkeys(".!?…।॥۔。！？", 0.3),
    **dict.fromkeys(";:—–", 0.2),
    **dict.fromkeys(",،、", 0.15),
}
CLOSING = "\"'”’)]}» \t"


def pause_after(text: str) -> float:
    """Seconds of rest that the end of `text` asks for; 0 where it stops in the middle of a phrase."""
    if "\n" in text[len(text.rstrip()) :]:
        return PAUSES_S["\n"]
    return PAUSES_S.get(text.rstrip(CLOSING)[-1:], 0.0)
