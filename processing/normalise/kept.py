"""Parts of a text that the rules do not read: tags, lexicon entries, inserts and marks of markup.

A placeholder of one character stands for each while the rules read the text; then the spoken form takes its place.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from processing.emotion import TAG
from processing.lexicon import Lexicon
from processing.normalise.cleanup import plain_steps
from processing.normalise.other_scripts import OtherScript
from processing.normalise.say_as import say
from processing.normalise.verbalizer import Verbalizer
from processing.respelling import respell
from processing.rich_text import read_rich_text_steps, without_emphasis
from shared.passages import Insert, Mark, Passage, Phonemes, SayAs, Spoken
from shared.source_map import Run, SourceMap, replace_spans
from shared.steps import Steps

PLACEHOLDER = "\ue000"
"""Character that the clean-up removes from every text."""

Read = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Kept:
    """Part that is kept, with its spoken form, which may depend on the reader. A mark is spoken as ""."""

    written: str
    spoken: Spoken
    kind: str = "lexicon"
    """Name of the rule that keeps the part: "lexicon", "tag", "mark", or that of the markup."""

    @property
    def is_mark(self) -> bool:
        return self.kind == "mark"

    def words(self, reader: Verbalizer | OtherScript, read: Read) -> str:
        """Return the spoken form in the language of the sentence. `read` reads text as a part of it."""
        match self.spoken:
            case str(words):
                return words
            case Phonemes(phones):
                return respell(phones, None if isinstance(reader, OtherScript) else reader.block)
            case kind:
                return say(self.written, kind, reader, read)


def keep_steps(
    text: str,
    lexicon: Lexicon,
    inserts: Sequence[Insert] = (),
    marks: Sequence[Mark] = (),
    sources: SourceMap | None = None,
) -> Steps[tuple[str, list[Kept]]]:
    """Return `text` in plain characters with placeholders, and the parts that they stand for, in order.

    `sources`, empty, become those of the result.
    """
    pieces: list[str] = []
    kept: list[Kept] = []
    done = 0
    for start, end, part in _parts(text, inserts, marks):
        of_piece = _verbatim(done, start, sources)
        plain, found = _keep_entries((yield from _plain_steps(text[done:start], of_piece)), lexicon, of_piece)
        if sources is not None and of_piece is not None:
            sources.extend([*of_piece.runs, Run(1, start, end)])
        pieces += (plain, PLACEHOLDER)
        kept += (*found, part)
        done = end
    of_rest = _verbatim(done, len(text), sources)
    rest = yield from (_plain_steps(text[done:], of_rest) if done else _clean_steps(text, of_rest))
    plain, found = _keep_entries(rest, lexicon, of_rest)
    if sources is not None and of_rest is not None:
        sources.extend(of_rest.runs)
    return "".join([*pieces, plain]), [*kept, *found]


def fill(text: str, words: Sequence[str], kept: Sequence[Kept]) -> tuple[str, tuple[int, ...]]:
    """Return `text` with `words` in the places of their placeholders, without white space at its ends.

    The second value holds the place of each mark in that text.
    """
    between = text.split(PLACEHOLDER)
    whole = "".join([part for pair in zip(between, [*words, ""], strict=True) for part in pair])
    if not any(part.is_mark for part in kept):
        return whole.strip(), ()
    stripped = whole.strip()
    places: list[int] = []
    at = len(whole.lstrip()) - len(whole)
    for before, said, part in zip(between, words, kept, strict=False):
        at += len(before)
        if part.is_mark:
            places.append(min(max(at, 0), len(stripped)))
        at += len(said)
    return stripped, tuple(places)


def keep_spans(
    passage: Passage, reader: Verbalizer | OtherScript, sources: SourceMap | None = None
) -> tuple[str, tuple[int, ...]]:
    """Return the text of a passage as it is written, with the words of its inserts, and the places of its marks.

    `sources`, empty, become those of the result.
    """
    edits: list[tuple[int, int, str]] = []
    places: list[int] = []
    longer = 0
    for start, end, part in _parts(passage.text, passage.inserts, passage.marks):
        words = part.words(reader, str)
        edits.append((start, end, words))
        if part.is_mark:
            places.append(start + longer)
        longer += len(words) - (end - start)
    if sources is not None:
        sources.extend([Run(len(passage.text), 0, len(passage.text))])
    return replace_spans(passage.text, edits, sources, "markup"), tuple(places)


def _verbatim(start: int, end: int, sources: SourceMap | None) -> SourceMap | None:
    return None if sources is None else SourceMap.verbatim(end - start, start)


def _parts(text: str, inserts: Sequence[Insert], marks: Sequence[Mark]) -> list[tuple[int, int, Kept]]:
    spans = [(one.start, one.end, Kept(text[one.start : one.end], one.spoken, _kind(one.spoken))) for one in inserts]
    return sorted(spans + [(mark.at, mark.at, Kept("", "", "mark")) for mark in marks], key=lambda span: span[:2])


def _kind(spoken: Spoken) -> str:
    return f"say-as.{spoken.kind}" if isinstance(spoken, SayAs) else "phoneme"


def _plain_steps(piece: str, sources: SourceMap | None) -> Steps[str]:
    """Return a piece in plain characters, with one space at an end where it has white space."""
    begin = sources.runs[0].start if sources and sources.runs else 0
    plain = yield from _clean_steps(piece, sources)
    before = " " if piece[:1].isspace() else ""
    after = " " if plain and piece[-1:].isspace() else ""
    if sources:
        first, last = len(piece) - len(piece.lstrip()), len(piece.rstrip())
        spaces = Run(len(before), begin, begin + first), Run(len(after), begin + last, begin + len(piece))
        sources.runs = SourceMap.of([spaces[0], *sources.runs, spaces[1]]).runs
    return f"{before}{plain}{after}"


def _clean_steps(piece: str, sources: SourceMap | None) -> Steps[str]:
    read = yield from read_rich_text_steps(piece, sources)
    return (yield from plain_steps(without_emphasis(read, sources), sources))


def _keep_entries(text: str, lexicon: Lexicon, sources: SourceMap | None) -> tuple[str, list[Kept]]:
    """Return `text` with a placeholder for each tag and lexicon entry, and those."""
    entries = sorted(_entries(text, lexicon))
    edits = ((start, end, PLACEHOLDER) for start, end, _ in entries)
    return replace_spans(text, edits, sources, ""), [
        Kept(text[start:end], spoken, "tag" if text[start] == "[" else "lexicon") for start, end, spoken in entries
    ]


def _entries(text: str, lexicon: Lexicon) -> Iterator[tuple[int, int, str]]:
    tags = [(tag.start(), tag.end(), tag[0]) for tag in TAG.finditer(text)]
    inside = {place for start, end, _ in tags for place in range(start, end)}
    yield from tags
    yield from (entry for entry in lexicon.find(text) if entry[0] not in inside)
