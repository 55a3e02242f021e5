import pytest

from processing.markup.reading import Form
from shared.errors import ValidationFailed
from tests.processing.markup.documents import read, script, spoken


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a < b, <i> & 5 > 4", "a is less than b, and five is greater than four"),
        ("Spell <spell>SQL12</spell> now.", "Spell S Q L one two now."),
        ('<say-as interpret-as="digits">12</say-as> of <sub alias="four">IV</sub>', "one two of four"),
        ("Not closed <emphasis>here", "Not closed here"),
        ("A piece of a tag <bre", "A piece of a tag bre"),
        ("<break time='1s'/>Hi", "Hi"),
        ("Hi <break time='1s'/>see [1,00,000](http://a.in/x) votes.", "Hi see one lakh votes."),
    ],
)
def test_single_tags_are_read_and_everything_else_is_text(text, expected):
    assert spoken(text, Form.TAGS) == expected


def test_tags_of_vendors_set_pauses_speed_and_volume():
    made = script('One.<break time="1.5s" />Two. <speed ratio="1.5"/>Three. <volume ratio="0.5"/>Four.', Form.TAGS)
    assert made.pauses_s[0] == 1.5
    assert [(one.delivery.rate, one.delivery.gain) for one in made.chunks] == [(1, 1), (1, 1), (1.5, 1), (1.5, 0.5)]
    _, report = read('<emotion value="angry"/>No. <phoneme alphabet="ipa" ph="a">a</phoneme>', Form.TAGS)
    assert [one.what for one in report.ignored] == ["emotion"] and report.applied["phoneme"] == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('Hello\n  <break time="x"/>', r"break: time .* \(line 2, column 3\)"),
        ("Hello</spell>", r"</spell> closes nothing \(line 1, column 6\)"),
    ],
)
def test_wrong_value_is_refused_with_its_place(text, reason):
    with pytest.raises(ValidationFailed, match=reason):
        read(text, Form.TAGS)
