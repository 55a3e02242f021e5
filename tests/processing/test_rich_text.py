import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from processing.latex import read_formula
from processing.rich_text import MOST_HELD, RichTextReader, read_rich_text, without_emphasis

CASES = {
    "# Title\ntext": "Title\ntext",
    '[a link](https://a.in/b?c=1) and ![a picture](x.png "t")': "a link and a picture",
    "[![badge](a.svg)](https://a.in) end": "badge end",
    "| name | age |\n|---|:-:|\n| Ravi | 30 |": "name, age\n\nRavi, 30",
    "```python\nx = 1\n```\ndone": "\nx = 1\n\ndone",
    "~~~python\nx = 1\n~~~\ndone": "\nx = 1\n\ndone",
    "~~~~ no fence": "~~~~ no fence",
    "> > quoted\n- [x] done\n* item": "quoted\ndone\nitem",
    "a\n---\nb": "a\n\nb",
    "a<br/>b <b>c</b> <laugh> <!-- d -->": "a\nb c <laugh> ",
    "Tom &amp; Jerry &lt;b&gt; &#8377;5": "Tom & Jerry  < b >  ₹5",
    "10<sup>6</sup>, see [1] and b[2], c[^3]": "10^6, see 1 and b, c",
    "$x^2$ costs $5 and \\$6, \\(a_1\\)": "x² costs $5 and $6,  a 1 ",
    ":wave: at 10:30:15": " at 10:30:15",
    "[excited] Hi [laughs softly]": "[excited] Hi [laughs softly]",
    "[1]: https://a.in\nend": "\nend",
    "https://a.in/x_y?b=1&c=2#d": "https://a.in/x_y?b=1&c=2#d",
    "5 < 6 and 7 > 2": "5 < 6 and 7 > 2",
}
MARKS = st.text('a1 .!\n[]()<>/&;$\\`|#>~_=*+-:^{}"br', max_size=80)


def read_in_pieces(text: str, size: int) -> str:
    reader = RichTextReader()
    read = [reader.feed(text[start : start + size]) for start in range(0, len(text), size)]
    return "".join([*read, reader.finish()])


@pytest.mark.parametrize(("written", "read"), CASES.items())
def test_reader_drops_layout_and_keeps_words(written: str, read: str) -> None:
    assert read_rich_text(written) == read


@pytest.mark.parametrize("written", CASES)
@pytest.mark.parametrize("size", [1, 2, 5, 11])
def test_reader_of_pieces_reads_the_same_as_of_the_whole(written: str, size: int) -> None:
    assert read_in_pieces(written, size) == read_rich_text(written)


@settings(deadline=None, max_examples=400)
@given(MARKS, st.integers(1, 9))
@example("![a](b) [c](d)\n", 1)
def test_reader_of_pieces_reads_any_text_as_the_whole(text: str, size: int) -> None:
    assert read_in_pieces(text, size) == read_rich_text(text)


@pytest.mark.parametrize("begun", ["[a", "<a href='", "$x", "\\(", "```", "| a ", "[a](" + "b" * 100])
def test_reader_holds_the_beginning_of_a_construct(begun: str) -> None:
    reader = RichTextReader()
    assert reader.feed(f"Hello.\n{begun}") == "Hello.\n"
    assert reader.finish() == read_rich_text(begun)


@pytest.mark.parametrize("unit", ["[", "<a ", "$x ", "\\(", "`", "|", "&a", "**", "[a](", ":a"])
def test_reader_holds_a_bounded_number_of_characters(unit: str) -> None:
    reader = RichTextReader()
    written = unit * 5_000
    read = "".join([reader.feed(written[start : start + 50]) for start in range(0, len(written), 50)])
    assert len(reader.finish()) <= MOST_HELD + len(unit)
    assert read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("**bold** and *soft* and ***both***, __so__", "bold and soft and both, so"),
        ("A/c **1234 and 2*3*4, *99# and *121*1#", "A/c **1234 and 2*3*4, *99# and *121*1#"),
        ("snake_case_name, __init__", "snake_case_name, init"),
        ("_+91 98765 43210_ is _mine_, _private ^_^ -_- -_-", "+91 98765 43210 is mine, _private ^_^ -_- -_-"),
    ],
)
def test_emphasis_goes_but_other_asterisks_stay(written: str, read: str) -> None:
    assert without_emphasis(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"\frac{1}{2} \times x^{2}", "1/2  × x²"),
        (r"\sqrt{16} \le 2^{10}", "√16 ≤ 2^10"),
        (r"\int_0^1 x\,dx", "integral from 0 to 1 of  x d x"),
        (r"\text{speed} = \frac{d}{t}", "speed =  d over t"),
        (r"a - b", "a minus b"),
    ],
)
def test_formula_becomes_signs_and_words(written: str, read: str) -> None:
    assert read_formula(written) == read
