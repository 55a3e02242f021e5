"""`veena3 serve` when its engine fails: the process ends with status 1, and a supervisor restarts it."""

import json
from importlib.util import find_spec

import psutil
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.mortal_serve import mortal_server

LEAVES_S = 20
"""Seconds that the process may take to end: two on an idle machine."""


def test_serve_ends_with_status_1_and_advice_when_the_engine_fails(tiny_path, tmp_path):
    with mortal_server(tiny_path, tmp_path, engine="transformers") as server:
        assert server.speak().status_code == 200
        with connect(f"{server.url.replace('http', 'ws')}/v1/tts/ws") as idle:
            server.kill_engine()
            with pytest.raises(ConnectionClosed) as closed:
                idle.recv(LEAVES_S)
            assert closed.value.rcvd.code == 1011
        assert server.process.wait(LEAVES_S) == 1
        *_, last = lines = server.log.read_text().splitlines()
    lost = [json.loads(line) for line in lines if '"runtime_lost"' in line]
    assert [(event["level"], event["reason"]) for event in lost] == [("error", "the engine failed: AcceleratorError")]
    assert last.startswith("veena3: the engine failed: AcceleratorError; start the service again, or ")


def test_serve_ends_when_closing_hangs(tiny_path, tmp_path):
    with mortal_server(tiny_path, tmp_path, engine="transformers") as server:
        server.kill_engine(then="hang")
        assert server.process.wait(LEAVES_S) == 1
        assert '"left_by_force"' in server.log.read_text()


@pytest.mark.slow
@pytest.mark.skipif(find_spec("vllm") is None, reason="VLLM IS NOT INSTALLED: its process may outlive the service")
def test_engine_process_ends_when_the_service_is_killed(tiny_path, tmp_path):
    with mortal_server(tiny_path, tmp_path, engine="vllm") as server:
        (engine,) = server.engine_processes()
        server.process.kill()
        server.process.wait()
        _, alive = psutil.wait_procs([engine], timeout=LEAVES_S)
        assert not alive


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["transformers", "vllm"])
def test_serve_recovers_under_a_supervisor(tiny_path, tmp_path, engine):
    if engine == "vllm" and find_spec("vllm") is None:
        pytest.skip("VLLM IS NOT INSTALLED: the loss of its process goes untested")
    with mortal_server(tiny_path, tmp_path, engine=engine, supervised=True) as server:
        before = server.speak()
        for starts in (2, 3):
            server.kill_engine()
            server.until_ready(starts=starts)
        after = server.speak()
        assert (after.status_code, after.content) == (200, before.content)
        assert server.log.read_text().count("it ended with 1\n") == 2
