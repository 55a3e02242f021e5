"""Access to other services than the stores, read from the environment by commands."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.setting_types import HttpUrl

PUBLIC_HUB = "https://huggingface.co"


class HubAccess(BaseSettings):
    """Access to the model hub, read from HF_ENDPOINT and HF_TOKEN as in the hub's own client."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_prefix="HF_")

    endpoint: str = PUBLIC_HUB
    token: str | None = Field(None, repr=False)


class ProbeAccess(BaseSettings):
    """Access of a scheduled probe to a server, with key and headers as for `veena3 smoke`, and to a collector."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    veena3_api_key: str | None = Field(None, repr=False)
    veena3_headers: str = Field("", repr=False)
    otlp_metrics_endpoint: HttpUrl | None = None
