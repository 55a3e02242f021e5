import pytest

from processing.pls import MAX_PLS, read_pls
from shared.errors import ValidationFailed

DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<lexicon version="1.0" xmlns="http://www.w3.org/2005/01/pronunciation-lexicon" alphabet="ipa" xml:lang="en-IN">
  <meta name="author" content="a"/>
  <lexeme><grapheme>SQL</grapheme><alias>sequel</alias><alias>S Q L</alias></lexeme>
  <lexeme><grapheme>colour</grapheme><grapheme>color</grapheme><alias>culler &amp; more</alias></lexeme>
  <lexeme><grapheme>tomato</grapheme><phoneme>təˈmɑːtəʊ</phoneme><example>a tomato</example></lexeme>
  <lexeme><grapheme>Rao</grapheme><phoneme alphabet="x-sampa">raU</phoneme></lexeme>
  <lexeme><grapheme>silent</grapheme></lexeme>
</lexicon>"""


def test_lexicon_gives_alias_or_respelt_phonemes_of_each_word_and_names_words_without():
    found = read_pls(DOCUMENT.encode())
    aliases = {"SQL": "sequel", "colour": "culler & more", "color": "culler & more"}
    assert found.entries == aliases | {"tomato": "tuhmahtoh", "Rao": "row"}
    assert found.language == "en-IN" and found.without_pronunciation == ["silent"]


def test_phonemes_are_respelt_in_the_script_of_the_language():
    document = DOCUMENT.replace("en-IN", "te-IN").encode()
    assert read_pls(document).entries["tomato"] == "టమాటో"


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"<speak/>", r"the root must be <lexicon>, not <speak> \(line 1, column 1\)"),
        (b"<lexicon>", "no element found"),
        ("<lexicon><lexeme><grapheme>a</grapheme><phoneme>ø</phoneme></lexeme></lexicon>".encode(), "the symbol ø"),
        (b"<lexicon alphabet='x'><lexeme><grapheme>a</grapheme><phoneme>a</phoneme></lexeme></lexicon>", "alphabet"),
        (b"<lexicon><lexeme><alias>a</alias></lexeme></lexicon>", "needs a <grapheme>"),
        (b"<!DOCTYPE lexicon [<!ENTITY a 'b'>]><lexicon/>", "document type declaration"),
        (b"<lexicon>\xff</lexicon>", "not well-formed"),
        (b" " * (MAX_PLS + 1), "more than"),
    ],
)
def test_wrong_document_is_refused_with_its_place(document, reason):
    with pytest.raises(ValidationFailed, match=reason):
        read_pls(document)
