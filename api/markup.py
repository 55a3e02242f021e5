"""Texts with markup: from the body of a request to its utterance, and what the markup did."""

from dataclasses import replace

from api.pronunciation import add_dictionaries
from api.references import GenerateRequest, inline_voice
from api.schemas import MAX_TEXT, SpeechRequest, check_text
from processing.markup.arriving import MarkupSegmenter
from processing.markup.reading import Form, read_steps
from services.accounts.caller import Caller
from services.speech import SpeechService
from services.voices import VoiceBook
from services.voices.library import NamedVoices
from shared.aio import run_in_slices
from shared.passages import MarkedText, MarkupReport
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
    return with_text(utterance, *await read_text(options.input_type, text, voices, most=most))


async def find_voices(options: SpeechRequest, text: str, service: SpeechService, caller: Caller) -> NamedVoices:
    """Return the voices that the request may name, with its own and those of markup in `text` looked up.

    Raises as `SpeechService.voices_for` and `inline_voice`.
    """
    marked = "" if options.input_type == "text" else text
    if isinstance(options, GenerateRequest) and options.reference_audio is not None:
        voices = await service.voices_for(caller, marked=marked)
        voices.lend(options.speaker, await inline_voice(options, service, caller))
        return voices
    return await service.voices_for(caller, options.speaker, marked=marked)


async def read_text(
    input_type: str, text: str, voices: VoiceBook, *, most: int = MAX_TEXT
) -> tuple[str, MarkupReport | None]:
    """Return a MarkedText and the report of its markup; plain text as it is, and None."""
    if input_type == "text":
        return text, None
    marked, report = await run_in_slices(read_steps(text, Form(input_type), voices))
    return check_marked(marked, most=most), report


def with_text(utterance: Utterance, text: str, report: MarkupReport | None) -> Utterance:
    """Return `utterance` with another text, which may be a MarkedText."""
    passages = text.passages if isinstance(text, MarkedText) else ()
    return replace(utterance, text=text, passages=passages, markup=report)


def open_segmenter(options: SpeechRequest, voices: VoiceBook) -> MarkupSegmenter | None:
    """Return a segmenter of text with markup that arrives in pieces; None for plain text."""
    return None if options.input_type == "text" else MarkupSegmenter(Form(options.input_type), voices)


def check_marked(text: MarkedText, *, most: int = MAX_TEXT) -> MarkedText:
    """Return a text whose every passage may be spoken: an entity may have hidden what `check_text` refuses."""
    for passage in text.passages:
        check_text(passage.text, most=most)
    return text
