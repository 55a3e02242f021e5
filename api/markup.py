"""Texts with markup: from the body of a request to its utterance, and what the markup did."""

from dataclasses import replace

from api.pronunciation import add_dictionaries
from api.references import ReferenceFields, inline_voice
from api.request_text import MAX_TEXT, check_text
from api.schemas import SpeechRequest
from processing.markup.arriving import MarkupSegmenter
from processing.markup.reading import Form, read_steps
from services.accounts.caller import Caller
from services.speech import SpeechService
from services.voices import VoiceBook
from services.voices.library import NamedVoices
from shared.aio import run_in_slices
from shared.passages import MarkedText, MarkupReport, Passage, SourcedText
from shared.source_map import Run, SourceMap
from shared.types import Utterance


async def write_utterance(
    options: SpeechRequest, text: str, service: SpeechService, caller: Caller, *, most: int = MAX_TEXT
) -> Utterance:
    """Return the utterance of `text` with the caller's dictionaries; its markup is read if `input_type` says so.

    Raises what `find_voices`, `SpeechRequest.build_utterance` and `add_dictionaries` raise; ValidationFailed
    with line and column for wrong markup. `most`: longest passage in characters.
    """
    sampling = service.runtime().checkpoint.sampling
    voices = await find_voices(options, text, service, caller)
    utterance = options.build_utterance(text, voices, sampling)
    utterance = await add_dictionaries(utterance, options.pronunciation_dictionaries, caller, service)
    sourced = options.timestamps
    text_and_report = await read_text(options.input_type, text, voices, most=most, sourced=sourced)
    return disclosing(with_text(utterance, *text_and_report), service.settings.spoken_disclosure)


async def find_voices(options: SpeechRequest, text: str, service: SpeechService, caller: Caller) -> NamedVoices:
    """Return the voices that the request may name, with its own and those of markup in `text` looked up.

    Raises as `SpeechService.voices_for` and `inline_voice`.
    """
    marked = "" if options.input_type == "text" else text
    if isinstance(options, ReferenceFields) and options.reference_audio is not None:
        voices = await service.voices_for(caller, marked=marked)
        voices.lend(options.speaker, await inline_voice(options, service, caller))
        return voices
    return await service.voices_for(caller, options.speaker, marked=marked)


async def read_text(
    input_type: str, text: str, voices: VoiceBook, *, most: int = MAX_TEXT, sourced: bool = False
) -> tuple[str, MarkupReport | None]:
    """Return a MarkedText and the report of its markup; plain text as it is, and None.

    `sourced`: the passages have their sources.
    """
    if input_type == "text":
        return text, None
    marked, report = await run_in_slices(read_steps(text, Form(input_type), voices, sourced=sourced))
    return check_marked(marked, most=most), report


def with_text(utterance: Utterance, text: str, report: MarkupReport | None) -> Utterance:
    """Return `utterance` with another text, which may be a MarkedText."""
    passages = text.passages if isinstance(text, MarkedText) else ()
    sources = text.sources if isinstance(text, SourcedText) else None
    return replace(utterance, text=text, passages=passages, sources=sources, markup=report)


def disclosing(utterance: Utterance, disclosure: str | None) -> Utterance:
    """Return `utterance` with a disclosure before its text, in the voice of the request; without one, unchanged.

    Words of the disclosure come from no character of the text that the client sent.
    """
    if disclosure is None:
        return utterance
    added = Run(len(disclosure), 0, 0, ("disclosure",))
    if utterance.passages:
        first = Passage(disclosure, sources=SourceMap.of([added]))
        text: str = MarkedText.of((first, *utterance.passages))
    else:
        sources = utterance.sources or SourceMap.verbatim(len(utterance.text))
        space = Run(1, 0, 0, added.rules)
        text = SourcedText.of(f"{disclosure} {utterance.text}", SourceMap.of([added, space, *sources.runs]))
    return replace(with_text(utterance, text, utterance.markup), discloses=True)


def open_segmenter(options: SpeechRequest, voices: VoiceBook) -> MarkupSegmenter | None:
    """Return a segmenter of text with markup that arrives in pieces; None for plain text."""
    if options.input_type == "text":
        return None
    return MarkupSegmenter(Form(options.input_type), voices, sourced=options.timestamps)


def check_marked(text: MarkedText, *, most: int = MAX_TEXT) -> MarkedText:
    """Return a text whose every passage may be spoken: an entity may have hidden what `check_text` refuses."""
    for passage in text.passages:
        check_text(passage.text, most=most)
    return text
