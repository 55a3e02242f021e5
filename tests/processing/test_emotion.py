import pytest
from hypothesis import given
from hypothesis import strategies as st

from processing.emotion import resolve_tags
from shared.errors import ValidationFailed

KNOWN = ["excited", "laughs harder", "laughs"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[excited] We won!", "[excited] We won!"),
        ("[Excited] We won!", "[excited] We won!"),
        ("[laughs_harder] Ha.", "[laughs harder] Ha."),
        ("Ha <laugh> ha", "Ha [laughs] ha"),
        ("Ha <laugh_harder> ha </laugh>", "Ha [laughs harder] ha "),
        ("[angry] No.", "No."),
        ("Oh [angry] no.", "Oh no."),
        ("Oh <sigh>.", "Oh ."),
        ("See [1] and [the second note].", "See [1] and [the second note]."),
        ("2 < 3 and 5 > 4, a <3 b", "2 < 3 and 5 > 4, a <3 b"),
        ("[उत्साह] ठीक", "[उत्साह] ठीक"),
    ],
)
def test_resolver_keeps_known_tags_and_drops_others(text: str, expected: str) -> None:
    assert resolve_tags(text, known=KNOWN) == expected


def test_resolver_refuses_an_unknown_tag_if_asked() -> None:
    with pytest.raises(ValidationFailed) as caught:
        resolve_tags("[angry] No.", known=KNOWN, unknown="refuse")
    assert caught.value.details == {"known": sorted(KNOWN)}
    assert resolve_tags("[excited] Yes <laugh>", known=KNOWN, unknown="refuse") == "[excited] Yes [laughs]"


@given(st.text(st.sampled_from("[]<>/ae _|क") | st.characters(exclude_categories=["Cs"])))
def test_resolver_accepts_any_text(text: str) -> None:
    resolve_tags(text, known=KNOWN)
