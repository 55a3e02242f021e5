"""HEAD is answered wherever GET is, with GET's headers and no body."""

import httpx
import pytest
from fastapi.routing import APIRoute

from tests.api.conftest import Served


def paths(served: Served) -> list[str]:
    """Return the paths of GET whose only variables are names of voices and models."""
    names = {"/v1/voices/{name}": "/v1/voices/lipakshi", "/v1/models/{name}": "/v1/models/tts-1"}
    found = [route.path for route in served.app.routes if isinstance(route, APIRoute) and "GET" in route.methods]
    return [names.get(path, path) for path in found if "{" not in path or path in names]


def test_head_has_the_status_and_type_of_get_and_no_body(common):
    asked = paths(common)
    assert {"/", "/health", "/metrics", "/v1/voices/lipakshi", "/v1/models"} <= set(asked)
    with httpx.Client(base_url=common.url) as client:
        for path in asked:
            head, get = client.head(path), client.get(path)
            assert (head.status_code, head.headers.get("content-type")) == (
                get.status_code,
                get.headers.get("content-type"),
            ), path
            assert head.content == b"" and head.headers["x-request-id"]


@pytest.mark.parametrize("path", ["/v1/tts/generate", "/v1/audio/speech"])
def test_head_is_refused_where_get_is(common, path):
    assert httpx.head(f"{common.url}{path}").status_code == 405


def test_head_of_an_unknown_path_is_404(common):
    assert httpx.head(f"{common.url}/nothing").status_code == 404
