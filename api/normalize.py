"""`POST /v1/text/normalize`: the spoken form of a text, and the rule behind each change."""

from dataclasses import replace
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Body
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StringConstraints

from api.answers import BODY_ERRORS, CALLER_ERRORS, error_answers
from api.auth import KnownCaller
from api.dependencies import Service
from api.examples import NORMALIZE
from api.markup import read_text
from api.reports import markup_info
from api.schemas import MarkupInfo, SpokenForm, check_text
from api.strings import ClientModel, Name, check_entries
from processing.explain import explain_steps
from processing.lexicon import MAX_ENTRIES, read_lexicon
from processing.normalise.language import language_tag
from shared.errors import InvalidSpeaker, RuntimeDead, TextTooLong
from shared.passages import MarkedText, Passage
from shared.types import AUTO, Reading

MAX_TEXT = 5_000
"""Longest text that is explained, in characters. Chosen: a page; an explanation costs ten times a spoken form."""

router = APIRouter(tags=["Text"])


class NormalizeRequest(ClientModel):
    """`POST /v1/text/normalize`: the fields of a speech request that decide about its spoken form."""

    text: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1),
        AfterValidator(partial(check_text, most=MAX_TEXT)),
    ] = Field(description=f"text of 1 to {MAX_TEXT:,} characters")
    input_type: Literal["text", "ssml", "tags"] = Field("text", description="markup of the text")
    language: Name = Field(
        AUTO, max_length=35, description="`en-IN`, `hi-IN` …, or `auto`: the text shows its language"
    )
    speaker: Name | None = Field(
        None, max_length=128, description="a voice, whose languages are preferred; without one, every language is read"
    )
    lexicon: Annotated[dict[Name, SpokenForm], BeforeValidator(partial(check_entries, limit=MAX_ENTRIES))] = Field(
        default_factory=dict, max_length=MAX_ENTRIES, description="word to its spoken form"
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
    responses=error_answers(*CALLER_ERRORS, *BODY_ERRORS, TextTooLong, InvalidSpeaker, RuntimeDead),
)
async def normalize(
    body: Annotated[NormalizeRequest, Body(openapi_examples=NORMALIZE)], caller: KnownCaller, service: Service
) -> NormalizedText:
    """Return the spoken form of a text, and which rule made each part of it."""
    pipeline = service.runtime().pipeline
    rules = pipeline.rules
    if body.lexicon:
        rules = replace(rules, lexicon=read_lexicon(body.lexicon, over=rules.lexicon))
    voices = await service.voices_for(caller, body.speaker or "", marked="" if body.input_type == "text" else body.text)
    text, report = await read_text(body.input_type, body.text, voices)
    passages = text.passages if isinstance(text, MarkedText) else (Passage(text),)
    spoken = voices.speaker(body.speaker).languages if body.speaker else ()
    steps = explain_steps(passages, rules, reading=Reading(language_tag(body.language)), spoken=spoken)
    made = await pipeline.texts.run(steps)
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
