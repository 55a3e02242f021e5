"""Every setting of the service, and the only place that reads the environment."""

import os
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, Field, SecretStr, StringConstraints, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shared.errors import StartupError

MIB = 1024 * 1024
PUBLIC_HUB = "https://huggingface.co"


class EngineKind(StrEnum):
    AUTO = "auto"
    VLLM = "vllm"
    TRANSFORMERS = "transformers"


class CodecMode(StrEnum):
    EAGER = "eager"
    FAST = "fast"
    BF16 = "bf16"


class SuperResolutionMode(StrEnum):
    EAGER = "eager"
    FAST = "fast"
    INT8 = "int8"


class SnapshotMode(StrEnum):
    OFF = "off"
    CPU = "cpu"
    GPU = "gpu"


class RecordKind(StrEnum):
    FULL = "full"
    HASH = "hash"
    OFF = "off"


class VramProfile(StrEnum):
    SMALL = "small"
    DEFAULT = "default"
    THROUGHPUT = "throughput"


_PROFILED: dict[str, dict[str, int]] = {
    VramProfile.SMALL: {"max_running": 8, "decode_batch": 4, "vllm_kv_cache_mib": 192},
    VramProfile.THROUGHPUT: {"max_running": 128, "decode_batch": 32, "vllm_kv_cache_mib": 4096},
}


class WhenAway(StrEnum):
    REFUSE = "refuse"
    SERVE = "serve"


Origin = Annotated[str, StringConstraints(pattern=r"^https?://[A-Za-z0-9.\-\[\]:]+$")]


def _split(listed: object) -> object:
    """Split what the environment gives, with commas between."""
    return tuple(filter(None, map(str.strip, listed.split(",")))) if isinstance(listed, str) else listed


class Settings(BaseSettings):
    """Read from environment variables of the same names in capitals."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    checkpoint: Path = Field(
        Path("voices/demo"), description="checkpoint directory (Spark-TTS layout with `voices.yaml`)"
    )
    checkpoint_revision: str | None = Field(
        None, description="commit that the checkpoint's `manifest.json` must name; files are checked against it anyway"
    )
    engine: EngineKind = Field(EngineKind.AUTO, description="token engine; `auto` takes vLLM where it imports")
    device: str = Field(
        "auto",
        pattern=r"^(auto|cpu|cuda(:\d+)?)$",
        description="where the models run; `auto` takes a GPU if there is one",
    )
    codec_mode: CodecMode = Field(
        CodecMode.FAST,
        description="how the decoder runs: `eager`, `fast` (CPU, less arithmetic) or `bf16` (GPU)",
    )
    codec_threads: int = Field(1, ge=1, le=64, description="CPU threads of the decoder, and of super-resolution")
    super_resolution: Path | None = Field(
        None, description="directory of an AP-BWE checkpoint (`config.json`, `g_16kto48k`) for `output` `48khz`"
    )
    super_resolution_mode: SuperResolutionMode = Field(
        SuperResolutionMode.INT8,
        description="how it runs on a CPU: `eager`, `fast` (the same sound) or `int8` (faster, and some 40 dB from it)",
    )

    vram_profile: VramProfile = Field(
        VramProfile.DEFAULT,
        description="how much of a GPU is taken: `small` (6 GB cards), `default` or `throughput`; it sets MAX_RUNNING, "
        "DECODE_BATCH and VLLM_KV_CACHE_MIB where they are not set",
    )
    decode_batch: int = Field(16, ge=1, le=256, description="decode windows of one size that are decoded together")
    decode_gather_ms: float = Field(
        2.0, ge=0, le=50, description="longest wait of a decode window for others, while others come"
    )

    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, ge=0, le=65535, description="port to listen on")
    max_body_bytes: int = Field(1 * MIB, ge=1024, description="largest request body, and largest WebSocket message")
    cors_origins: Annotated[tuple[Origin, ...], NoDecode, BeforeValidator(_split)] = Field(
        (), description="web pages that may use the service, `https://app.example.com,…`; its own pages always may"
    )

    auth_bypass_mode: bool = Field(False, description="`true`: no API key is asked for; for a laptop, and tests")
    key_cache_ttl_s: float = Field(30.0, ge=0, le=3600, description="a revoked key works so long at most")
    key_grace_s: float = Field(
        600.0, ge=0, description="while the database is away a key that was good works so long beyond that"
    )
    key_requests_per_minute: int = Field(600, ge=1, description="for a key that has no such limit of its own")
    key_characters_per_minute: int = Field(300_000, ge=1, description="for a key that has no such limit of its own")
    key_streams: int = Field(50, ge=1, description="requests at once, for a key that has no such limit of its own")
    redis_url: str | None = Field(None, description="where processes share limits, `redis://…`; each its own without")
    without_redis: Literal["local", "refuse"] = Field(
        "local", description="while Redis is away: limits in each process alone, or 503"
    )
    database_url: str = Field(
        "sqlite:///var/veena3.db",
        description="where keys and credits live: `sqlite:///file`, `sqlite://` (memory) or `postgresql://…`",
    )

    max_running: int = Field(32, ge=1, description="requests that speak at once")
    max_waiting: int = Field(64, ge=0, description="requests that may wait for a slot; more are refused with 503")
    min_headroom_s: float = Field(
        0.1, ge=0, le=60, description="sound every listener must keep in hand for a request to be let in beside them"
    )
    queue_timeout_s: float = Field(30.0, gt=0, description="longest wait for a slot, then 503")
    first_audio_timeout_s: float = Field(60.0, gt=0, description="longest wait for the first sound, then 504")
    frame_queue: int = Field(50, ge=1, le=1000, description="frames that wait for the client of a WebSocket")
    stall_timeout_s: float = Field(30.0, gt=0, description="a client that takes nothing for so long is dropped")

    lexicon: Path | None = Field(None, description="file of `word<TAB>spoken form` lines for every request")
    unknown_emotions: Literal["drop", "refuse"] = Field(
        "drop", description="emotion tags that the checkpoint does not know: `drop` or `refuse`"
    )
    chunk_threshold: int | None = Field(
        None, ge=40, le=2000, description="characters above which a text is split; the checkpoint's, else 220"
    )
    chunk_target: int | None = Field(
        None, ge=20, le=2000, description="characters a piece of a split text should have; the checkpoint's, else 170"
    )
    chunks_ahead: int = Field(1, ge=1, le=64, description="pieces generated ahead of the one that is streamed")
    chunks_at_once: int = Field(8, ge=1, le=64, description="pieces of a whole-file answer generated at once")

    window_first: int = Field(6, ge=1, le=250, description="semantic tokens of the smallest decode window (20 ms each)")
    window_steady: int = Field(
        192, ge=1, le=1000, description="tokens of the largest window; sizes double up to it as a listener can wait"
    )
    window_lookahead: int | None = Field(
        None, ge=0, le=200, description="tokens of right context a window waits for; the checkpoint's, else 20"
    )

    vllm_kv_cache_mib: int = Field(512, ge=16, description="vLLM's key-value cache")
    vllm_compile: bool = Field(
        False,
        description="on a CPU: compile the model, for 1.4 times the tokens a second (needs a C++ compiler, and a "
        "minute at the first start); on a GPU it always is",
    )
    vllm_stream_interval: int = Field(
        4, ge=1, le=64, description="tokens vLLM gathers before it hands them over; the first at once"
    )
    vllm_max_len: int = Field(4096, ge=256, description="longest prompt plus answer, in tokens")

    snapshot: SnapshotMode = Field(
        SnapshotMode.OFF,
        description="what a container's memory snapshot holds: nothing, the imported code, or the loaded model",
    )

    records: RecordKind = Field(
        RecordKind.FULL,
        description="what is kept of each request: `full`, `hash` (SHA-256 and length instead of the text) or `off`",
    )
    records_path: Path = Field(Path("var/records.db"), description="where records are first written")
    records_days: int = Field(30, ge=0, description="days after which records are deleted; 0 keeps them for ever")
    supabase_url: str | None = Field(None, description="project whose table `tts_requests` the records go to")
    supabase_key: SecretStr | None = Field(None, description="its service-role key")

    credits: bool = Field(False, description="whether keys pay for speech; `veena3 credits grant` gives them some")
    credits_away: WhenAway = Field(
        WhenAway.REFUSE, description="a request while the database is away: `refuse`, or `serve` and settle later"
    )
    credits_hold_s: float = Field(3600.0, gt=0, description="a hold whose process is gone is free again after that")

    otlp_endpoint: str | None = Field(
        None, description="collector of OpenTelemetry traces, `http://host:4318/v1/traces`; none are written without"
    )
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="least severe log line")

    @model_validator(mode="before")
    @classmethod
    def _profiled(cls, given: dict[str, Any]) -> dict[str, Any]:
        return _PROFILED.get(str(given.get("vram_profile", "")), {}) | given

    @property
    def open_to_strangers(self) -> bool:
        """Listens beyond this machine and asks for no key."""
        return self.auth_bypass_mode and not is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Report whether `host` is a name or an address of this machine alone."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


class HubAccess(BaseSettings):
    """What a download of weights may read from the environment: HF_ENDPOINT and HF_TOKEN, as the hub's own client."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_prefix="HF_")

    endpoint: str = PUBLIC_HUB
    token: str | None = Field(None, repr=False)


S = TypeVar("S", bound=BaseSettings)


def read_settings(kind: type[S], **given: Any) -> S:
    """The environment's settings with those that are `given`. Raises StartupError: the setting and the reason."""
    try:
        return kind(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = f"{kind.model_config.get('env_prefix', '')}{'.'.join(map(str, first['loc']))}".upper()
        raise StartupError(f"setting {name}: {first['msg']}") from None


def prepare_process() -> None:
    """Set what libraries read from the environment when they are first imported. Call before importing torch or vllm.

    OpenMP threads that spin while they wait make everything beside them 5 to 8 times slower on shared cores.
    """
    for name, value in {
        "OMP_WAIT_POLICY": "passive",
        "GOMP_SPINCOUNT": "0",
        "VLLM_LOGGING_LEVEL": "ERROR",
        "VLLM_NO_USAGE_STATS": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "TQDM_DISABLE": "1",
    }.items():
        os.environ.setdefault(name, value)
