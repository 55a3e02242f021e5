"""Modal's web ingress on loopback: each HTTP request and WebSocket becomes an input that a container fetches.

Modal's documents do not state the scope, nor how a disconnect ends an input; both ways are simulated.
"""

import asyncio
import itertools
import pickle
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

from modal._serialization import deserialize_data_format, serialize_data_format
from modal_proto import api_pb2

from tests.modal.invocation import Invocation

ASGI = api_pb2.DATA_FORMAT_ASGI
SUCCESS = api_pb2.GenericResult.GENERIC_STATUS_SUCCESS
PASSED_ON = ("type", "http_version", "method", "scheme", "path", "query_string", "headers", "client", "subprotocols")


class Call:
    """Input in a container: messages to it, messages from it, and its result."""

    numbers = itertools.count(1)

    def __init__(self, scope: dict[str, Any]) -> None:
        number = next(self.numbers)
        self.id, self.input_id = f"fc-{number}", f"in-{number}"
        passed = {key: scope[key] for key in PASSED_ON if key in scope}
        # With spec version 2.4, Starlette's own responses do not notice that a client has disconnected.
        self.scope = passed | {"asgi": {"version": "3.0", "spec_version": "2.4"}}
        self.to_app: asyncio.Queue[Any] = asyncio.Queue()
        self._from_app: asyncio.Queue[Any] = asyncio.Queue()
        self._expected: float = float("inf")
        self.succeeded = False
        self.taken_by: Any = None
        self._indices = itertools.count(1)

    def send(self, message: dict[str, Any]) -> None:
        """Send a message to the app."""
        data = serialize_data_format(message, ASGI)
        self.to_app.put_nowait(api_pb2.DataChunk(data_format=ASGI, data=data, index=next(self._indices)))

    def receive(self, chunk: Any) -> None:
        """Take a message of the app."""
        self._from_app.put_nowait(deserialize_data_format(chunk.data, ASGI, None))

    def end(self, output: Any) -> None:
        """Record the result of the input."""
        self.succeeded = output.result.status == SUCCESS
        done = api_pb2.GeneratorDone.FromString(output.result.data) if self.succeeded else None
        self._expected = done.items_total if done else 0
        self._from_app.put_nowait(None)

    async def outbound(self) -> AsyncIterator[dict[str, Any]]:
        """Yield the app's messages; the last ones may arrive after the result."""
        seen = 0
        while seen < self._expected:
            message = await self._from_app.get()
            if message is not None:
                seen += 1
                yield message

    def item(self, method: str) -> Any:
        """Return the input as a container fetches it."""
        arguments = pickle.dumps(((self.scope,), {}))
        given = api_pb2.FunctionInput(args=arguments, data_format=api_pb2.DATA_FORMAT_PICKLE, method_name=method)
        return api_pb2.FunctionGetInputsItem(input_id=self.input_id, function_call_id=self.id, input=given)


class Ingress:
    """ASGI app with the queue of inputs for containers.

    `disconnect_by` is `message` or `cancel`: the way in which a container learns that a client has disconnected.
    """

    def __init__(self) -> None:
        self.disconnect_by = "message"
        self.waiting: deque[Call | Invocation] = deque()
        self.calls: dict[str, Any] = {}  # by both ids
        self.changed = asyncio.Event()  # set whenever something new may be fetched

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return await _lifespan(receive, send)
        call = Call(scope)
        self.put(call)
        inbound = asyncio.create_task(self._inbound(call, receive))
        begun = False
        try:
            async for message in call.outbound():
                begun = True
                await send(message)
        finally:
            inbound.cancel()
            call.to_app.put_nowait(None)
        if not begun and scope["type"] == "http":
            await send({"type": "http.response.start", "status": 500, "headers": []})
            await send({"type": "http.response.body", "body": b"modal-http: internal error"})

    def put(self, call: Call | Invocation) -> None:
        """Add an input to the queue."""
        self.calls[call.id] = self.calls[call.input_id] = call
        self.waiting.append(call)
        self.changed.set()

    async def _inbound(self, call: Call, receive: Any) -> None:
        while True:
            message = await receive()
            if not message["type"].endswith(".disconnect"):
                call.send(message)
                continue
            if self.disconnect_by == "message":
                call.send(message)
            elif call.taken_by is not None and call.input_id in call.taken_by.active:
                call.taken_by.cancelled.append(call.input_id)
            return


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
