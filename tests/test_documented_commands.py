"""Every command of README, the quick start and the API pages, run as it is written, against a server on a fake engine.

tests/test_line.py runs README's curl, `veena3 say` and Python program on the real engine as well.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from api.cli.main import COMMANDS
from api.errors import HTTP_CODES
from api.references import GenerateRequest
from core.checkpoint.voices import read_voices
from processing.normalise import normalise_steps
from services.accounts.caller import Scope
from shared.errors import ServiceError
from shared.steps import finish
from tests.api.keys import make_key
from tests.fake_server import fake_server

ROOT = Path(__file__).parents[1]
NAMES = (
    "quickstart http sse word-times elevenlabs cartesia clients deepgram telephony links jobs accounts text markup "
    "voices"
)
PAGES = ("README.md", *(f"docs/{name}.md" for name in NAMES.split()))
INSTALLATION = re.compile(
    r"make |python3 -m venv |\.venv/bin/pip |export PIP_|pipx |uv tool |npm |AUTH_BYPASS_MODE=true \S*veena3 serve"
)
"""Commands that tests/test_readme.py and tests/test_install.py check."""
LOCAL = "http://127.0.0.1:8000"
VEENA3 = f"veena3() {{ {sys.executable} -c 'from api.cli.main import main; main()' \"$@\"; }}"
TIMEOUT_S = 120

ERROR = re.compile(r'"error":(?!\s*null)')
PROGRAM = re.compile(r"```python\n(.*?)```", re.DOTALL)

Run = Callable[[str], subprocess.CompletedProcess[str]]


@dataclass
class Documented:
    """A command, and the page that shows it."""

    page: str
    command: str


def commands_of(page: str) -> Iterator[str]:
    """Yield the commands of a page's console blocks."""
    for block in re.findall(r"```console\n(.*?)```", (ROOT / page).read_text(), re.DOTALL):
        yield from filter(None, block.replace("\\\n", " ").splitlines())


SHOWN = [Documented(page, command) for page in PAGES for command in commands_of(page)]
RUN = {shown.command: shown for shown in reversed(SHOWN) if not INSTALLATION.match(shown.command)}
"""The others, each once."""


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Iterator[Run]:
    """Run a command in an empty folder. The server has the voices of the demo checkpoint."""
    here = tmp_path_factory.mktemp("commands")
    (here / "book.txt").write_text("It was a bright day in April. " * 200)
    database, records = f"sqlite:///{here}/veena3.db", here / "records.db"
    key, secret = make_key(database, Scope.GENERATE)
    settings = {"auth_bypass_mode": True, "database_url": database, "records": "full", "records_path": records}
    with fake_server(ROOT / "voices/demo", **settings) as server:
        named = {"VEENA3_API_KEY": secret, "KEY_ID": key.id, "DATABASE_URL": database, "RECORDS_PATH": str(records)}
        named |= {
            "HOST": "127.0.0.1",
            "PORT": str(server.port),
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT}/clients/python",
            "CHECKPOINT": str(ROOT / "voices/demo"),
        }

        def run(command: str) -> subprocess.CompletedProcess[str]:
            script = command.replace(LOCAL, server.url).replace(".venv/bin/veena3", "veena3")
            return subprocess.run(
                ["bash", "-c", f"{VEENA3}; {script}"],
                cwd=here,
                env=os.environ | named,
                capture_output=True,
                text=True,
                timeout=TIMEOUT_S,
            )

        yield run


@pytest.mark.parametrize("shown", RUN.values(), ids=[f"{shown.page}-{n}" for n, shown in enumerate(RUN.values(), 1)])
def test_command_succeeds(run, shown):
    told = run(f"PORT=0 {shown.command}" if "doctor" in shown.command else shown.command)  # it looks for a free port
    assert told.returncode == 0 and not ERROR.search(told.stdout), told.stdout + told.stderr


def test_every_page_shows_a_command():
    assert {shown.page for shown in SHOWN} == set(PAGES)


def test_json_examples_of_http_are_real_requests_and_answers(run):
    """The documented JSON answer has the fields of a real one."""
    (command,) = [
        shown.command for shown in RUN.values() if "Accept: application/json" in shown.command and "http" in shown.page
    ]
    answer = httpx.Response(200, content=run(command).stdout).json()
    shown = re.search(r"```json\n(\{\"audio_b64.*?)```", (ROOT / "docs/http.md").read_text(), re.DOTALL)
    assert shown and set(re.findall(r'"(\w+)":', shown[1])) == {*answer, *answer["chunks"][0]}
    assert answer["spoken_text"] == "I have three cats."


def test_program_of_the_openai_page_is_that_of_the_readme():
    """tests/test_line.py runs it."""
    (program,) = PROGRAM.findall((ROOT / "docs/openai.md").read_text())
    assert PROGRAM.findall((ROOT / "README.md").read_text()) == [program]


def test_request_with_a_lexicon_is_valid():
    (shown,) = re.findall(r"```json\n(.*?)```", (ROOT / "docs/text.md").read_text(), re.DOTALL)
    assert GenerateRequest.model_validate_json(shown).lexicon


def test_voices_yaml_of_the_voices_page_is_valid(tmp_path):
    (shown,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/voices.md").read_text(), re.DOTALL)
    (tmp_path / "voices.yaml").write_text(shown)
    assert read_voices(tmp_path / "voices.yaml", global_codes=4096).voices[0].id == "lipakshi"


def test_table_of_voices_is_that_of_the_demo_checkpoint():
    rows = re.findall(
        r"^\| `(\w+)` \| (\w+) \| (.+?) \| (.*?) ?\|$", (ROOT / "docs/voices.md").read_text(), re.MULTILINE
    )
    sheet = read_voices(ROOT / "voices/demo/voices.yaml", global_codes=4096)
    assert rows == [(v.id, v.gender, v.description, ", ".join(v.aliases)) for v in sheet.voices]


def test_table_of_spoken_forms_is_true():
    page = (ROOT / "docs/text.md").read_text().split("## Scripts")[0]  # whose table depends on the checkpoint
    rows = re.findall(r"^\| `(.+?)` \| (.+?) \|$", page, re.MULTILINE)
    assert len(rows) > 5
    for written, spoken in rows:
        assert finish(normalise_steps(written)).spoken == spoken


def test_every_field_of_a_request_is_documented():
    page = (ROOT / "docs/http.md").read_text()
    fields = page.split("## Fields")[1].split("## ")[0]
    assert set(re.findall(r"^\| `(\w+)`", fields, re.MULTILINE)) == set(GenerateRequest.model_fields)


@pytest.mark.parametrize("stream", ["true", "false"])
def test_every_header_of_an_answer_is_documented(run, stream):
    body = f'{{"text": "Hello.", "speaker": "lipakshi", "normalize_verbose": true, "stream": {stream}}}'
    head = run(
        f"curl -s -o /dev/null -D - {LOCAL}/v1/tts/generate -H 'Content-Type: application/json' -d '{body}'"
    ).stdout
    sent = set(re.findall(r"^(x-[a-z-]+|server-timing):", head.lower(), re.MULTILINE))
    headers = (ROOT / "docs/http.md").read_text().split("## Headers")[1].split("## ")[0]
    assert len(sent) > 8 and sent <= set(re.findall(r"`([a-z-]+)`", headers.lower()))


def test_every_error_code_is_documented():
    def codes(kind: type[ServiceError]) -> set[str]:
        return {kind.code}.union(*map(codes, kind.__subclasses__()))

    errors = (ROOT / "docs/http.md").read_text().split("## Errors")[1]
    documented = {
        code for cell in re.findall(r"^\| (`.+?`) \|", errors, re.MULTILINE) for code in cell.strip("`").split("`, `")
    }
    assert documented == codes(ServiceError) | set(HTTP_CODES.values())


def test_every_command_of_veena3_is_documented():
    named = set(re.findall(r"`veena3 ([a-z-]+)", (ROOT / "docs/commands.md").read_text()))
    assert named == set(COMMANDS)
