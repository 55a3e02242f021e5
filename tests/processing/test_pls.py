import pytest

from processing.pls import MAX_PLS, read_pls
from shared.errors import ValidationFailed

DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<lexicon version="1.0" xmlns="http://www.w3.org/2005/01/pronunciation-lexicon" alphabet="ipa" xml:lang="en-IN">
  <meta name="author" content="a"/>
  <lexeme><grapheme>SQL</grapheme><alias>sequel</alias><alias>S Q L</alias></lexeme>
  <lexeme><grapheme>colour</grapheme><grapheme>color</grapheme><alias>culler &amp; more</alias></lexeme>
  <lexeme><grapheme>tomato</grapheme><phoneme>təˈmɑːtəʊ</phoneme><example>a tomato</example></lexeme>
</lexicon>"""


def test_lexicon_gives_the_first_alias_of_each_word_and_names_words_without():
    found = read_pls(DOCUMENT.encode())
    assert found.entries == {"SQL": "sequel", "colour": "culler & more", "color": "culler & more"}
    assert found.language == "en-IN" and found.without_alias == ["tomato"]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"<speak/>", r"the root must be <lexicon>, not <speak> \(line 1, column 1\)"),
        (b"<lexicon>", "no element found"),
        (b"<lexicon><lexeme><alias>a</alias></lexeme></lexicon>", "needs a <grapheme>"),
        (b"<!DOCTYPE lexicon [<!ENTITY a 'b'>]><lexicon/>", "document type declaration"),
        (b"<lexicon>\xff</lexicon>", "not well-formed"),
        (b" " * (MAX_PLS + 1), "more than"),
    ],
)
def test_wrong_document_is_refused_with_its_place(document, reason):
    with pytest.raises(ValidationFailed, match=reason):
        read_pls(document)
