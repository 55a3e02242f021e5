"""`POST /v1/tts/generate`."""

import base64
from contextlib import AbstractAsyncContextManager
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.auth import KEY_ANSWERS
from api.dependencies import Service
from api.performing import Performer
from api.responses import Compose, SoundResponse, rate_headers
from api.schemas import ChunkSpan, ErrorAnswer, GeneratedAudio, GenerateRequest, SpeechRequest
from audio.encoders import ENCODERS
from services.performance import Performance
from services.speech import SpeechService
from shared.version import APP_VERSION

LONGEST_HEADER = 6_000  # characters; a server or proxy that gives all headers 8 KiB still takes it

router = APIRouter()

_AUDIO = {
    "model": GeneratedAudio,
    "content": {format.media_type.partition(";")[0]: {} for format in ENCODERS.values()},
    "description": "the audio; as JSON for a whole file with `Accept: application/json`",
}
_ANSWERS: dict[int | str, dict[str, Any]] = KEY_ANSWERS | {
    200: _AUDIO,
    400: {"model": ErrorAnswer, "description": "VALIDATION_ERROR, TEXT_TOO_LONG, INVALID_SPEAKER, INVALID_FORMAT"},
    413: {"model": ErrorAnswer, "description": "PAYLOAD_TOO_LARGE"},
    429: {"model": ErrorAnswer, "description": "RATE_LIMIT_EXCEEDED, CONCURRENCY_LIMIT_EXCEEDED"},
    500: {"model": ErrorAnswer, "description": "GENERATION_FAILED, INTERNAL_ERROR"},
    503: {"model": ErrorAnswer, "description": "MODEL_NOT_LOADED, SERVICE_UNAVAILABLE, GPU_FAULT"},
    504: {"model": ErrorAnswer, "description": "GENERATION_TIMEOUT"},
}


@router.post("/v1/tts/generate", response_class=Response, responses=_ANSWERS)
async def generate(
    body: GenerateRequest,
    request: Request,
    perform: Performer,
    service: Service,
) -> Response:
    """Speak a text: streamed as it is made, or as a whole file."""
    sampling = service.runtime().checkpoint.sampling
    utterance = body.utterance(service.voices, sampling)
    opened = perform(utterance, body.format)
    as_json = not body.stream and "application/json" in request.headers.get("accept", "")
    return sounding(opened, body, service, as_json=as_json)


def sounding(
    opened: AbstractAsyncContextManager[Performance],
    asked: SpeechRequest,
    service: SpeechService,
    *,
    as_json: bool = False,
) -> SoundResponse:
    """The answer that is the performance's sound, in the manner that is asked for."""
    compose = _composer(asked, model_version=service.runtime().checkpoint.model_version, as_json=as_json)
    return SoundResponse(opened, service, compose, stream=asked.stream)


def _composer(asked: SpeechRequest, *, model_version: str, as_json: bool) -> Compose:
    def compose(performance: Performance, body: bytearray | None) -> tuple[dict[str, str], bytes | bytearray]:
        headers = _headers(asked, performance, model_version)
        if body is None:
            return headers, b""
        performance.encoder.seal(body)
        headers |= _whole_headers(performance, body)
        if not as_json:
            return headers, body
        answer = _json(asked, performance, body, content_type=headers["Content-Type"])
        return headers | {"Content-Type": "application/json"}, answer.model_dump_json(exclude_none=True).encode()

    return compose


def _headers(asked: SpeechRequest, performance: Performance, model_version: str) -> dict[str, str]:
    utterance, script = performance.utterance, performance.speech.script
    timings = (f"{name};dur={seconds * 1000:.1f}" for name, seconds in performance.timings_s().items())
    headers = {
        "Content-Type": ENCODERS[performance.format].media_type.format(rate=utterance.rate),
        "X-Model-Version": model_version,
        "X-App-Version": APP_VERSION,
        "X-Speaker": utterance.voice.id,
        "X-Format": performance.format,
        "X-Sample-Rate": str(utterance.rate),
        "X-Stream": _flag(utterance.stream),
        "X-Text-Chunked": _flag(len(script.chunks) > 1),
        "X-Text-Chunks": str(len(script.chunks)),
        "X-Chunking-Enabled": _flag(utterance.chunking),
        "X-SR-Applied": _flag(performance.speech.super_resolved),
        "X-TTFB-ms": f"{performance.ttfb_s * 1000:.1f}",
        "Server-Timing": ", ".join(timings),
        "Cache-Control": "no-store",
    } | rate_headers(performance.allowance)
    if asked.normalize_verbose:
        spoken = quote(script.spoken)
        headers["X-Spoken-Text"] = spoken if len(spoken) <= LONGEST_HEADER else "too-long-for-a-header"
    if script.whole_text:
        headers["Warning"] = '199 veena3 "text above the chunking threshold was spoken in one breath"'
    return headers


def _whole_headers(performance: Performance, body: bytearray) -> dict[str, str]:
    return {
        "X-Audio-Bytes": str(len(body)),
        "X-Audio-Seconds": f"{performance.seconds:.3f}",
        "X-RTF": f"{performance.rtf:.4f}",
        "X-Seed": str(performance.utterance.sampling.seed),
        "X-Retries": str(performance.speech.progress.retries),
    }


def _json(asked: SpeechRequest, performance: Performance, body: bytearray, *, content_type: str) -> GeneratedAudio:
    spans = performance.speech.spans()
    return GeneratedAudio(
        audio_b64=base64.b64encode(body).decode("ascii"),
        content_type=content_type,
        sample_rate=performance.utterance.rate,
        seconds=performance.seconds,
        seed=performance.utterance.sampling.seed,
        spoken_text=performance.speech.script.spoken if asked.normalize_verbose else None,
        chunks=[ChunkSpan(index=c.index, text=c.text, start_s=start, end_s=end) for c, start, end in spans],
    )


def _flag(value: bool) -> str:
    return "true" if value else "false"
