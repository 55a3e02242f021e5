"""Options of reading: order of dates, scale of numbers, groups and repetitions of digits."""

import pytest

from processing.normalise import normalise
from shared.types import Reading


def read(text: str, **options: object) -> str:
    return normalise(text, reading=Reading(**options))


@pytest.mark.parametrize(
    ("text", "order", "said"),
    [
        ("On 05/08/2025.", "dmy", "On fifth August twenty twenty five."),
        ("On 05/08/2025.", "mdy", "On eighth May twenty twenty five."),
        ("On 25/08/2025.", "mdy", "On twenty fifth August twenty twenty five."),
        ("On 08/25/2025.", "dmy", "On twenty fifth August twenty twenty five."),
        ("On 2025-08-05.", "mdy", "On fifth August twenty twenty five."),
        ("दिन 05/08/2024 है", "mdy", "दिन आठ मई दो हज़ार चौबीस है"),
    ],
)
def test_date_order_decides_what_a_numeric_date_leaves_open(text, order, said):
    assert read(text, date_order=order) == said


@pytest.mark.parametrize(
    ("text", "scale", "said"),
    [
        ("₹25,00,000", "lakh", "twenty five lakh rupees"),
        ("₹25,00,000", "million", "two million five hundred thousand rupees"),
        ("$2,500,000", "lakh", "twenty five lakh dollars"),
        ("$2,500,000", "auto", "two million five hundred thousand dollars"),
        ("1500000 people", "million", "one million five hundred thousand people"),
        ("₹5 lakh", "million", "five lakh rupees"),
        ("मुझे ₹25,00,000 दो", "million", "मुझे दो मिलियन पाँच सौ हज़ार रुपये दो"),
        ("మొత్తం 2500000.", "million", "మొత్తం రెండు మిలియన్ల ఐదు వందల వేలు."),
        ("मला ₹25,00,000 द्या आणि जा", "million", "मला दोन मिलियन पाचशे हजार रुपये द्या आणि जा"),
        ("मुझे ₹25,00,000 दो", "lakh", "मुझे पच्चीस लाख रुपये दो"),
    ],
)
def test_number_scale_counts_in_lakh_or_in_millions(text, scale, said):
    assert read(text, number_scale=scale) == said


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("OTP 455566", {"repeated_digits": "double"}, "O T P four triple five double six"),
        ("OTP 5555", {"repeated_digits": "double"}, "O T P double five double five"),
        ("OTP 5555", {}, "O T P five five five five"),
        ("ओटीपी 4455 है", {"repeated_digits": "double"}, "ओटीपी डबल चार डबल पाँच है"),
        ("ఓటీపీ 4455", {"repeated_digits": "double"}, "ఓటీపీ డబుల్ నాలుగు డబుల్ ఐదు"),
        ("It is 3.55.", {"repeated_digits": "double"}, "It is three point five five."),
        ("OTP 123456", {"digit_grouping": 2}, "O T P one two, three four, five six"),
        ("OTP 123456", {"digit_grouping": 3}, "O T P one two three, four five six"),
        (
            "OTP 1122",
            {"digit_grouping": 2, "repeated_digits": "double"},
            "O T P double one, double two",
        ),
        ("It is 3.1415.", {"digit_grouping": 2}, "It is three point one four one five."),
    ],
)
def test_digit_options_change_codes_and_not_decimals(text, options, said):
    assert read(text, **options) == said


def test_options_hold_in_romanised_text_with_a_declared_language():
    assert (
        read("Naa OTP 4455 undi", language="te-IN", repeated_digits="double")
        == "Naa O T P dabul naalugu dabul aidu undi"
    )
    assert read("Mala 2500000 de", language="mr-IN", number_scale="million") == "Mala don miliyan paachshe hajaar de"
