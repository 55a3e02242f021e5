"""Names of environment variables that resemble a setting."""

import pytest

from shared.access import HubAccess
from shared.config import Settings, read_settings
from shared.errors import StartupError
from shared.setting_names import SHORTEST

OTHERS = """HOSTNAME HOSTS PORTS REDIS_HOST REDIS_PORT REDIS_TLS_URL DATABASE_HOST DATABASE_URL_UNPOOLED LOG_FORMAT
    SUPABASE_ANON_KEY SUPABASE_SERVICE_ROLE_KEY VEENA3_PORT VEENA3_SERVICE_HOST VLLM_CPU_KVCACHE_SPACE
    VLLM_KV_CACHE_LAYOUT HF_HOME CUDA_VISIBLE_DEVICES""".split()


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("MAX_RUNING", "MAX_RUNNING"),
        ("max_runing", "MAX_RUNNING"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("REDIS_URI", "REDIS_URL"),
        ("CORS_ORIGIN", "CORS_ORIGINS"),
        ("LOGLEVEL", "LOG_LEVEL"),
        ("RECORD_PATH", "RECORDS_PATH"),
    ],
)
def test_settings_refuse_a_misspelt_name_with_a_suggestion(monkeypatch, name, meant):
    monkeypatch.setenv(name, "5")
    with pytest.raises(StartupError) as refused:
        read_settings(Settings)
    assert str(refused.value) == f"setting {name.upper()}: there is none of this name; did you mean {meant}?"


@pytest.mark.parametrize("name", [name for name in Settings.model_fields if len(name) > SHORTEST])
def test_settings_refuse_each_name_without_its_last_letter_but_one(monkeypatch, name):
    monkeypatch.setenv(f"{name[:-2]}{name[-1]}".upper(), "5")
    with pytest.raises(StartupError, match="did you mean"):
        read_settings(Settings)


def test_settings_leave_variables_of_other_programs_alone(monkeypatch):
    for name in OTHERS:
        monkeypatch.setenv(name, "5")
    read_settings(Settings)
    read_settings(HubAccess)
