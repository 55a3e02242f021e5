"""Known attacks on a real server: each is refused, and the server goes on."""

import socket

import httpx
import pytest

OUTSIDE = [
    "../route.py",
    "..%2froute.py",
    "%2e%2e/%2e%2e/app.py",
    "..%5c..%5capp.py",
    "....//app.py",
    "%2fetc%2fpasswd",
    "..%c0%afapp.py",
    "playground.js%00.css",
    "%252e%252e%252froute.py",
]


def raw(port: int, request: bytes, *, within_s: float = 20.0) -> bytes:
    """Send bytes, and return the answer up to the close."""
    with socket.create_connection(("127.0.0.1", port), timeout=within_s) as client:
        client.sendall(request)
        answer = b""
        while piece := client.recv(65536):
            answer += piece
    return answer


def get(port: int, path: str, *headers: str) -> bytes:
    """Send a path unchanged: an HTTP client would normalise it."""
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers]
    return raw(port, "\r\n".join([*lines, "", ""]).encode("latin-1"))


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize("place", ["/assets/{}", "/v1/voices/{}", "/v1/models/{}", "/v1/keys/{}", "/{}"])
@pytest.mark.parametrize("path", OUTSIDE)
def test_paths_outside_are_refused(common, place, path):
    answer = get(common.port, place.format(path))
    assert status(answer) in {400, 403, 404, 405}
    assert b"root:" not in answer and b"import" not in answer and b"Traceback" not in answer


def test_voice_and_model_names_are_never_paths(common):
    for path in OUTSIDE:
        assert common.generate(speaker=path).json()["error"]["code"] == "INVALID_SPEAKER"
        asked = {"model": path, "input": "Hello.", "voice": "lipakshi"}
        refused = httpx.post(f"{common.url}/v1/audio/speech", json=asked)
        assert refused.status_code == 404 and refused.json()["error"]["code"] == "model_not_found"


INJECTED = [
    "a\r\nX-Injected: yes",
    "a\nX-Injected: yes",
    "a%0d%0aX-Injected: yes",
    "a\rb",
    "a\tb",
    "{}",
    '"',
    "\x00",
    "é",
]


@pytest.mark.parametrize("id", INJECTED)
def test_request_id_cannot_inject_a_header(common, id):
    """An invalid id is replaced, or the request is no longer HTTP."""
    answer = get(common.port, "/live", f"X-Request-ID: {id}")
    head = answer.partition(b"\r\n\r\n")[0].lower()
    assert b"\r\nx-injected" not in head and status(answer) in {200, 400}
    if status(answer) == 200:
        given = head.partition(b"x-request-id: ")[2].partition(b"\r\n")[0]
        assert given == b"a" or (len(given) == 32 and given.isalnum())


def test_text_cannot_inject_a_header(common):
    said = "Hello\r\nX-Injected: yes\n\nthere"
    answer = common.generate(text=said, normalize_verbose=True)
    assert answer.status_code == 200 and "x-injected" not in answer.headers


@pytest.mark.parametrize(
    "header", [f"X-Large: {'a' * 200_000}", f"Authorization: Bearer {'a' * 200_000}", f"Cookie: {'a=b;' * 50_000}"]
)
def test_oversized_headers_are_refused(common, header):
    try:
        answer = get(common.port, "/live", header)
    except ConnectionResetError:  # the server closes with unread bytes
        answer = b""
    assert answer == b"" or status(answer) in {400, 431}
    assert httpx.get(f"{common.url}/live").status_code == 200


def test_oversized_address_is_refused(common):
    try:
        answer = get(common.port, "/v1/voices/" + "a" * 200_000)
    except ConnectionResetError:
        answer = b""
    assert answer == b"" or status(answer) in {400, 404, 414, 431}


def test_slow_senders_do_not_delay_other_requests(common):
    """A hundred clients that never finish their request hold a hundred sockets and nothing else."""
    slow = [socket.create_connection(("127.0.0.1", common.port)) for _ in range(100)]
    try:
        for number, client in enumerate(slow):
            client.sendall(b"POST /v1/tts/generate HTTP/1.1\r\nHost: localhost\r\n")
            if number % 2:  # its headers end, its body never comes
                client.sendall(b"Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{")
        for client in slow[::2]:
            client.sendall(b"X-A: b\r\n")
        assert common.generate().status_code == 200
        assert httpx.get(f"{common.url}/health").json()["queue"] == {"running": 0, "waiting": 0}
    finally:
        for client in slow:
            client.close()
    service = common.app.state.service
    common.until(lambda: not service.audio.open_requests)


def series(common) -> set[str]:
    """Return the names and labels of all metrics."""
    lines = httpx.get(f"{common.url}/metrics").text.splitlines()
    return {line.rpartition(" ")[0] for line in lines if not line.startswith("#")}


def test_client_input_adds_no_metric_label(common):
    """After one request with every kind of name, further names add no series."""

    def invent(name: str) -> None:
        common.generate(speaker=name)
        common.generate(format=name)
        common.generate(**{name: 1})
        common.generate(output=name)
        asked = {"model": name, "input": "Hello.", "voice": name}
        httpx.post(f"{common.url}/v1/audio/speech", json=asked)
        httpx.post(f"{common.url}/{name}")
        httpx.request(name.upper(), f"{common.url}/v1/tts/generate")
        httpx.post(f"{common.url}/log_frontend_event", json={"event": name, "session": name})
        httpx.get(f"{common.url}/live", headers={"X-Request-ID": name, "User-Agent": name})
        common.generate(speaker="lipakshi")

    invent("first")
    series(common)  # this request itself is counted, too
    before = series(common)
    for number in range(4):
        invent(f"invented{number}")
    assert series(common) == before
    assert not any("invented" in line or "first" in line for line in before if "{" in line)
