"""Settings of the stores: database, Redis, records and credits. `Settings` of `shared/config.py` inherits them."""

from enum import StrEnum
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from shared.setting_types import FilePath
from shared.state_directory import state_directory


class RecordKind(StrEnum):
    FULL = "full"
    HASH = "hash"
    OFF = "off"


class RecordStoreKind(StrEnum):
    FILE = "file"
    DATABASE = "database"


class WhenUnavailable(StrEnum):
    REFUSE = "refuse"
    SERVE = "serve"


class StoreSettings(BaseSettings):
    """Part of `Settings` that concerns the stores."""

    store_deadline_s: float = Field(
        0.4,
        gt=0,
        le=60,
        description="seconds that a request may wait for database and Redis together; a request needs up to three "
        "round trips (key, limits, credits), so the default serves stores up to 100 ms away",
    )
    database_connections: int = Field(
        8, ge=1, le=200, description="connections to PostgreSQL that each process keeps open"
    )
    redis_url: str | None = Field(
        None, description="Redis in which processes share limits, `redis://…`; unset: limits are per process"
    )
    without_redis: Literal["local", "refuse"] = Field(
        "local", description="while Redis is unavailable: `local` limits per process, or `refuse` with 503"
    )
    database_url: str = Field(
        default_factory=lambda: f"sqlite:///{state_directory()}/veena3.db",
        description="database of keys and credits: `sqlite:///file`, `sqlite://` (memory) or `postgresql://…`",
    )

    records: RecordKind = Field(
        RecordKind.FULL,
        description="record of each request: `full`, `hash` (SHA-256 and length instead of the text) or `off`",
    )
    records_store: RecordStoreKind = Field(
        RecordStoreKind.FILE,
        description="where records wait until they are delivered and charged: `file` (RECORDS_PATH), or `database` "
        "(PostgreSQL at DATABASE_URL), for containers without a disk that outlives them",
    )
    records_takeover_s: float = Field(
        300.0,
        ge=5,
        le=86_400,
        description="seconds after which another process takes over the records in the database of one that has died",
    )
    records_path: FilePath = Field(
        default_factory=lambda: state_directory() / "records.db", description="file in which records are stored first"
    )
    records_days: int = Field(30, ge=0, le=36_500, description="days after which records are deleted; 0: never")
    supabase_url: str | None = Field(None, description="project to whose table `tts_requests` records are delivered")
    supabase_key: SecretStr | None = Field(None, description="its service-role key")

    credits: bool = Field(False, description="`true`: keys pay for speech with credits (`veena3 credits grant`)")
    credits_away: WhenUnavailable = Field(
        WhenUnavailable.REFUSE,
        description="requests while the database is unavailable: `refuse`, or `serve` and settle later",
    )
    credits_hold_s: float = Field(
        3600.0, gt=0, description="seconds after which the credits held by a process that has ended are released"
    )
    credits_days: int = Field(
        400, ge=0, le=36_500, description="days after which charges are summed up into one entry a key; 0: never"
    )
