import pytest

from api.cli.client.server import open_server
from shared.errors import CommandFailed


async def test_headers_go_with_every_request_beside_the_key():
    async with open_server("http://127.0.0.1:9", key="secret", headers=["Modal-Key: wk-1", "X-B:a:b"]) as server:
        sent = {"Modal-Key": "wk-1", "X-B": "a:b", "Authorization": "Bearer secret"}
        assert server.headers == sent  # of a WebSocket
        assert all(server.http.headers[name] == value for name, value in sent.items())


@pytest.mark.parametrize("header", ["Modal-Key", "", ":x", "a b:c", "a:b\nc:d"])
async def test_header_that_is_none_is_refused(header):
    with pytest.raises(CommandFailed, match="must be NAME:VALUE"):
        async with open_server("http://127.0.0.1:9", key=None, headers=[header]):
            pass
