"""Settings of the service. The only module that reads settings from the environment."""

import os
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import (
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.completeness_settings import CompletenessSettings
from shared.errors import StartupError
from shared.job_settings import JobSettings
from shared.provenance_settings import ProvenanceSettings
from shared.setting_names import refuse_unknown
from shared.setting_types import Host, HttpUrl, Origins
from shared.store_settings import StoreSettings

MIB = 1024 * 1024
"""Bytes per MiB."""
PROJECT = Path(__file__).parents[1]
"""Directory that holds the packages and the embedded checkpoint: of a clone, or of an installation."""


class EngineKind(StrEnum):
    AUTO = "auto"
    VLLM = "vllm"
    TRANSFORMERS = "transformers"


class CodecMode(StrEnum):
    AUTO = "auto"
    EAGER = "eager"
    FAST = "fast"
    PACKED = "packed"
    BF16 = "bf16"


class SuperResolutionMode(StrEnum):
    AUTO = "auto"
    EAGER = "eager"
    FAST = "fast"
    BF16 = "bf16"
    INT8 = "int8"


class CloningMode(StrEnum):
    OFF = "off"
    SPEAKER = "speaker"
    FULL = "full"


class SnapshotMode(StrEnum):
    OFF = "off"
    CPU = "cpu"
    GPU = "gpu"


class VramProfile(StrEnum):
    SMALL = "small"
    DEFAULT = "default"
    THROUGHPUT = "throughput"


_PROFILES: dict[str, dict[str, int]] = {
    VramProfile.SMALL: {"max_running": 8, "decode_batch": 4, "vllm_kv_cache_mib": 192},
    VramProfile.THROUGHPUT: {"max_running": 128, "decode_batch": 32, "vllm_kv_cache_mib": 4096},
}


class Settings(CompletenessSettings, JobSettings, ProvenanceSettings, StoreSettings):
    """Settings of the service, read from environment variables with the same names in capitals."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid")

    checkpoint: Path = Field(
        PROJECT / "voices/demo", description="checkpoint directory (Spark-TTS layout with `voices.yaml`)"
    )
    checkpoint_revision: str | None = Field(
        None, description="commit that the checkpoint's `manifest.json` must name; its files are always checked"
    )
    engine: EngineKind = Field(EngineKind.AUTO, description="token engine; `auto` takes vLLM where it imports")
    device: str = Field(
        "auto",
        pattern=r"^(auto|cpu|cuda(:\d+)?)$",
        description="device of the models; `auto` takes a GPU if there is one, `cuda:1` the second alone",
    )
    codec_mode: CodecMode = Field(
        CodecMode.AUTO,
        description="mode of the decoder: `auto` tries the others at the start and takes the fastest with at "
        "least 30 dB signal to error; `eager`, `fast`, `packed` (both for CPUs, in float32) or `bf16`",
    )
    codec_threads: int | None = Field(
        None,
        ge=1,
        le=64,
        description="CPU threads of the decoder, and of super-resolution; unset: chosen by trial, at most half of the "
        "cores",
    )
    super_resolution: Path | None = Field(
        None, description="directory of an AP-BWE checkpoint (`config.json`, `g_16kto48k`) for `output` `48khz`"
    )
    super_resolution_mode: SuperResolutionMode = Field(
        SuperResolutionMode.AUTO,
        description="its mode on a CPU: `auto` as for the decoder; `eager`, `fast` (same sound), `bf16` or `int8` "
        "(about 40 dB from it)",
    )
    cloning: CloningMode = Field(
        CloningMode.SPEAKER,
        description="voices from recordings: `off`; `speaker`, by their timbre, where the checkpoint has a speaker "
        "encoder; `full`, with transcripts too, which loads the checkpoint's wav2vec2-large-xlsr-53",
    )

    vram_profile: VramProfile = Field(
        VramProfile.DEFAULT,
        description="use of GPU memory: `small` (6 GB cards), `default` or `throughput`; sets MAX_RUNNING, "
        "DECODE_BATCH and VLLM_KV_CACHE_MIB unless they are set",
    )
    decode_batch: int = Field(16, ge=1, le=256, description="most decode windows in one batch")
    decode_gather_ms: float = Field(
        2.0, ge=0, le=50, description="longest wait of a decode window for others of its batch"
    )

    host: Host = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, ge=0, le=65535, description="port to listen on")
    drain_s: float = Field(
        30.0, ge=0, le=3600, description="seconds for which running requests go on when the service stops"
    )
    keep_alive_s: int = Field(
        75, ge=1, le=3600, description="seconds for which an idle connection stays open; longer than a load balancer's"
    )
    max_body_bytes: int = Field(1 * MIB, ge=1024, description="largest request body, and largest WebSocket message")
    cors_origins: Origins = Field(
        (),
        description="origins of web pages that may use the service, `https://app.example.com,…`; its own are allowed",
    )

    open_lists: bool = Field(
        True,
        description="`/v1/audio/voices` and `/v1/audio/models` without a key, as Open WebUI asks; `false`: with one",
    )
    link_secret: SecretStr | None = Field(
        None,
        min_length=16,
        description="secret that signs links to audio; unset: a random one, so that only the process that made a link "
        "answers it",
    )
    auth_bypass_mode: bool = Field(False, description="`true`: no API key is required; for local use and tests")
    key_cache_ttl_s: float = Field(
        30.0, ge=0, le=3600, description="seconds for which a key's data is cached: a revoked key works at most so long"
    )
    key_grace_s: float = Field(
        600.0, ge=0, description="seconds beyond that for which a cached key works while the database is unavailable"
    )
    key_requests_per_minute: int = Field(600, ge=1, description="requests per minute, for keys without their own limit")
    key_characters_per_minute: int = Field(
        300_000, ge=1, description="characters per minute, for keys without their own limit"
    )
    key_streams: int = Field(16, ge=1, description="concurrent requests, for keys without their own limit")
    key_sockets: int = Field(100, ge=1, description="open WebSockets of a key, in each process")
    key_voices: int = Field(100, ge=0, description="voices that a key may make")
    socket_idle_s: float = Field(
        600.0, gt=0, description="seconds without a message after which a WebSocket that does not speak is closed"
    )
    max_running: int = Field(32, ge=1, description="most requests that run concurrently")
    max_waiting: int = Field(64, ge=0, description="requests that may wait for a slot; more are refused with 503")
    min_headroom_s: float = Field(
        0.1,
        ge=0,
        le=60,
        description="seconds of buffered sound that every stream must keep for a request to be admitted",
    )
    queue_timeout_s: float = Field(30.0, gt=0, description="longest wait for a slot in seconds, then 503")
    first_audio_timeout_s: float = Field(
        60.0, gt=0, description="longest wait for the first sound in seconds, then 504"
    )
    frame_queue: int = Field(50, ge=1, le=1000, description="frames that may wait for the client of a WebSocket")
    stall_timeout_s: float = Field(
        30.0, gt=0, description="seconds after which a client that reads nothing is disconnected"
    )

    lexicon: Path | None = Field(None, description="file of `word<TAB>spoken form` lines for every request")
    unknown_emotions: Literal["drop", "refuse"] = Field(
        "drop", description="emotion tags that the checkpoint does not support: `drop` or `refuse`"
    )
    chunk_threshold: int | None = Field(
        None, ge=40, le=2000, description="characters above which a text is split; unset: the checkpoint's, else 220"
    )
    chunk_target: int | None = Field(
        None, ge=20, le=2000, description="target length of a chunk in characters; unset: the checkpoint's, else 170"
    )
    chunks_ahead: int = Field(1, ge=1, le=64, description="chunks generated ahead of the one that is streamed")
    chunks_at_once: int = Field(8, ge=1, le=64, description="chunks of a whole-file answer that are generated at once")

    window_first: int = Field(
        3,
        ge=1,
        le=250,
        description="semantic tokens (20 ms each) of the smallest window; a stream's first one may keep two thirds",
    )
    window_steady: int = Field(
        192, ge=1, le=1000, description="tokens of the largest window; sizes double up to it as headroom grows"
    )
    window_lookahead: int | None = Field(
        None,
        ge=0,
        le=200,
        description="tokens of look-ahead of every window; unset: at least the checkpoint's, else 20, and more where "
        "the player has sound in hand",
    )
    window_lookahead_first: int | None = Field(
        None,
        ge=0,
        le=200,
        description="tokens of look-ahead of a stream's first window; unset: `WINDOW_LOOKAHEAD`, else the "
        "checkpoint's, else 17",
    )

    vllm_kv_cache_mib: int = Field(512, ge=16, description="size of vLLM's key-value cache")
    vllm_compile: bool = Field(
        False,
        description="on a CPU: compile the model for 1.4 times the tokens per second (needs a C++ compiler, and a "
        "minute at the first start); on a GPU it is always compiled",
    )
    vllm_stream_interval: int = Field(
        4, ge=1, le=64, description="tokens that vLLM gathers into one delta; the first token is a delta of its own"
    )
    vllm_max_len: int = Field(4096, ge=256, description="longest prompt plus answer, in tokens")

    snapshot: SnapshotMode = Field(
        SnapshotMode.OFF,
        description="content of a container's memory snapshot: `off`, `cpu` (imported code) or `gpu` (loaded model)",
    )

    otlp_endpoint: HttpUrl | None = Field(
        None, description="collector of OpenTelemetry traces, `http://host:4318/v1/traces`; unset: no traces"
    )
    otlp_metrics_endpoint: HttpUrl | None = Field(
        None, description="collector that metrics are pushed to, `http://host:4318/v1/metrics`; unset: they are scraped"
    )
    otlp_metrics_every_s: float = Field(15.0, gt=0, le=3600, description="seconds between two pushes of metrics")
    log_level: str = Field(
        "INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="least severe level that is logged"
    )

    @model_validator(mode="before")
    @classmethod
    def _profiled(cls, given: dict[str, Any]) -> dict[str, Any]:
        return _PROFILES.get(str(given.get("vram_profile", "")), {}) | given

    @property
    def open_to_strangers(self) -> bool:
        """Report whether the server listens beyond this machine without requiring a key."""
        return self.auth_bypass_mode and not is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Report whether `host` is a name or an address of this machine alone."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


S = TypeVar("S", bound=BaseSettings)


def read_settings(kind: type[S], **given: Any) -> S:
    """Read settings from the environment; `given` ones replace them. Raises StartupError with setting and reason.

    A variable that resembles a setting, or has the prefix of `kind`, is refused if `kind` forbids unknown names.
    """
    prefix = kind.model_config.get("env_prefix", "")
    if kind.model_config.get("extra") == "forbid":
        refuse_unknown(os.environ, kind.model_fields, prefix=prefix)
    try:
        return kind(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = f"{prefix}{'.'.join(map(str, first['loc']))}".upper()
        raise StartupError(f"setting {name}: {first['msg'].removeprefix('Value error, ')}") from None
