"""Lists of words, written as running text."""


def split_words(text: str) -> tuple[str, ...]:
    """The words of `text`, in order."""
    return tuple(text.split())
