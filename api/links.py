"""Links for players that can only fetch an address: `POST /v1/tts/stream` makes one, `GET` of it answers with audio."""

import time
from typing import Annotated

from fastapi import APIRouter, Body, Path, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.answers import BODY_ERRORS, SCOPE_ERRORS, error_answers
from api.auth import GenerateCaller
from api.dependencies import Service
from api.examples import GENERATE
from api.generate import audio_response
from api.markup import write_utterance
from api.schemas import TextRequest
from api.strings import Name
from api.synthesizing import arrival_of
from audio.encoders import ENCODERS
from core.request_state import RequestState
from services.accounts.caller import Scope
from services.links import MAX_TOKEN, Link
from shared.errors import DictionaryNotFound, InvalidSpeaker, TextTooLong, ValidationFailed

PATH = "/v1/tts/stream"
DAY_S = 86_400
Token = Annotated[Name, Path(max_length=MAX_TOKEN, pattern="^[A-Za-z0-9_-]+$")]

router = APIRouter(tags=["Speech"])


class LinkRequest(TextRequest):
    """`POST /v1/tts/stream`: the fields of `/v1/tts/generate`, streamed unless `stream` is false."""

    stream: bool = Field(True, description="audio while it is generated, or the whole file")
    expires_in_s: int = Field(3600, ge=1, le=DAY_S, description="seconds until the link is refused")


class NewLink(BaseModel):
    """A link. It needs no key: every client that has it can play it, until it expires."""

    url: str = Field(description="address with the host of this request")
    path: str = Field(description="the same without the host")
    expires_at: int = Field(description="in seconds since 1970")


@router.post(
    PATH,
    status_code=201,
    responses=error_answers(*SCOPE_ERRORS, *BODY_ERRORS, TextTooLong, InvalidSpeaker, DictionaryNotFound),
)
async def create_link(
    body: Annotated[LinkRequest, Body(openapi_examples=GENERATE)],
    request: Request,
    caller: GenerateCaller,
    service: Service,
) -> NewLink:
    """Make a signed link to the audio of a text. It is charged to the key of this request each time it is fetched."""
    await write_utterance(body, body.text, service, caller)  # refuses a wrong request now
    expires_at = int(time.time()) + body.expires_in_s
    fields = body.model_dump(exclude={"expires_in_s"}, exclude_defaults=True)
    path = f"{PATH}/{service.links.token(Link(caller.key_id, expires_at, fields))}"
    return NewLink(url=f"{str(request.base_url).rstrip('/')}{path}", path=path, expires_at=expires_at)


@router.head(PATH + "/{token}", include_in_schema=False)
async def look_at_link(token: Token, service: Service) -> Response:
    """Answer with the type of a link's audio, without speaking."""
    format = _options(service.links.read(token)).format
    return Response(headers={"Content-Type": ENCODERS[format].media_type.partition(";")[0]})


@router.get(PATH + "/{token}", response_class=Response, include_in_schema=False)
async def play_link(token: Token, request: Request, service: Service) -> Response:
    """Answer with the audio of a link, for `<audio src>`, Twilio's `<Play>` and other players."""
    service.stopping.refuse_new()
    link = service.links.read(token)
    caller = await service.accounts().holder(link.key_id)
    caller.require(Scope.GENERATE)
    options = _options(link)
    utterance = await write_utterance(options, options.text, service, caller)
    return audio_response(service.synthesize(RequestState(arrival_of(request), utterance), caller), options, service)


def _options(link: Link) -> LinkRequest:
    try:
        return LinkRequest.model_validate(link.fields)
    except ValueError:
        raise ValidationFailed("the link was made by another version of this service; make it again") from None
