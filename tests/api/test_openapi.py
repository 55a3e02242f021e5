"""The OpenAPI description, held against a real server by schemathesis: no fault of ours, nothing undocumented."""

import json
import subprocess
import sys

import httpx

from services.accounts.caller import Scope
from tests.api.keys import guarding

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


def test_the_service_does_what_its_description_says(tiny, tmp_path):
    with guarding(tiny, f"sqlite:///{tmp_path}/keys.db") as guarded:
        key, url = guarded.key(*Scope), guarded.served.url
        description = httpx.get(f"{url}/openapi.json").json()
        known = {  # what exists, so that more is tried than refusals
            "speaker": [voice["id"] for voice in guarded.ask("GET", "/v1/voices", key).json()["voices"]],
            "model": ["tts-1"],
        }
        for shape in description["components"]["schemas"].values():
            for name in known.keys() & shape.get("properties", {}).keys():
                shape["properties"][name]["enum"] = known[name]
        written = tmp_path / "openapi.json"
        written.write_text(json.dumps(description))
        command = [sys.executable, "-m", "schemathesis.cli", "run", str(written), "--url", url, "--no-color"]
        command += ["--header", f"Authorization: Bearer {key}", "--checks", CHECKS, "--continue-on-failure"]
        command += ["--phases", "coverage,fuzzing", "--max-examples", "5", "--generation-deterministic"]
        tried = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=600)
        assert tried.returncode == 0, tried.stdout[-10_000:] + tried.stderr[-2_000:]
        assert f"{sum(map(len, description['paths'].values()))} selected" in tried.stdout
        answered = httpx.get(f"{url}/metrics").text
        assert "requests_completed_total{" in answered  # some of it was spoken
