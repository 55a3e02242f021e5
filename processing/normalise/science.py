"""Rules for units of science that only English has here, and for signs between them: '47 µF', '2.3 eV', 'N·m²'."""

import re

from processing.normalise.languages.english import ENGLISH
from processing.normalise.surroundings import describes_noun, seen_near
from processing.normalise.units import read_unit_names
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import NUMBER, Rule, alternatives, read_amount

_NAMES = read_unit_names(
    """
µF = microfarad
μF = microfarad
uF = microfarad
nF = nanofarad
pF = picofarad
mF = millifarad
mH = millihenry | millihenries
µH = microhenry | microhenries
eV = electronvolt
keV = kiloelectronvolt
MeV = megaelectronvolt
GeV = gigaelectronvolt
TeV = teraelectronvolt
Nm = newton meter
N·m = newton meter
MPa = megapascal
GPa = gigapascal
MΩ = megaohm
mT = millitesla | millitesla
kWp = kilowatt peak | kilowatts peak
kgf = kilogram force | kilograms force
dBm = decibel milliwatt
kcal/mol = kilocalorie per mole | kilocalories per mole
mol/L = mole per liter | moles per liter
rad/s = radian per second | radians per second
kg/cm² = kilogram per square centimeter | kilograms per square centimeter
kg/cm2 = kilogram per square centimeter | kilograms per square centimeter
N/m = newton per meter | newtons per meter
N/mm² = newton per square millimeter | newtons per square millimeter
N/m² = newton per square meter | newtons per square meter
W/m² = watt per square meter | watts per square meter
cd/m² = candela per square meter | candelas per square meter
N·m²/kg² = newton square meter per square kilogram | newton square meters per square kilogram
J/(mol·K) = joule per mole kelvin | joules per mole kelvin
W/(m·K) = watt per meter kelvin | watts per meter kelvin
J/(kg·K) = joule per kilogram kelvin | joules per kilogram kelvin
kg·m/s = kilogram meter per second | kilogram meters per second
U/L = unit per liter | units per liter
U/l = unit per liter | units per liter
U/mL = unit per milliliter | units per milliliter
U/ml = unit per milliliter | units per milliliter
g/cc = gram per cubic centimeter | grams per cubic centimeter
lpm = liter per minute | liters per minute
""",
    plural="s",
)
_MEASURE = re.compile(rf"(?<![\w.,^])(?<!\^-)(?P<number>{NUMBER}) ?(?P<unit>{alternatives(_NAMES)})(?![\w²³/·])")
_UNIT_BEHIND_POWER = re.compile(
    rf"(?:(?<=\^-\d )|(?<=\^-\d\d )|(?<=\^\d )|(?<=\^\d\d ))(?P<unit>{alternatives(_NAMES)})(?![\w²³/·])"
)
_FORCE = re.compile(r"(?<=\d) ?N(?=[\s.,;)]|$)")
_FORCED = re.compile(
    r"(?i:forces?|newtons?|weighs?|weight|tension|thrust|friction|push(?:ed|es)?|pull(?:ed|s)?)(?![a-z])|F ?=|m/s²"
)
_MOLAR = re.compile(
    r"(?<=\d) ?M(?= (?:aq\.? |solution|soln|sol\.|H?Cl|NaOH|KOH|H₂SO|H2SO4|HNO3|NaCl|KCl|AgNO3|BaCl|CaCl|NH3|NH4|CuSO4|KMnO4|Na2|EDTA|acetic|oxalic|glucose|urea|sucrose|sodium|potassium|Tris|(?:[A-Z] ){1,5}(?:two|three|four)))"
)
_DOT = re.compile(r"(?<=[A-Za-z²³])·(?=[A-Za-z]|\d{0,2}H)")
_JOULES = re.compile(r"(?<=\bJ)·(?=[sK])")
_CHANGE = re.compile(r"Δ(?=[A-Za-z])")


def _say_measure(match: re.Match[str], verbalizer: Verbalizer) -> str:
    amount, names = read_amount(match["number"]), _NAMES[match["unit"]]
    reader = verbalizer if verbalizer.block is not None else ENGLISH
    return f"{reader.amount(amount)} {names.one if amount.is_one or describes_noun(match) else names.many}"


def _say_unit_behind_power(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the unit of '6.67 × 10⁻¹¹ N·m²/kg²'."""
    return _NAMES[match["unit"]].many


def _say_force(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the unit of 'a force of 20 N' beside words of mechanics; elsewhere it is a direction."""
    if not seen_near(_FORCED, match, 60):
        return None
    one = match.string[max(0, match.start() - 2) : match.start()].strip() == "1"
    return f" newton{'s' * (not one)}"


def _say_molar(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the word of '0.1 M HCl', which are no millions."""
    return " molar"


def _say_space(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return " "


def _say_change(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return "delta "


RULES = (Rule(_CHANGE, _say_change, "Δ"), Rule(_JOULES, _say_space, "·"))
"""Rules for text with or without figures."""

FIGURES = (
    Rule(_UNIT_BEHIND_POWER, _say_unit_behind_power, "^", needs="^"),
    Rule(_MEASURE, _say_measure, "".join({form[0] for form in _NAMES} | {" "})),
    Rule(_FORCE, _say_force, "N "),
    Rule(_MOLAR, _say_molar, "M "),
    Rule(_DOT, _say_space, "·"),
)
"""Rules before those of measures and models."""
