"""Settings of a deployment on Modal, which `app.py` passes to the platform. Knows nothing of Modal's SDK.

Modal accepts any GPU, region or number of containers, and fails or bills later. Here invalid values are refused first.
"""

import re
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.config import SnapshotMode, read_settings
from shared.errors import StartupError
from shared.setting_types import HttpUrl, Names

COMMIT = re.compile(r"[0-9a-f]{40}")
"""Pattern of a full commit hash. Unlike a branch or a tag, it always names the same files."""
PREFIX = "DEPLOY_"
MINUTES = 60
"""Seconds per minute."""
MODELS_PATH, CACHE_PATH = "/models", "/cache"
"""Directories at which the volumes are mounted in a container."""

# https://modal.com/docs/guide/gpu, without the T4, which does not support bfloat16.
GpuType = Literal[
    "L4", "A10", "L40S", "A100", "A100-40GB", "A100-80GB", "RTX-PRO-6000", "H100", "H100!", "H200", "B200", "B200+"
]
# https://modal.com/docs/guide/region-selection
Region = Literal[
    "us", "us-east", "us-central", "us-south", "us-west", "eu", "eu-west", "eu-north", "eu-south",
    "ap", "ap-northeast", "ap-southeast", "ap-south", "uk", "ca", "jp", "me", "sa", "af", "mx"
]  # fmt: skip
RoutingRegion = Literal["us-east", "us-west", "eu-west", "ap-south"]

UPPER_BOUNDS = {
    "min_containers": "max_containers",
    "direct_min_containers": "direct_max_containers",
}
INPUTS_PER_SLOT, TARGET_PER_SLOT = 3, 2
"""Inputs of a container for each of its speaking slots: at most, and above which another container starts. Chosen: of
two open sockets one speaks, and the requests beyond the slots fit into the default MAX_WAITING."""


class Deployment(BaseSettings):
    """Settings of a deployment, read from environment variables: `DEPLOY_` and the name in capitals."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", env_prefix=PREFIX)

    app_name: str = Field("veena3-tts", pattern=r"^[a-zA-Z0-9._-]{1,64}$", description="the app's name on Modal")
    models_volume: str = Field(
        "veena3-models", min_length=1, description="volume of weights, one directory per revision"
    )
    cache_volume: str = Field("veena3-cache", min_length=1, description="volume of compiled kernels")
    secret: str = Field("veena3-secrets", min_length=1, description="secret whose keys become environment variables")
    secret_keys: Names = Field(
        ("DATABASE_URL",), description="keys that the secret must contain, comma-separated; otherwise deploying fails"
    )
    revision: str = Field(
        pattern=r"^[a-zA-Z0-9._-]{1,80}$", description="revision of the weights: the name of a directory in the volume"
    )

    gpu: GpuType = Field("L40S", description="GPU of each container")
    cpu: float = Field(4.0, ge=0.5, le=64, description="cores of each container")
    memory_mib: int = Field(16384, ge=2048, le=344064, description="memory of each container")
    region: Region | None = Field(None, description="region of the containers; costs more than unset")
    routing_region: RoutingRegion = Field("us-east", description="region of the entry; fixed by the first deployment")

    max_containers: int = Field(10, ge=1, le=1000, description="largest number of containers")
    min_containers: int = Field(1, ge=0, le=1000, description="containers that always run")
    buffer_containers: int = Field(2, ge=0, le=100, description="idle containers kept in addition to busy ones")
    scaledown_window_s: int = Field(180, ge=2, le=3600, description="seconds after which an idle container is stopped")
    max_running: int = Field(
        32, ge=1, le=1000, description="requests of one container that speak at once: its MAX_RUNNING"
    )
    max_inputs: int | None = Field(
        None,
        ge=1,
        le=1000,
        description="most open requests and sockets of one container, silent ones included; unset: "
        f"{INPUTS_PER_SLOT} times MAX_RUNNING",
    )
    target_inputs: int | None = Field(
        None,
        ge=1,
        le=1000,
        description=f"inputs per container above which another starts; unset: {TARGET_PER_SLOT} times MAX_RUNNING",
    )
    proxy_auth: bool = Field(
        False, description="`true`: Modal also asks for its own token, `Modal-Key` and `Modal-Secret`, before a start"
    )
    custom_domains: Names = Field(
        (), description="domains of the entry that queues, comma-separated; each is registered at Modal first"
    )

    direct: bool = Field(
        False, description="`true`: deploy the low-latency server too; it may start containers of its own"
    )
    direct_max_containers: int = Field(
        2, ge=1, le=1000, description="largest number of its containers, in addition to MAX_CONTAINERS"
    )
    direct_min_containers: int = Field(
        1, ge=0, le=1000, description="always running containers of the low-latency server; it answers 503 without one"
    )
    direct_port: int = Field(8000, ge=1024, le=65535, description="port of the low-latency server in its container")

    probe_url: HttpUrl | None = Field(
        None, description="address that a scheduled function checks as `veena3 smoke` does; unset: none is deployed"
    )
    probe_minutes: int = Field(
        5, ge=1, le=5, description="minutes between two of these checks; the alerts look for two in 12 minutes"
    )

    startup_timeout_s: int = Field(20 * MINUTES, ge=60, le=3600, description="longest start of a container")
    timeout_s: int = Field(60 * MINUTES, ge=10, le=24 * 60 * MINUTES, description="longest request or WebSocket")
    drain_s: int = Field(
        150, ge=0, le=3600, description="seconds for running requests when a container of the low-latency server stops"
    )
    snapshot: SnapshotMode = Field(
        SnapshotMode.OFF, description="memory snapshots: `off`, `cpu` (imports) or `gpu` (the loaded model; alpha)"
    )

    @field_validator(*UPPER_BOUNDS)
    @classmethod
    def _bounded(cls, value: int | None, info: ValidationInfo) -> int | None:
        bound = UPPER_BOUNDS[str(info.field_name)]
        if value is not None and value > info.data.get(bound, value):
            raise PydanticCustomError("at_most", "should be at most {name}", {"name": (PREFIX + bound).upper()})
        return value

    @field_validator("max_inputs")
    @classmethod
    def _above_the_slots(cls, value: int | None, info: ValidationInfo) -> int | None:
        if value is not None and value < info.data.get("max_running", value):
            raise PydanticCustomError("at_least", f"should be at least {PREFIX}MAX_RUNNING")
        return value

    @field_validator("target_inputs")
    @classmethod
    def _below_the_inputs(cls, value: int | None, info: ValidationInfo) -> int | None:
        most = info.data.get("max_inputs") or INPUTS_PER_SLOT * info.data.get("max_running", 1000)
        if value is not None and value > most:
            raise PydanticCustomError("at_most", f"should be at most {PREFIX}MAX_INPUTS")
        return value

    @property
    def most_inputs(self) -> int:
        """Return the number of inputs that a container takes at most."""
        return self.max_inputs or min(1000, INPUTS_PER_SLOT * self.max_running)

    @property
    def comfortable_inputs(self) -> int:
        """Return the number of inputs per container above which Modal starts another container."""
        return self.target_inputs or min(self.most_inputs, TARGET_PER_SLOT * self.max_running)

    def environment(self) -> dict[str, str]:
        """Return a container's environment: these settings, and the service's settings that follow from them."""
        own = self.model_dump(mode="json", exclude_none=True) | {
            "secret_keys": ",".join(self.secret_keys),
            "custom_domains": ",".join(self.custom_domains),
        }
        return {PREFIX + name.upper(): str(value) for name, value in own.items()} | {
            "CHECKPOINT": f"{MODELS_PATH}/{self.revision}",
            **({"CHECKPOINT_REVISION": self.revision} if COMMIT.fullmatch(self.revision) else {}),
            "ENGINE": "vllm",
            "DEVICE": "cuda",
            "MAX_RUNNING": str(self.max_running),
            "SNAPSHOT": self.snapshot.value,
        }


def read_deployment() -> Deployment:
    """Read the deployment's settings. Raises SystemExit with one line, because Modal's CLI would print a traceback."""
    try:
        return read_settings(Deployment)
    except StartupError as error:
        raise SystemExit(f"app.py: {error}") from None
