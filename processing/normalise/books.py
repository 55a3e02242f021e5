"""Order of the rules of normalisation: before those for figures, for figures, and behind them."""

from processing.normalise import (
    addresses,
    calendar,
    capitals,
    chat,
    clock_lists,
    codes,
    compass,
    computing,
    cricket,
    currencies_abroad,
    durations,
    everyday_figures,
    formulas,
    identifiers,
    indic_registers,
    initialisms,
    letters,
    markets,
    measures,
    money,
    months,
    notations,
    notices,
    numbers,
    orders,
    postal,
    prescriptions,
    proportions,
    routes,
    science,
    short_codes,
    short_dates,
    signs,
    sports,
    strokes,
    travel,
    typed_forms,
    verses,
    weekdays,
)
from processing.normalise.written import RuleBook

BEFORE_FIGURES = RuleBook(
    addresses.RULES
    + chat.RULES
    + routes.NAMES
    + compass.RULES
    + currencies_abroad.RULES
    + notices.RULES
    + initialisms.RULES
    + formulas.RULES
    + everyday_figures.RULES
    + science.RULES
    + cricket.NAMES
    + sports.RULES
    + markets.RULES
    + computing.RULES
    + notations.RULES
    + prescriptions.RULES
    + weekdays.RULES
    + postal.NAMES
    + travel.NAMES
    + strokes.RULES
    + typed_forms.RULES
    + letters.SHORT_FORMS
)
FIGURES = RuleBook(
    verses.RULES
    + orders.RULES
    + cricket.FIGURES
    + sports.FIGURES
    + formulas.FIGURES
    + science.FIGURES
    + everyday_figures.FIGURES
    + durations.PACE
    + computing.FIGURES
    + markets.FIGURES
    + proportions.RULES
    + notations.FIGURES
    + measures.BEFORE_DATES
    + notices.FIGURES
    + travel.RULES
    + postal.FIGURES
    + identifiers.RULES
    + indic_registers.RULES
    + short_codes.RULES
    + codes.NAMED
    + postal.PINS
    + identifiers.REST
    + clock_lists.RULES
    + short_dates.RULES
    + calendar.RULES
    + signs.BEFORE_NUMBERS
    + currencies_abroad.FIGURES
    + money.RULES
    + signs.BETWEEN_NUMBERS
    + measures.RULES
    + numbers.SCALES
    + codes.MODELS
    + numbers.RULES
)
AFTER_FIGURES = RuleBook(initialisms.WORDS + months.WORDS + capitals.CAPITALS + markets.WORDS + signs.BETWEEN_WORDS)
