"""The shipped configurations of nginx and Caddy before two processes of the service."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from tests.fake_server import FakeServer, fake_server
from tests.servers import free_port

ROOT = Path(__file__).parents[2]
START_S = 20
SHORT = {"text": "Good morning.", "speaker": "lipakshi", "stream": True}
LONG = SHORT | {"text": "Good morning to all of you. How are you today? " * 8}

NGINX = """
user root;
daemon off;
pid {directory}/pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    include {directory}/veena3.conf;
}}
"""
"""Configuration of nginx around a file of conf.d."""


@dataclass
class Proxied:
    """A proxy at `port`, and the processes behind it."""

    port: int
    behind: list[FakeServer]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def speak(self, body: dict[str, object]) -> httpx.Response:
        return httpx.post(f"{self.url}/v1/tts/generate", json=body, timeout=60)


def nginx(directory: Path, shipped: str) -> list[str]:
    (directory / "veena3.conf").write_text(shipped)
    (directory / "nginx.conf").write_text(NGINX.format(directory=directory))
    return ["nginx", "-p", str(directory), "-c", str(directory / "nginx.conf")]


def caddy(directory: Path, shipped: str) -> list[str]:
    (directory / "Caddyfile").write_text("{\n\tadmin off\n\tauto_https off\n}\n" + shipped)
    return ["caddy", "run", "--config", str(directory / "Caddyfile"), "--adapter", "caddyfile"]


SHIPPED = {
    "nginx": (nginx, "deploy/nginx/veena3.conf", "listen 80;"),
    "caddy": (caddy, "deploy/caddy/Caddyfile", ":80 "),
}


@contextmanager
def proxy(name: str, directory: Path, behind: list[FakeServer]) -> Iterator[Proxied]:
    """Run a proxy with its shipped configuration, except for the ports."""
    write, path, listen = SHIPPED[name]
    port, shipped = free_port(), (ROOT / path).read_text()
    for number, server in enumerate(behind):
        assert f"127.0.0.1:800{number}" in shipped
        shipped = shipped.replace(f"127.0.0.1:800{number}", f"127.0.0.1:{server.port}")
    assert listen in shipped
    command = write(directory, shipped.replace(listen, listen.replace("80", str(port))))
    environment = os.environ | {
        "HOME": str(directory),
        "XDG_DATA_HOME": str(directory),
        "XDG_CONFIG_HOME": str(directory),
    }
    with (directory / "log").open("w") as log, subprocess.Popen(command, stderr=log, env=environment) as process:
        try:
            proxied, deadline = Proxied(port, behind), time.monotonic() + START_S
            while not answers(proxied):
                assert process.poll() is None and time.monotonic() < deadline, (directory / "log").read_text()
                time.sleep(0.05)
            yield proxied
        finally:
            process.terminate()


def answers(proxied: Proxied) -> bool:
    try:
        return httpx.get(f"{proxied.url}/ready").status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(
            name,
            marks=pytest.mark.skipif(
                shutil.which(name) is None, reason=f"NO {name.upper()}: its configuration is untested"
            ),
        )
        for name in SHIPPED
    ],
)
def proxied(request, tmp_path_factory) -> Iterator[Proxied]:
    """Two processes with one slot each and no queue. The last test stops the first process."""
    with ExitStack() as stack:
        settings = {
            "auth_bypass_mode": True,
            "max_running": 1,
            "max_waiting": 0,
            "database_url": "sqlite://",
            "records": "off",
        }
        behind = [stack.enter_context(fake_server(ROOT / "voices/demo", delay_s=0.05, **settings)) for _ in range(2)]
        yield stack.enter_context(proxy(request.param, tmp_path_factory.mktemp(request.param), behind))


def test_stream_passes_as_it_is_written(proxied):
    begun = time.monotonic()
    with httpx.stream("POST", f"{proxied.url}/v1/tts/generate", json=LONG, timeout=60) as answer:
        assert answer.status_code == 200
        arrived = [time.monotonic() - begun for _ in answer.iter_raw()]
    assert len(arrived) > 5 and arrived[0] < arrived[-1] / 3


def test_websocket_passes(proxied):
    with connect(f"ws://127.0.0.1:{proxied.port}/v1/tts/ws") as client:
        client.send(json.dumps(SHORT | {"type": "speak", "format": "pcm"}))
        received = []
        while not received or isinstance(received[-1], bytes) or json.loads(received[-1])["type"] != "end":
            received.append(client.recv(timeout=30))
        assert sum(isinstance(message, bytes) for message in received) > 10


def test_request_that_one_process_refuses_goes_to_the_other(proxied):
    with ThreadPoolExecutor(3) as pool:
        answers = [answer.status_code for answer in pool.map(proxied.speak, [LONG] * 3)]
    assert sorted(answers) == [200, 200, 503]


def test_metrics_of_a_single_process_are_not_public(proxied):
    assert httpx.get(f"{proxied.url}/metrics").status_code == 404
    assert httpx.get(f"{proxied.url}/v1/tts/metrics").status_code == 404


def test_requests_go_on_when_a_process_dies(proxied):
    """Caddy does not repeat a POST on a connection that breaks; it learns of the death by asking for `/ready`."""
    proxied.behind[0].process.kill()
    deadline, in_a_row = time.monotonic() + START_S, 0
    while in_a_row < 4:
        in_a_row = in_a_row + 1 if proxied.speak(SHORT).status_code == 200 else 0
        assert time.monotonic() < deadline
