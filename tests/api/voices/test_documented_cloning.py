"""Every command of docs/cloning.md, run as it is written, in its order."""

import os
import subprocess

from tests.api.voices.conftest import RECORDING
from tests.test_documented_commands import LOCAL, VEENA3, commands_of


def test_documented_commands_of_cloning_work(voices, tmp_path):
    (tmp_path / "anjali.wav").write_bytes(RECORDING)
    server = {"HOST": "127.0.0.1", "PORT": str(voices.served.port)}
    environment = os.environ | server | {"VEENA3_API_KEY": voices.mine.headers["x-api-key"]}
    commands = list(commands_of("docs/cloning.md"))
    assert len(commands) >= 6
    for command in commands:
        script = command.replace(LOCAL, voices.served.url).replace("curl ", "curl --fail-with-body -sS ")
        ended = subprocess.run(
            ["bash", "-c", f"{VEENA3}\n{script}"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert ended.returncode == 0, (command, ended.stdout, ended.stderr)
    assert (tmp_path / "hello.wav").read_bytes()[:4] == b"RIFF" and (tmp_path / "preview.mp3").stat().st_size > 1000
    made = voices.mine.get("/v1/voices/Anjali").json()
    voices.mine.delete(f"/v1/voices/{made['id']}")
