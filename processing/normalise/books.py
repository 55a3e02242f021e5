"""Order of the rules of normalisation: before those for figures, for figures, and behind them."""

from processing.normalise import (
    addresses,
    calendar,
    capitals,
    chat,
    clinic,
    clock_lists,
    codes,
    commands,
    compass,
    computing,
    cricket,
    currencies_abroad,
    durations,
    everyday_figures,
    forms_abroad,
    formulas,
    identifiers,
    indic_abbreviations,
    indic_registers,
    initialisms,
    kitchen,
    letters,
    lone_identifiers,
    markets,
    marks,
    measures,
    money,
    months,
    notations,
    notices,
    number_words,
    numbers,
    orders,
    postal,
    prescriptions,
    products,
    proportions,
    quantities,
    repetitions,
    romans,
    routes,
    science,
    short_codes,
    short_dates,
    short_forms_beside,
    short_measures,
    signs,
    sports,
    streets,
    strokes,
    technical_names,
    travel,
    typed_forms,
    unit_words,
    verses,
    weekdays,
)
from processing.normalise.written import RuleBook

BEFORE_FIGURES = RuleBook(
    addresses.RULES
    + indic_registers.NAMES
    + quantities.RULES
    + streets.RULES
    + chat.RULES
    + routes.NAMES
    + marks.NAMES
    + clinic.RULES
    + short_forms_beside.RULES
    + compass.RULES
    + currencies_abroad.RULES
    + notices.RULES
    + initialisms.RULES
    + formulas.RULES
    + everyday_figures.RULES
    + short_measures.RULES
    + science.RULES
    + cricket.NAMES
    + sports.RULES
    + markets.RULES
    + technical_names.RULES
    + commands.RULES
    + computing.RULES
    + notations.RULES
    + prescriptions.RULES
    + weekdays.RULES
    + postal.NAMES
    + travel.NAMES
    + money.NAMES
    + strokes.RULES
    + typed_forms.RULES
    + number_words.RULES
    + letters.RULES
    + indic_abbreviations.RULES
    + romans.RULES
)
FIGURES = RuleBook(
    verses.RULES
    + forms_abroad.FIGURES
    + repetitions.FIGURES
    + orders.RULES
    + cricket.FIGURES
    + sports.FIGURES
    + formulas.FIGURES
    + science.FIGURES
    + short_measures.FIGURES
    + everyday_figures.FIGURES
    + durations.PACE
    + technical_names.FIGURES
    + products.FIGURES
    + quantities.FIGURES
    + kitchen.FIGURES
    + commands.FIGURES
    + computing.FIGURES
    + markets.FIGURES
    + proportions.RULES
    + notations.FIGURES
    + measures.BEFORE_DATES
    + notices.FIGURES
    + travel.RULES
    + postal.FIGURES
    + indic_registers.FILES
    + identifiers.RULES
    + indic_registers.RULES
    + short_codes.RULES
    + codes.NAMED
    + postal.PINS
    + lone_identifiers.RULES
    + clock_lists.RULES
    + short_dates.RULES
    + calendar.RULES
    + signs.BEFORE_NUMBERS
    + currencies_abroad.FIGURES
    + money.RULES
    + marks.FIGURES
    + signs.BETWEEN_NUMBERS
    + measures.RULES
    + numbers.SCALES
    + codes.MODELS
    + strokes.FIGURES
    + short_dates.FIGURES
    + numbers.RULES
)
AFTER_FIGURES = RuleBook(
    unit_words.WORDS + initialisms.WORDS + months.WORDS + capitals.CAPITALS + markets.WORDS + signs.BETWEEN_WORDS
)
