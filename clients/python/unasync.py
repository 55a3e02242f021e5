"""Write the synchronous form of the client from the asynchronous one: `python clients/python/unasync.py`."""

import re
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).parent / "veena3_client"
HANDWRITTEN = {"waiting.py"}
NOTE = '"""Synchronous form of the client. `python clients/python/unasync.py` writes it from `_async`."""\n'
RULES = [
    (r"\basync (def|with|for)\b", r"\1"),
    (r"\bawait ", ""),
    (r"\bAsync(Http|Tts|Voices|Veena3|SpeechStream|SpeechSocket|SpeechContext)\b", r"\1"),
    (r"\bAsyncGenerator\b", "Generator"),
    (r"\bGenerator\[Event, None\]", "Generator[Event, None, None]"),
    (r"\bAsyncIterator\b", "Iterator"),
    (r"\bAbstractAsyncContextManager\b", "AbstractContextManager"),
    (r"\basynccontextmanager\b", "contextmanager"),
    (r"\bhttpx\.AsyncClient\b", "httpx.Client"),
    (r"__a(enter|exit|iter)__", r"__\1__"),
    (r"\b(?:a)(iter_bytes|read|close)\(", r"\1("),
    (r"\banext\(", "next("),
    (r"\b_async\b", "_sync"),
    (r"\basynchronous\b", "synchronous"),
    (r"\bOne task\b", "One thread"),
]


def synchronous(source: str) -> str:
    """Return the synchronous form of a module, formatted."""
    for pattern, replacement in RULES:
        source = re.sub(pattern, replacement, source)
    for command in (["check", "--quiet", "--select", "I", "--fix-only"], ["format", "--quiet"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--stdin-filename", str(PACKAGE / "_sync" / "one.py"), "-"]
        source = subprocess.run(ruff, input=source, capture_output=True, text=True, check=True).stdout
    return source


def derived() -> dict[Path, str]:
    """Return the path and the text of every module that is derived."""
    sources = (path for path in sorted((PACKAGE / "_async").glob("*.py")) if path.name not in HANDWRITTEN)
    modules = {PACKAGE / "_sync" / path.name: synchronous(path.read_text()) for path in sources}
    modules[PACKAGE / "_sync" / "__init__.py"] = NOTE
    return modules


if __name__ == "__main__":
    for path, text in derived().items():
        path.write_text(text)
