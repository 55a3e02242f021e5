"""Keys never reach the log, at any level."""

import json
import subprocess
import sys

SERVER = """
import asyncio, json, sys
from pathlib import Path
from shared.logging import configure_logging
configure_logging("DEBUG")
from core.checkpoint.reading import open_checkpoint
from services.accounts.caller import Scope
from tests.api.keys import BODY, guarding
from tests.api.test_auth import END, SPEAK, conversation

with guarding(open_checkpoint(Path(sys.argv[1])), f"sqlite:///{sys.argv[2]}/veena3.db") as guarded:
    key, admin = guarded.key(), guarded.key(Scope.ADMIN)
    assert guarded.generate(key).status_code == 200
    assert guarded.ask("POST", "/v1/tts/sse", headers={"X-API-Key": key}, json=BODY).is_success
    assert guarded.generate(key[:-1] + "!").status_code == 401
    new = guarded.ask("POST", "/v1/keys", admin, json={"name": "new"}).json()["key"]
    assert guarded.generate(new).status_code == 200
    for messages, query, headers in (
        ([SPEAK, END], "?api_key=" + key, {}),
        ([SPEAK, END], "", {"Authorization": "Bearer " + key}),
        ([SPEAK | {"api_key": key}, END], "", {}),
        ([SPEAK | {"api_key": key, "wrong": 1}, END], "", {}),
    ):
        asyncio.run(conversation(guarded, *messages, query=query, headers=headers))
print(json.dumps([key, admin, new]))
"""


def test_no_log_line_holds_a_key(tiny_path, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", SERVER, str(tiny_path), str(tmp_path)], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-3000:]
    keys = json.loads(done.stdout.splitlines()[-1])
    assert done.stderr.count('"request_completed"') >= 6, "there is a log"
    for key in keys:
        for part in (key, key[7:30], key[-20:]):
            assert part not in done.stderr
