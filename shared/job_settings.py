"""Settings of jobs: long texts that are spoken in the background. `Settings` of `shared/config.py` inherits them."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from shared.setting_types import Names


class JobSettings(BaseSettings):
    """Part of `Settings` that concerns jobs."""

    jobs_at_once: int = Field(
        1, ge=0, le=16, description="jobs that this process speaks at once; 0: it takes jobs, and others speak them"
    )
    jobs_path: Path | None = Field(
        None,
        description="directory of the audio of jobs, by default `jobs` in VEENA3_HOME; all processes that share "
        "DATABASE_URL must share it",
    )
    jobs_store: str | None = Field(
        None,
        pattern=r"^\w+://",
        description="object storage for the audio of jobs in place of JOBS_PATH, `s3://bucket/prefix`, `gs://…` or "
        "`az://…`; needs the extra `objects`",
    )
    jobs_lease_s: float = Field(
        30.0, ge=1, le=3600, description="seconds after which another process takes over the jobs of one that died"
    )
    jobs_days: float = Field(7.0, gt=0, le=3650, description="days after which an ended job and its audio are deleted")
    key_jobs: int = Field(10, ge=1, description="jobs of a key that wait or are spoken")
    webhook_secret: SecretStr | None = Field(
        None, min_length=16, description="secret from which each key's webhook secret is made; unset: no webhooks"
    )
    webhook_hosts: Names = Field(
        (),
        description="hosts, `name` or `name:port`, that webhooks may reach by http and at private addresses; all "
        "others need https and a public address",
    )
