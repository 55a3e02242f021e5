from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from websockets.datastructures import Headers
from websockets.sync.server import serve

from api.cli.client.playback import play_stream
from api.cli.client.server import open_server
from api.cli.client.streams import STREAMS, Transport
from shared.errors import CommandFailed


@contextmanager
def refusing() -> Iterator[tuple[str, list[Headers]]]:
    """Refuse every request; yield the address and the headers of the requests."""
    asked: list[Headers] = []

    def refuse(connection, request):
        asked.append(request.headers)
        return connection.respond(403, "no")

    with serve(lambda connection: None, "127.0.0.1", 0, process_request=refuse) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.socket.getsockname()[1]}", asked
        server.shutdown()
        thread.join()


async def test_headers_go_with_every_request_beside_the_key():
    sent = {"Modal-Key": "wk-1", "X-B": "a:b", "Authorization": "Bearer secret"}
    with refusing() as (url, asked):
        async with open_server(url, key="secret", headers=["Modal-Key: wk-1", "X-B:a:b"]) as server:
            with pytest.raises(CommandFailed, match="answers 403"):
                await play_stream(STREAMS[Transport.WEBSOCKET](server, {"text": "Hello.", "speaker": "v"}))
            with pytest.raises(CommandFailed, match="answers 403"):
                await server.voices()
    assert [{name: headers[name] for name in sent} for headers in asked] == [sent, sent]


@pytest.mark.parametrize("header", ["Modal-Key", "", ":x", "a b:c", "a:b\nc:d"])
async def test_header_that_is_none_is_refused(header):
    with pytest.raises(CommandFailed, match="must be NAME:VALUE"):
        async with open_server("http://127.0.0.1:9", key=None, headers=[header]):
            pass
