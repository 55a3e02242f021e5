import sys
from pathlib import Path

import pytest

from core.checkpoint.reading import Checkpoint
from core.engines import open_engine
from shared.config import EngineKind, Settings
from shared.errors import RuntimeDead, StartupError
from shared.types import Finish
from tests.core.engines.conftest import collect, prompt

BROKEN = "core.engines.vllm_engine"


async def test_selected_engine_is_opened(tiny: Checkpoint) -> None:
    settings = Settings(checkpoint=tiny.root, engine=EngineKind.TRANSFORMERS, device="cpu")
    async with open_engine(settings, tiny) as engine:
        assert engine.name == "transformers"
        assert (await collect(engine, prompt(tiny, "a")))[1] is Finish.STOP
    with pytest.raises(RuntimeDead):
        engine.check_health()


async def test_auto_uses_transformers_when_vllm_is_not_installed(
    tiny: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.engines.find_spec", lambda name: None)
    settings = Settings(checkpoint=tiny.root, engine=EngineKind.AUTO, device="cpu")
    async with open_engine(settings, tiny) as engine:
        assert engine.name == "transformers"


async def test_auto_uses_transformers_when_vllm_does_not_import(
    tiny: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.engines.find_spec", lambda name: name)
    monkeypatch.setitem(sys.modules, BROKEN, None)
    settings = Settings(checkpoint=tiny.root, engine=EngineKind.AUTO, device="cpu")
    async with open_engine(settings, tiny) as engine:
        assert engine.name == "transformers"


async def test_vllm_that_does_not_import_is_a_startup_error(tiny: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, BROKEN, None)
    with pytest.raises(StartupError, match="ENGINE=vllm: ") as caught:
        async with open_engine(Settings(checkpoint=Path(), engine=EngineKind.VLLM), tiny):
            pass
    assert "\n" not in str(caught.value)
