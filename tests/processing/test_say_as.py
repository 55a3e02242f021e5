import pytest

from processing.normalise import normalise_steps
from processing.normalise.say_as import KINDS
from processing.passages import keep_written
from processing.phonemes import read_phonemes
from shared.passages import Insert, Mark, Passage, Phonemes, SayAs
from shared.steps import finish
from shared.types import AUTOMATIC, Reading


def said(
    written: str,
    kind: str,
    format: str = "",
    before: str = "It is ",
    after: str = " here.",
    reading: Reading = AUTOMATIC,
) -> str:
    insert = Insert(len(before), len(before) + len(written), SayAs(KINDS[kind], format))
    spoken = finish(normalise_steps(before + written + after, inserts=[insert], reading=reading)).spoken
    assert spoken.startswith(before) and spoken.endswith(after)
    return spoken[len(before) : -len(after)]


@pytest.mark.parametrize(
    ("kind", "format", "written", "words"),
    [
        ("cardinal", "", "12345", "twelve thousand three hundred and forty five"),
        ("cardinal", "", "-2.50", "minus two point five zero"),
        ("cardinal", "", "many", "many"),
        ("ordinal", "", "10", "tenth"),
        ("ordinal", "", "21st", "twenty first"),
        ("digits", "", "2015", "two zero one five"),
        ("characters", "", "SQL", "S Q L"),
        ("spell-out", "", "ab-1 c", "A B dash one, C"),
        ("verbatim", "", "x@y", "X at Y"),
        ("telephone", "", "1800-202-1212", "one eight zero zero, two zero two, one two one two"),
        ("telephone", "1", "+91 98765", "plus nine one, nine eight seven six five"),
        ("date", "yyyymmdd", "1960-09-10", "tenth September nineteen sixty"),
        ("date", "yyyymmdd", "19600910", "tenth September nineteen sixty"),
        ("date", "mdy", "9/10/60", "tenth September nineteen sixty"),
        ("date", "dm", "10-9", "tenth September"),
        ("date", "my", "9/1960", "September nineteen sixty"),
        ("date", "mdy", "31/12/2024", "thirty first December twenty twenty four"),
        ("year", "", "1984", "nineteen eighty four"),
        ("time", "hms12", "2:30pm", "two thirty P M"),
        ("time", "hms24", "14.30", "fourteen thirty"),
        ("duration", "h:m", "5:30", "five hours thirty minutes"),
        ("currency", "", "$42.01", "forty two dollars and one cent"),
        ("fraction", "", "5+1/2", "five and a half"),
        ("fraction", "", "2/9", "two ninths"),
        ("unit", "", "10 kg", "ten kilograms"),
    ],
)
def test_span_is_spoken_as_its_kind(kind, format, written, words):
    assert said(written, kind, format) == words


@pytest.mark.parametrize(
    ("before", "after", "kind", "written", "words"),
    [
        ("यह संख्या ", " है।", "digits", "12", "एक दो"),
        ("यह संख्या ", " है।", "digits", "१२", "एक दो"),
        ("यह ", " है।", "cardinal", "25", "पच्चीस"),
        ("ఇది ", " ఉంది.", "digits", "12", "ఒకటి రెండు"),
        ("இது ", " ஆகும்.", "digits", "12", "ஒன்று இரண்டு"),
        ("இது ", " ஆகும்.", "ordinal", "12", "ஒன்று இரண்டு"),
        ("இது ", " ஆகும்.", "characters", "அகி1", "அ கி ஒன்று"),
    ],
)
def test_span_is_spoken_in_the_language_of_its_sentence(before, after, kind, written, words):
    assert said(written, kind, before=before, after=after) == words


@pytest.mark.parametrize(
    ("kind", "written", "reading", "words"),
    [
        ("digits", "4555", Reading(repeated_digits="double"), "four triple five"),
        ("digits", "123456", Reading(digit_grouping=3), "one two three, four five six"),
        ("telephone", "98480", Reading(digit_grouping=2), "nine eight, four eight, zero"),
        ("cardinal", "2500000", Reading(number_scale="million"), "two million five hundred thousand"),
        ("currency", "05/08/2025", Reading(date_order="mdy"), "eighth May twenty twenty five"),
    ],
)
def test_span_is_spoken_as_the_options_of_reading_ask(kind, written, reading, words):
    assert said(written, kind, reading=reading) == words


def test_span_is_spoken_as_the_options_ask_without_normalising():
    passage = Passage("Code 4555.", inserts=(Insert(5, 9, SayAs("digits", "")),))
    made = keep_written(passage, reading=Reading(repeated_digits="double"), spoken=())
    assert made.spoken == "Code four triple five."


def test_figure_of_a_span_in_a_script_without_names_of_digits_is_reported():
    text = "数 12 個"
    made = finish(normalise_steps(text, inserts=[Insert(2, 4, SayAs("digits", ""))]))
    assert made.unread == "Chinese"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("The ", " is ripe.", "tuhmaytoh"),
        ("यह ", " पका है।", "टमेटो"),
        ("ఈ ", " పండింది.", "టమేటో"),
        ("இந்த ", " பழம்.", "tuhmaytoh"),
    ],
)
def test_phonemes_are_respelt_in_the_script_of_their_sentence(before, after, words):
    phonemes = Phonemes(read_phonemes("təˈmeɪtoʊ"))
    text = f"{before}tomato{after}"
    made = finish(normalise_steps(text, inserts=[Insert(len(before), len(before) + 6, phonemes)]))
    assert made.spoken == f"{before}{words}{after}"


def test_places_of_marks_are_found_in_the_spoken_text():
    text = "Pay 5 km far. Then 20 of us go."
    marks = [Mark("a", 0), Mark("b", text.index("far")), Mark("c", text.index("20")), Mark("d", len(text))]
    made = finish(normalise_steps(text, marks=marks))
    assert made.spoken == "Pay five kilometers far. Then twenty of us go."
    assert [made.spoken[place:].split(" ")[0] for place in made.marks] == ["Pay", "far.", "twenty", ""]
