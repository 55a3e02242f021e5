"""A web service of your own before the speech service: users need no API key, and get audio while it is made.

pip install fastapi uvicorn httpx, then: VEENA3_API_KEY=… uvicorn fastapi_proxy:app --port 9000
curl -N http://127.0.0.1:9000/speech -H 'Content-Type: application/json' -d '{"text": "Hello."}' -o hello.mp3
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI, Request
from pydantic import BaseModel, Field
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse, Response, StreamingResponse

URL = os.environ.get("VEENA3_URL", "http://127.0.0.1:8000")
KEY = os.environ.get("VEENA3_API_KEY", "none")


class Speech(BaseModel):
    """Fields that a user may set; everything else is decided here."""

    text: str = Field(min_length=1, max_length=1000)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Keep one pool of connections."""
    headers = {"Authorization": f"Bearer {KEY}"}
    async with httpx.AsyncClient(
        base_url=URL, headers=headers, timeout=httpx.Timeout(60, connect=5)
    ) as app.state.client:
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/speech")
async def speak(speech: Speech, request: Request) -> Response:
    """Pass the audio on as it arrives. When a user leaves, the connection is closed and generation ends."""
    client: httpx.AsyncClient = request.app.state.client
    body = {"text": speech.text, "speaker": "lipakshi", "format": "mp3", "stream": True}
    answer = await client.send(client.build_request("POST", "/v1/tts/generate", json=body), stream=True)
    if answer.is_error:
        told = await answer.aread()  # one line that says what was wrong, without the key
        await answer.aclose()
        return Response(told, answer.status_code, media_type="application/json")
    sound = answer.aiter_raw()
    return StreamingResponse(sound, media_type="audio/mpeg", background=BackgroundTask(answer.aclose))


@app.exception_handler(httpx.TransportError)
async def unreachable(_request: Request, _error: httpx.TransportError) -> JSONResponse:
    return JSONResponse({"detail": "the speech service cannot be reached"}, 502)
