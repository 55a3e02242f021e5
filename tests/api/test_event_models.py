"""Every event that is really sent fits its model, and every model is sent by some request."""

from typing import get_args

import pytest
from pydantic import TypeAdapter

from api.event_models import SocketEvent, SseEvent
from tests.api.client import SPEAK, talking
from tests.api.test_sse import ask

SSE, SOCKET = TypeAdapter(SseEvent), TypeAdapter(SocketEvent)
VERBOSE = {"text": "I have 3 cats. " + "Here is one more sentence. " * 12, "normalize_verbose": True}


def types_of(union) -> set[str]:
    models = get_args(get_args(union)[0])
    return {get_args(model.model_fields["type"].annotation)[0] for model in models}


def test_sse_events_fit_their_models(served):
    _, events = ask(served, "?trace=1", **VERBOSE)
    served.engine.fail_after = 40
    _, broken = ask(served)
    for event in events + broken:
        assert SSE.validate_python(event).context_id is None and "context_id" not in event
    assert {event["type"] for event in events + broken} == types_of(SseEvent)


async def test_socket_events_fit_their_models(served):
    async with talking(served, "?trace=1") as client:
        await client.say(**(SPEAK | VERBOSE), context_id="a")
        await client.until("end")
        await client.say(type="text", context_id="b", text="No end yet", speaker="lipakshi")
        await client.say(type="flush", context_id="b")
        await client.until("flushed")
        for kind, answer in {"ping": "pong", "pause": "paused", "resume": "resumed", "dance": "error"}.items():
            await client.say(type=kind)
            await client.until(answer)
        await client.say(type="cancel", context_id="b")
        await client.until("cancelled")
        await client.say(type="end")
        await client.closed_with()
    for event in client.told:
        SOCKET.validate_python(event)
        assert "context_id" in event
    assert {event["type"] for event in client.told} == types_of(SocketEvent)


@pytest.mark.parametrize("union", [SseEvent, SocketEvent])
def test_each_model_says_what_it_is(union):
    assert all(model.__doc__ for model in get_args(get_args(union)[0]))
