"""`POST /v1/text/normalize`: the spoken form of a text, and the rule behind each change.

A text that is explained counts toward the limits of its key as one that is spoken does.
"""

from dataclasses import replace
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Request, Response
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StringConstraints

from api.answers import BODY_ERRORS, CALLER_ERRORS, LIMIT_ERRORS, error_answers
from api.auth import KnownCaller
from api.dependencies import Service
from api.examples import NORMALIZE
from api.markup import read_text
from api.pronunciation import read_dictionaries
from api.reading import ReadingFields
from api.reports import markup_info
from api.request_text import SpokenForm, check_text
from api.responses import rate_headers
from api.schemas import MAX_LOCATORS, DictionaryLocator, MarkupInfo
from api.strings import Name, check_entries
from api.synthesizing import arrival_of
from processing.explain import explain_steps
from processing.lexicon import MAX_ENTRIES, read_lexicon
from services.accounts.caller import Caller
from services.speech import SpeechService
from shared.errors import DictionaryNotFound, InvalidSpeaker, RuntimeDead, TextTooLong
from shared.passages import MarkedText, Passage

MAX_TEXT = 5_000
"""Longest text that is explained, in characters. Chosen: a page; an explanation costs ten times a spoken form."""

router = APIRouter(tags=["Text"])


class NormalizeRequest(ReadingFields):
    """`POST /v1/text/normalize`: the fields of a speech request that decide about its spoken form."""

    text: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1),
        AfterValidator(partial(check_text, most=MAX_TEXT)),
    ] = Field(description=f"text of 1 to {MAX_TEXT:,} characters")
    input_type: Literal["text", "ssml", "tags"] = Field("text", description="markup of the text")
    speaker: Name | None = Field(
        None, max_length=128, description="a voice, whose languages are preferred; without one, every language is read"
    )
    lexicon: Annotated[dict[Name, SpokenForm], BeforeValidator(partial(check_entries, limit=MAX_ENTRIES))] = Field(
        default_factory=dict, max_length=MAX_ENTRIES, description="word to its spoken form"
    )
    pronunciation_dictionaries: list[DictionaryLocator] = Field(
        default_factory=list, max_length=MAX_LOCATORS, description="dictionaries of the key, below `lexicon`"
    )


class NormalizedSpan(BaseModel):
    """Part of the text that is spoken otherwise than it is written. Offsets count characters."""

    start: int = Field(description="offset in `text`")
    end: int
    written: str
    spoken_start: int = Field(description="offset in `spoken`")
    spoken_end: int
    spoken: str
    rules: list[str] = Field(description="names of the rules that made it, in order")


class NormalizedText(BaseModel):
    """Spoken form of a text, and the spans that changed. `text` is the plain text of one with markup."""

    text: str
    spoken: str
    language: str = Field(description="language in which most of the text is read")
    spans: list[NormalizedSpan]
    markup: MarkupInfo | None = None


@router.post(
    "/v1/text/normalize",
    response_model_exclude_none=True,
    responses=error_answers(
        *(*CALLER_ERRORS, *BODY_ERRORS, *LIMIT_ERRORS), TextTooLong, InvalidSpeaker, DictionaryNotFound, RuntimeDead
    ),
)
async def normalize(
    body: Annotated[NormalizeRequest, Body(openapi_examples=NORMALIZE)],
    service: Service,
    caller: KnownCaller,
    request: Request,
    response: Response,
) -> NormalizedText:
    """Return the spoken form of a text, and which rule made each part of it."""
    service.runtime()
    async with service.accounts().admitted(caller, len(body.text), arrival_of(request).store_deadline) as allowance:
        response.headers.update(rate_headers(allowance))
        return await _explain(body, service, caller)


async def _explain(body: NormalizeRequest, service: SpeechService, caller: Caller) -> NormalizedText:
    pipeline = service.runtime().pipeline
    rules = pipeline.rules
    entries = await read_dictionaries(body.pronunciation_dictionaries, caller, service) | body.lexicon
    if entries:
        rules = replace(rules, lexicon=read_lexicon(entries, over=rules.lexicon))
    voices = await service.voices_for(caller, body.speaker or "", marked="" if body.input_type == "text" else body.text)
    text, report = await read_text(body.input_type, body.text, voices)
    passages = text.passages if isinstance(text, MarkedText) else (Passage(text),)
    voice = voices.speaker(body.speaker) if body.speaker else None
    steps = explain_steps(passages, rules, reading=body.reading(voice), spoken=voice.languages if voice else ())
    made = await pipeline.texts.run(steps, speaking=pipeline.scheduler.is_generating)
    spans = [
        NormalizedSpan(
            start=one.start,
            end=one.end,
            written=made.text[one.start : one.end],
            spoken_start=one.spoken_start,
            spoken_end=one.spoken_end,
            spoken=made.spoken[one.spoken_start : one.spoken_end],
            rules=list(one.rules),
        )
        for one in made.changes
    ]
    info = MarkupInfo.model_validate(markup_info(report)) if report else None
    return NormalizedText(text=made.text, spoken=made.spoken, language=made.language, spans=spans, markup=info)
