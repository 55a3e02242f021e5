"""Meaning of each element: what it gives to the builder of passages, and what it reports.

The elements are SSML 1.1's, Azure's `bookmark`, and `spell`, `speed`, `volume` and `emotion` of Cartesia.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from processing.markup.builder import MAX_PAUSE_S, Manner, Origin, PassageBuilder
from processing.markup.report import Place, ReportBuilder, markup_error, shown
from processing.markup.values import (
    LEAST_RATE,
    MOST_DB,
    MOST_RATE,
    STRENGTHS_S,
    from_decibels,
    read_duration,
    read_rate,
    read_volume,
)
from processing.normalise.say_as import KINDS
from processing.phonemes import ALPHABETS, UnknownPhoneme, alphabet_name, has_stress, read_phonemes
from processing.respelling import respell
from shared.errors import InvalidSpeaker
from shared.passages import Phonemes, SayAs
from shared.types import Voice

MAX_VALUE = 256
"""Longest alias or name of a mark, in characters: as a lexicon's spoken form."""
EMPHASIS = {"strong": (0.85, 3.0), "moderate": (0.95, 1.5), "none": (1.0, 0.0), "reduced": (1.05, -3.0)}
"""Rate as a factor, and gain in decibels, of each level of `emphasis`. Chosen: stressed speech is slower and louder."""
IGNORED = {
    "lexicon": "a document names no dictionary; `lexicon` of the request does",
    "lookup": "a document names no dictionary; its text is spoken",
    "emotion": "emotions are written as tags, such as [excited]",
}
"""Elements without effect whose text is spoken, with the reason."""
LANGUAGE = "xml:lang"


class VoiceFinder(Protocol):
    """Finder of the voices that markup names."""

    def speaker(self, name: str) -> Voice:
        """Return the voice of an id or an alias. Raises InvalidSpeaker."""
        ...


@dataclass(slots=True)
class Frame:
    """Open element, with the manner before it, and the count of characters that the builder had then.

    `text` collects the text of an element that holds text alone, which is at `origin`; None for others. `silent`:
    nothing in it is spoken.
    """

    name: str
    attributes: Mapping[str, str]
    place: Place
    before: Manner
    written: int
    text: list[str] | None = None
    silent: bool = False
    origin: Origin = (0, 0)


@dataclass(slots=True)
class Target:
    """Target of all elements: the builder of passages, the report, and the voices that may be named."""

    builder: PassageBuilder
    report: ReportBuilder
    voices: VoiceFinder

    def scale(self, frame: Frame, *, rate: float = 1.0, gain: float = 1.0) -> None:
        """Multiply rate and gain of the text that follows, within their bounds."""
        manner = self.builder.manner
        wanted = manner.delivery.rate * rate
        bounded = min(max(wanted, LEAST_RATE), MOST_RATE)
        if bounded != wanted:
            reason = f"a rate is {LEAST_RATE:g} to {MOST_RATE:g}; it is {bounded:g}"
            self.report.ignore(f"{frame.name} rate", reason, frame.place)
        gain = min(manner.delivery.gain * gain, from_decibels(MOST_DB))
        delivery = replace(manner.delivery, rate=bounded, gain=gain)
        self.builder.change(replace(manner, delivery=delivery), frame.place)


Meaning = Callable[[Target, Frame], None]


def _begin_paragraph(target: Target, frame: Frame) -> None:
    target.report.apply("p")
    target.builder.end_paragraph(frame.place)


def _begin_sentence(target: Target, frame: Frame) -> None:
    target.report.apply("s")
    target.builder.end_sentence()


def _break(target: Target, frame: Frame) -> None:
    strength, time = frame.attributes.get("strength", "medium"), frame.attributes.get("time")
    if strength not in STRENGTHS_S:
        raise markup_error(f"break: strength must be one of {', '.join(STRENGTHS_S)}", frame.place)
    seconds = STRENGTHS_S[strength] if time is None else read_duration(time)
    if seconds is None:
        raise markup_error("break: time must be a number with its unit, such as 500ms or 1.5s", frame.place)
    if seconds > MAX_PAUSE_S:
        target.report.ignore("break time", f"a pause has at most {MAX_PAUSE_S:g} s; it has that length", frame.place)
        seconds = MAX_PAUSE_S
    if seconds:
        target.builder.add_pause(seconds, frame.place)
    target.report.apply("break")


def _mark(target: Target, frame: Frame) -> None:
    name = frame.attributes.get("name" if frame.name == "mark" else "mark", "").strip()
    if not 0 < len(name) <= MAX_VALUE:
        raise markup_error(f"{frame.name}: needs a name of 1 to {MAX_VALUE} characters", frame.place)
    target.builder.add_mark(name, frame.place)
    target.report.apply("mark")


def _voice(target: Target, frame: Frame) -> None:
    name = frame.attributes.get("name", frame.attributes.get("id", "")).strip()
    if not name:
        target.report.ignore("voice", "only its name chooses a voice: gender, age and language do not", frame.place)
        return
    try:
        voice = target.voices.speaker(name)
    except InvalidSpeaker as error:
        details: dict[str, object] = {"field": "text", "line": frame.place.line, "column": frame.place.column}
        raise InvalidSpeaker(f"markup: voice: {error.message}", details=details) from None
    manner = target.builder.manner
    target.builder.change(replace(manner, delivery=replace(manner.delivery, voice=voice)), frame.place)
    target.report.apply("voice")


def _prosody(target: Target, frame: Frame) -> None:
    given = frame.attributes
    for name in ("pitch", "range", "contour"):
        if name in given:
            target.report.ignore(f"prosody {name}", "the checkpoint has no control of pitch", frame.place)
    if "duration" in given:
        target.report.ignore("prosody duration", "the length of a text is not controlled; `rate` is", frame.place)
    if "rate" in given:
        target.scale(frame, rate=_read(read_rate(given["rate"]), "prosody: rate", "slow, 80% or 1.2", frame))
    if "volume" in given:
        target.scale(frame, gain=_read(read_volume(given["volume"]), "prosody: volume", "loud, +6dB or 80", frame))
    if "rate" in given or "volume" in given:
        target.report.apply("prosody")


def _ratio(target: Target, frame: Frame) -> None:
    """Set the rate or the volume of all text that follows, as Cartesia's empty elements do."""
    number = _read(read_rate(frame.attributes.get("ratio", "")), f"{frame.name}: ratio", "1.2", frame)
    manner = target.builder.manner
    if frame.name == "speed":
        delivery = replace(manner.delivery, rate=min(max(number, LEAST_RATE), MOST_RATE))
    else:
        delivery = replace(manner.delivery, gain=min(number, from_decibels(MOST_DB)))
    target.builder.change(replace(manner, delivery=delivery), frame.place)
    frame.before = target.builder.manner
    target.report.apply(frame.name)


def _emphasis(target: Target, frame: Frame) -> None:
    level = frame.attributes.get("level", "moderate")
    if level not in EMPHASIS:
        raise markup_error(f"emphasis: level must be one of {', '.join(EMPHASIS)}", frame.place)
    rate, decibels = EMPHASIS[level]
    target.scale(frame, rate=rate, gain=from_decibels(decibels))
    target.report.apply("emphasis")


def _lang(target: Target, frame: Frame) -> None:
    if LANGUAGE not in frame.attributes:
        raise markup_error("lang: needs xml:lang", frame.place)
    target.report.apply("lang")


def _end_sub(target: Target, frame: Frame) -> None:
    alias = frame.attributes.get("alias", "")
    if not 0 < len(alias.strip()) <= MAX_VALUE:
        raise markup_error(f"sub: needs an alias of 1 to {MAX_VALUE} characters", frame.place)
    target.builder.add_text(alias, frame.origin, as_sent=False)
    target.report.apply("sub")


def _end_say_as(target: Target, frame: Frame) -> None:
    written = "".join(frame.text or [])
    kind = "characters" if frame.name == "spell" else frame.attributes.get("interpret-as", "").strip().lower()
    if not kind:
        raise markup_error("say-as: needs interpret-as", frame.place)
    if kind not in KINDS:
        reason = f"known are {', '.join(KINDS)}; the text is read as usual"
        target.report.ignore(f"say-as {shown(kind)}", reason, frame.place)
        return target.builder.add_text(written, frame.origin)
    spoken = SayAs(KINDS[kind], frame.attributes.get("format", "").strip().lower())
    target.builder.add_insert(written, spoken, frame.origin)
    target.report.apply(frame.name)


def _end_phoneme(target: Target, frame: Frame) -> None:
    written, given = "".join(frame.text or []), frame.attributes.get("ph", "").strip()
    if not 0 < len(given) <= MAX_VALUE:
        raise markup_error(f"phoneme: needs ph, of 1 to {MAX_VALUE} characters", frame.place)
    alphabet = alphabet_name(frame.attributes.get("alphabet", ""))
    if alphabet is None:
        raise markup_error(f"phoneme: alphabet must be one of {', '.join(ALPHABETS)}", frame.place)
    try:
        phones = read_phonemes(given, alphabet)
    except UnknownPhoneme as unknown:
        raise markup_error(f"phoneme: {unknown.reason()}", frame.place) from None
    if has_stress(given, alphabet):
        reason = "the checkpoint takes spellings, not phonemes: the sounds are respelt, without stress"
        target.report.ignore("phoneme stress", reason, frame.place)
    if written.strip():
        target.builder.add_insert(written.strip(), Phonemes(phones), _stripped(written, frame.origin))
    else:
        target.builder.add_insert(respell(phones, None), Phonemes(phones), frame.origin, as_sent=False)
    target.report.apply("phoneme")


def _end_audio(target: Target, frame: Frame) -> None:
    reason = "sounds are not fetched: the text inside is spoken, or else a pause stands for it"
    target.report.ignore("audio", reason, frame.place)
    if target.builder.written == frame.written:
        target.builder.add_pause(STRENGTHS_S["medium"], frame.place)


def _ignored(target: Target, frame: Frame) -> None:
    target.report.ignore(frame.name, IGNORED[frame.name], frame.place)


def _end_sentence(target: Target, _frame: Frame) -> None:
    target.builder.end_sentence()


def _end_paragraph(target: Target, frame: Frame) -> None:
    target.builder.end_paragraph(frame.place)


def _stripped(text: str, origin: Origin) -> Origin:
    """Return the place of `text` without the white space around it."""
    if origin[1] - origin[0] != len(text):  # with references
        return origin
    return origin[0] + len(text) - len(text.lstrip()), origin[0] + len(text.rstrip())


def _nothing(_target: Target, _frame: Frame) -> None:
    pass


def _read(value: float | None, name: str, example: str, frame: Frame) -> float:
    if value is None:
        raise markup_error(f"{name} must be a value such as {example}", frame.place)
    return value


BEGIN: Mapping[str, Meaning] = {
    **dict.fromkeys(("speak", "w", "token", "sub", "say-as", "spell", "phoneme", "audio"), _nothing),
    **dict.fromkeys(("desc", "meta", "metadata"), _nothing),
    **dict.fromkeys(IGNORED, _ignored),
    **{"p": _begin_paragraph, "s": _begin_sentence, "break": _break, "mark": _mark, "bookmark": _mark},
    **{"voice": _voice, "prosody": _prosody, "speed": _ratio, "volume": _ratio, "emphasis": _emphasis, "lang": _lang},
}
END: Mapping[str, Meaning] = {
    **{"p": _end_paragraph, "s": _end_sentence, "sub": _end_sub, "phoneme": _end_phoneme, "audio": _end_audio},
    **{"say-as": _end_say_as, "spell": _end_say_as},
}
TEXT_ALONE = frozenset(("sub", "say-as", "spell", "phoneme"))
"""Elements that hold text alone; END gives it to the builder."""
EMPTY = frozenset(("break", "mark", "bookmark", "speed", "volume", "emotion", "lexicon", "meta"))
"""Elements that must be empty."""
SILENT = frozenset(("desc", "metadata"))
"""Elements whose text is not spoken."""
