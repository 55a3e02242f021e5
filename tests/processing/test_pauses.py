import pytest

from processing.pauses import pause_after


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        *[(t, 0.25, 0.35) for t in ("The end.", "Really?! ", 'He said "no."', "यह है। ", "ఇది.) ", "Wait…")],
        *[(t, 0.1, 0.25) for t in ("first, ", "then; ", "so: ", "and — ")],
        *[(t, 0.45, 0.6) for t in ("A title\n", "The end.\n\n", "item,\n")],
        *[(t, 0.0, 0.0) for t in ("in the middle ", "", "   ", "[excited] ")],
    ],
)
def test_pause_fits_the_punctuation(text, least, most):
    assert least <= pause_after(text) <= most
