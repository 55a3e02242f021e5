"""Designed voices through the service on the transformers engine and the real codec."""

import httpx
import pytest

from api.app import create_app
from services.runtime import open_runtime
from shared.config import Settings
from tests.api.conftest import running
from tests.styled_checkpoint import build_styled_checkpoint

DESIGN = {"gender": "female", "pitch": "high", "candidates": 1, "seed": 3, "text": "Hello there."}
SPOKEN = {"text": "Good morning.", "speaker": "Narrator", "format": "pcm", "seed": 7}


@pytest.mark.slow
def test_candidate_is_designed_kept_and_speaks_at_other_levels(tmp_path):
    root = build_styled_checkpoint(tmp_path / "checkpoint")
    settings = Settings(
        checkpoint=root,
        engine="transformers",
        codec_mode="eager",
        database_url=f"sqlite:///{tmp_path}/veena3.db",
        auth_bypass_mode=True,
    )
    app = create_app(settings, open_runtime)
    with running(app) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as client:
        while client.get("/ready").status_code != 200:
            assert client.get("/live").status_code == 200
        designed = client.post("/v1/voices/design", json=DESIGN)
        assert designed.status_code == 200, designed.text
        (candidate,) = designed.json()["candidates"]
        assert (candidate["gender"], candidate["pitch"]) == ("female", "high") and candidate["seconds"] > 0.3
        kept = client.post(f"/v1/voices/design/{candidate['id']}", json={"name": "Narrator"})
        assert kept.status_code == 201 and kept.json()["source"] == "designed", kept.text
        spoken = [client.post("/v1/tts/generate", json=SPOKEN | more) for more in ({}, {"pitch": "very_low"}, {})]
        assert [answer.status_code for answer in spoken] == [200] * 3, spoken[1].text
        own, other, again = (answer.content for answer in spoken)
        assert own == again != other and len(own) > 16_000 * 2 * 0.3
        refused = client.post("/v1/tts/generate", json=SPOKEN | {"speaker": "lipakshi", "rate": "low"})
        assert refused.status_code == 400 and "only a designed voice" in refused.text
