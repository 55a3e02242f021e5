"""`veena3 serve` when its engine is lost: it ends with status 1, whatever hangs, and a supervisor's next one speaks."""

import json
from importlib.util import find_spec

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.mortal_serve import mortal_server

LEAVES_S = 20  # it takes two; on a busy machine


def test_a_lost_engine_ends_the_process_with_status_1_and_says_what_to_do(tiny_path, tmp_path):
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


def test_it_ends_though_closing_hangs(tiny_path, tmp_path):
    with mortal_server(tiny_path, tmp_path, engine="transformers") as server:
        server.kill_engine(then="hang")
        assert server.process.wait(LEAVES_S) == 1
        assert '"left_by_force"' in server.log.read_text()


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["transformers", "vllm"])
def test_under_a_supervisor_it_speaks_again(tiny_path, tmp_path, engine):
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
