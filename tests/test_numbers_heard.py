"""Round trip of numbers, dates, times and money: written, spoken by the demo voice, and recognised.

The recogniser knows the sentence around the number. In the place of the number it expects any number up to 99 lakh,
with or without decimals, any amount of money, measure, date, year, time, code or fraction.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from processing.normalise import normalise
from services.runtime import open_runtime
from shared.config import CodecMode, EngineKind, Settings
from training.demo_voice.recogniser import Recogniser, words
from training.demo_voice.recordings import record

LINES = [
    line
    for line in (Path(__file__).parent / "data" / "heard_en.txt").read_text().splitlines()
    if not line.startswith("#")
]
VOICE = "aarvi"
PRONUNCIATIONS = {"lakh": "L AA K", "crore": "K R AO R", "paise": "P AY S AH"}
"""Words of India that the recogniser's dictionary lacks."""
NUMBERS = """#JSGF V1.0; grammar numbers;
<unit> = one | two | three | four | five | six | seven | eight | nine;
<digit> = zero | <unit>;
<teen> = ten | eleven | twelve | thirteen | fourteen | fifteen | sixteen | seventeen | eighteen | nineteen;
<ten> = twenty | thirty | forty | fifty | sixty | seventy | eighty | ninety;
<tens> = <unit> | <teen> | <ten> [<unit>];
<rest> = <unit> hundred [and <tens>] | and <tens>;
<number> = zero | <tens> | <unit> hundred [and <tens>] | <tens> thousand [<rest>]
 | <tens> lakh [<tens> thousand] [<rest>];
<amount> = <number> [point <digit>+] [lakh | crore | million | billion];
<money> = <amount> (rupee | rupees | dollar | dollars | euros | pounds) [and <tens> (paise | cents)];
<measure> = <amount> (percent | liters | kilometers | kilograms | millimeters | meters | grams | degrees celsius);
<year> = (eighteen | nineteen | twenty) (<teen> | <ten> [<unit>]) | two thousand [<unit>];
<decade> = nineteen (twenties | thirties | forties | fifties | sixties | seventies | eighties | nineties);
<low> = first | second | third | fourth | fifth | sixth | seventh | eighth | ninth;
<ordinal> = <low> | tenth | eleventh | twelfth | thirteenth | fourteenth | fifteenth | sixteenth | seventeenth
 | eighteenth | nineteenth | twentieth | thirtieth | (twenty | thirty) <low>;
<month> = january | february | march | april | may | june | july | august | september | october | november | december;
<date> = <ordinal> <month> [<year>] | <month> <ordinal> [<year>];
<clock> = <tens> [<teen> | <ten> [<unit>]] [a m | p m];
<digits> = <digit> <digit> <digit> <digit>+;
<fraction> = half | <unit> (quarters | thirds);
<pair> = <unit> <unit> | <unit> to <unit>;
<slot> = /10/ <amount> | /10/ <money> | /10/ <measure> | /10/ <year> | /10/ <decade> | /10/ <ordinal> | /10/ <date>
 | /10/ <clock> | /1/ <digits> | /10/ <fraction> | /10/ <pair>;
"""
"""Grammar of all numbers. Codes have a tenth of the weight: without it every long sound is digits."""
LEAST = 45
"""Least number of lines that are understood, of 50. On 2026-11-23 47 were; 45 with two other voices, by an earlier
grammar."""


def place(line: str) -> tuple[str, str]:
    """Return the text, without the brackets, and the grammar of what the recogniser expects to hear."""
    before, rest = line.split("[")
    behind = " ".join(words(rest.partition("]")[2]))
    return line.replace("[", "").replace("]", ""), f"public <s> = {' '.join(words(before))} <slot> {behind};"


def alike(heard: list[str]) -> list[str]:
    """Return the words with one spelling of "two" and "to", which sound alike."""
    return ["two" if word == "to" else word for word in heard]


@pytest.mark.slow
@pytest.mark.asyncio
async def test_numbers_of_fifty_lines_are_understood_as_written() -> None:
    checkpoint = Path(__file__).parents[1] / "voices" / "demo"
    settings = Settings(checkpoint=checkpoint, engine=EngineKind.TRANSFORMERS, codec_mode=CodecMode.FAST, device="cpu")
    recogniser, other = Recogniser(), list[str]()
    recogniser.add_words(PRONUNCIATIONS)
    async with open_runtime(settings) as runtime:
        voice = next(voice for voice in runtime.checkpoint.voices if voice.id == VOICE)
        for line in LINES:
            text, grammar = place(line)
            made = await record(runtime.pipeline, voice, text, replace(runtime.checkpoint.sampling, temperature=0.0))
            recogniser.expect(NUMBERS + grammar)
            spoken, heard = words(normalise(text)), recogniser.recognise(made.samples)
            if alike(heard) != alike(spoken):
                other.append(f"{' '.join(spoken)} / {' '.join(heard)}")
    print(f"{len(LINES) - len(other)} of {len(LINES)} lines are understood; others: {other}")  # noqa: T201
    assert len(LINES) == 50 and len(LINES) - len(other) >= LEAST, other
