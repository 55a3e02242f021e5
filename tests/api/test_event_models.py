"""Every event that is really sent fits its model, and every model is sent by some request."""

import json
from typing import get_args

import httpx
import pytest
from pydantic import TypeAdapter
from websockets.sync.client import ClientConnection, connect

from api.event_models import SocketEvent, SseEvent

SSE, SOCKET = TypeAdapter(SseEvent), TypeAdapter(SocketEvent)
SPEAK = {"text": "I have 3 cats. " + "Here is one more sentence. " * 12, "speaker": "lipakshi", "format": "pcm"}
MARKED = "<speak>One <mark name='here'/>two.</speak>"
TIMEOUT_S = 10


def types_of(union: object) -> set[str]:
    """Return the `type` of each model of a union."""
    models = get_args(get_args(union)[0])
    return {get_args(model.model_fields["type"].annotation)[0] for model in models}


def sse_events(served, query: str = "", **fields: object) -> list[dict[str, object]]:
    answer = httpx.post(f"{served.url}/v1/tts/sse{query}", json=SPEAK | fields, timeout=TIMEOUT_S)
    return [json.loads(block.split("\ndata: ")[1]) for block in answer.text.strip().split("\n\n")]


def test_sse_events_fit_their_models(served):
    events = sse_events(served, "?trace=1", normalize_verbose=True, timestamps=True)
    events += sse_events(served, text=MARKED, input_type="ssml")
    served.engine.fail_after = 40
    events += sse_events(served)
    for event in events:
        SSE.validate_python(event)
        assert "context_id" not in event
    assert {event["type"] for event in events} == types_of(SseEvent)


def receive_until(socket: ClientConnection, kind: str) -> list[dict[str, object]]:
    """Return the events up to the first one of `kind`."""
    events: list[dict[str, object]] = []
    while not events or events[-1]["type"] != kind:
        message = socket.recv(TIMEOUT_S)
        if isinstance(message, str):
            events.append(json.loads(message))
    return events


def test_socket_events_fit_their_models(served):
    exchanges = [
        ({"type": "speak", "context_id": "a", "normalize_verbose": True, "timestamps": True} | SPEAK, "end"),
        ({"type": "speak", "context_id": "m", "input_type": "ssml"} | SPEAK | {"text": MARKED}, "end"),
        ({"type": "text", "context_id": "b", "text": "No end yet", "speaker": "lipakshi"}, None),
        ({"type": "flush", "context_id": "b"}, "flushed"),
        ({"type": "ping"}, "pong"),
        ({"type": "pause"}, "paused"),
        ({"type": "resume"}, "resumed"),
        ({"type": "dance"}, "error"),
        ({"type": "cancel", "context_id": "b"}, "cancelled"),
    ]
    events = []
    with connect(f"ws://127.0.0.1:{served.port}/v1/tts/ws?trace=1") as socket:
        for message, answer in exchanges:
            socket.send(json.dumps(message))
            if answer:
                events += receive_until(socket, answer)
        served.loop.call_soon_threadsafe(served.app.state.service.stopping.begin, 1.0)
        events += receive_until(socket, "stopping")
    for event in events:
        SOCKET.validate_python(event)
        assert "context_id" in event
    assert {event["type"] for event in events} == types_of(SocketEvent)


@pytest.mark.parametrize("union", [SseEvent, SocketEvent])
def test_each_model_has_a_summary(union):
    assert all(model.__doc__ for model in get_args(get_args(union)[0]))
