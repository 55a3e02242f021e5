"""`POST /v1/tts/generate`, and the audio answers and their headers."""

import time
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Body, Query, Request
from pydantic_core import to_json
from starlette.responses import Response

from api.answers import INLINE_ERRORS, Answers, error_answers
from api.auth import GenerateCaller
from api.completeness import CompletenessInfo, completeness_entry, completeness_header, judged
from api.dependencies import Service
from api.examples import GENERATE
from api.markup import write_utterance
from api.references import GenerateRequest
from api.reports import mark_times, markup_headers, markup_info
from api.responses import Headers, SpeechResponse, StreamedAudio, WholeFile, rate_headers, warning_headers
from api.schemas import ChunkSpan, GeneratedAudio, MarkTime, MarkupInfo, SpeechRequest
from api.sidecars import Sidecar, SidecarFormat
from api.synthesizing import Synthesizer
from api.word_times import timestamps_of, told_words, word_entry
from audio.encoders import ENCODERS
from core.request_state import RequestState
from services.sidecar import archive
from services.speech import SpeechService
from services.synthesis import Synthesis
from services.whole_file import EncodedFile, FileBody
from shared.errors import ValidationFailed
from shared.version import APP_VERSION

MAX_HEADER_CHARACTERS = 6_000
"""Longest header value: it leaves room within the 8 KiB that servers and proxies allow for all headers."""

_ARCHIVE_HEADERS = {
    "Content-Type": "application/zip",
    "Content-Disposition": 'attachment; filename="speech.zip"',
}

router = APIRouter(tags=["Speech"])

_AUDIO: Answers = {
    200: {
        "model": GeneratedAudio,
        "content": {format.media_type.partition(";")[0]: {} for format in ENCODERS.values()} | {"application/zip": {}},
        "description": "the audio; a whole file with `Accept: application/json` comes as JSON, and with `?timestamps=` "
        "in an archive with the times of its words",
    }
}


@router.post("/v1/tts/generate", response_class=Response, responses=_AUDIO | error_answers(*INLINE_ERRORS))
async def generate(
    body: Annotated[GenerateRequest, Body(openapi_examples=GENERATE)],
    request: Request,
    synthesize: Synthesizer,
    service: Service,
    caller: GenerateCaller,
    timestamps: Annotated[
        SidecarFormat | None,
        Query(description="a ZIP archive with the audio and the times of its words in this form"),
    ] = None,
) -> Response:
    """Speak a text: streamed while it is generated, or as a whole file."""
    if timestamps:
        body = body.model_copy(update={"timestamps": True})
    check_timestamps(body)
    sidecar = Sidecar(timestamps, body, service) if timestamps else None
    synthesis_context = synthesize(await write_utterance(body, body.text, service, caller))
    as_json = not body.stream and "application/json" in request.headers.get("accept", "")
    return audio_response(synthesis_context, body, service, as_json=as_json, sidecar=sidecar)


def check_timestamps(options: SpeechRequest) -> None:
    """Raise ValidationFailed for times of words in a stream of audio alone, which has no place for them."""
    if options.timestamps and options.stream:
        raise ValidationFailed(
            "timestamps: a stream of audio has no place for them; set stream to false, or use /v1/tts/sse",
            details={"field": "timestamps"},
        )


def audio_response(
    synthesis_context: AbstractAsyncContextManager[Synthesis],
    options: SpeechRequest,
    service: SpeechService,
    *,
    as_json: bool = False,
    sidecar: Sidecar | None = None,
    warnings: Sequence[str] = (),
) -> SpeechResponse:
    """Return the answer with the audio: a stream, a file, a file as JSON, or one in an archive with its `sidecar`.

    `warnings` go to the header `Warning`.
    """
    headers = partial(speech_headers, options, service.runtime().checkpoint.model_version, warnings)
    if options.stream:
        return StreamedAudio(synthesis_context, service, headers)

    def compose(synthesis: Synthesis, file: EncodedFile) -> tuple[Headers, FileBody]:
        file.append(synthesis.encoder.seal(file.head, file.size))
        all_headers = headers(synthesis) | _file_headers(synthesis.request, file.size)
        if sidecar and not as_json:
            name, content = sidecar.file(synthesis.request)
            body = archive(file, sidecar.audio_name, content, name)
            return all_headers | _ARCHIVE_HEADERS, body
        if not as_json:
            return all_headers | _word_header(synthesis.request), file.body()
        answer = _json(options, synthesis.request, content_type=all_headers["Content-Type"])
        fields = answer.model_dump(mode="json", exclude_none=True) | timestamps_of(synthesis.request)
        if sidecar and (written := sidecar.captions(synthesis.request)) is not None:
            fields["captions"] = written
        before, audio, after = to_json(fields).partition(b'"audio_b64":"')
        return all_headers | {"Content-Type": "application/json"}, file.in_json(before + audio, after)

    return WholeFile(synthesis_context, service, compose)


def speech_headers(
    options: SpeechRequest, model_version: str, warnings: Sequence[str], synthesis: Synthesis
) -> Headers:
    """Return the headers of the audio of a synthesis, whose first block has been generated."""
    request, utterance = synthesis.request, synthesis.request.utterance
    timings = (f"{name};dur={seconds * 1000:.1f}" for name, seconds in request.timings_s().items())
    headers = {
        "Content-Type": ENCODERS[utterance.format].media_type.format(rate=utterance.rate),
        "X-Model-Version": model_version,
        "X-App-Version": APP_VERSION,
        "X-Speaker": utterance.voice.id,
        "X-Format": utterance.format,
        "X-Sample-Rate": str(utterance.rate),
        "X-Stream": _flag(utterance.stream),
        "X-Text-Chunked": _flag(request.chunks > 1),
        "X-Text-Chunks": str(request.chunks),
        "X-Chunking-Enabled": _flag(utterance.chunking),
        "X-SR-Applied": _flag(request.super_resolved),
        "X-Synthetic": "true",
        "X-Mark-Applied": _flag(request.marked),
        "X-Disclosure-Spoken": _flag(utterance.discloses),
        "X-Seed": str(utterance.sampling.seed),
        "X-TTFB-ms": f"{request.ttfb_s(time.perf_counter()) * 1000:.1f}",
        "Server-Timing": ", ".join(timings),
        "Cache-Control": "no-store",
    } | rate_headers(request.allowance)
    if request.without_transcript:
        headers["X-Voice-Transcript"] = "ignored"
    if request.script and options.normalize_verbose:
        spoken = quote(request.script.spoken[: MAX_HEADER_CHARACTERS + 1])  # quoting never shortens a text
        headers["X-Spoken-Text"] = spoken if len(spoken) <= MAX_HEADER_CHARACTERS else "too-long-for-a-header"
    if request.script and request.script.whole_text:
        warnings = [*warnings, "a text above the chunking threshold was spoken as one chunk"]
    if reason := request.alignment_unavailable:
        headers["X-Alignment-Unavailable"] = reason
    return headers | warning_headers(warnings) | markup_headers(utterance.markup)


def _file_headers(request: RequestState, size: int) -> Headers:
    return {
        "X-Audio-Bytes": str(size),
        "X-Audio-Seconds": f"{request.seconds:.3f}",
        "X-RTF": f"{request.rtf(time.perf_counter()):.4f}",
        "X-Retries": str(request.retries),
    } | completeness_header(request)


def _word_header(request: RequestState) -> Headers:
    """Return the header with start, end and place in the text of each word of a file, where it was asked for."""
    times = [list(word_entry(word).values())[1:] for word in told_words(request)]
    if request.words is None:
        return {}
    value = to_json(times).decode()
    return {"X-Word-Times": value if len(value) <= MAX_HEADER_CHARACTERS else "too-long-for-a-header"}


def _json(options: SpeechRequest, request: RequestState, *, content_type: str) -> GeneratedAudio:
    """Return the answer without its audio, which is added piece by piece."""
    spoken = request.script.spoken if request.script and options.normalize_verbose else None
    report, found = request.utterance.markup, completeness_entry(judged(request))
    told_words(request)  # the marks inside chunks have the times of words
    return GeneratedAudio(
        audio_b64="",
        content_type=content_type,
        sample_rate=request.utterance.rate,
        seconds=request.seconds,
        seed=request.utterance.sampling.seed,
        spoken_text=spoken,
        chunks=[ChunkSpan(index=c.index, text=c.text, start_s=start, end_s=end) for c, start, end in request.spans()],
        marks=[MarkTime(**mark) for mark in mark_times(request)] if report else None,
        markup=MarkupInfo.model_validate(markup_info(report)) if report else None,
        completeness=CompletenessInfo.model_validate(found) if found else None,
    )


def _flag(value: bool) -> str:
    return "true" if value else "false"
