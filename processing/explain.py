"""Explanation of a spoken form: which parts of a text become which words, and by which rules."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from processing.normalise import normalise_steps
from processing.normalise.trace import Change, Trace
from processing.passages import resolve_passage
from processing.script import ScriptRules
from shared.passages import Passage
from shared.steps import Steps
from shared.types import AUTOMATIC, Reading


@dataclass(frozen=True, slots=True)
class Explanation:
    """Text with its tags resolved, its spoken form and main language, and the changes from one to the other."""

    text: str
    spoken: str
    language: str
    changes: tuple[Change, ...]


def explain_steps(
    passages: Sequence[Passage], rules: ScriptRules, *, reading: Reading = AUTOMATIC, spoken: Sequence[str] = ()
) -> Steps[Explanation]:
    """Explain the spoken form of `passages`; `spoken` are the languages of the voice.

    Raises as `processing.script.write_steps` does.
    """
    written = said = language = ""
    changes: list[Change] = []
    for passage in passages:
        passage = resolve_passage(passage, known=rules.emotions, unknown=rules.unknown_emotions)
        trace = Trace()
        made = yield from normalise_steps(
            passage.text,
            lexicon=rules.lexicon,
            reading=replace(reading, language=passage.language) if passage.language else reading,
            spoken=passage.delivery.voice.languages if passage.delivery.voice else spoken,
            inserts=passage.inserts,
            marks=passage.marks,
            trace=trace,
            scripts=rules.scripts,
        )
        if said and made.spoken:
            said += " "
        if written and not written[-1].isspace():
            written += " "
        changes += [_moved(change, len(written), len(said)) for change in trace.changes]
        written, said, language = written + passage.text, said + made.spoken, language or made.language
    kept = (change for change in changes if change.spoken_end > change.spoken_start or _is_seen(written, change))
    return Explanation(written, said, language, tuple(kept))


def _is_seen(text: str, change: Change) -> bool:
    return bool(text[change.start : change.end].strip())


def _moved(change: Change, written: int, spoken: int) -> Change:
    return Change(
        change.start + written,
        change.end + written,
        change.spoken_start + spoken,
        change.spoken_end + spoken,
        change.rules,
    )
