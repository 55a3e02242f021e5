"""Schemas of the answer about the state of the service."""

from typing import Literal

from pydantic import BaseModel

from shared.completeness_settings import CompletenessMode
from shared.config import CodecMode, SuperResolutionMode


class GpuStatus(BaseModel):
    """GPU that the model runs on."""

    name: str
    memory_mib: int


class QueueStatus(BaseModel):
    """Numbers of requests that run and that wait for a slot."""

    running: int
    waiting: int


class JobsStatus(BaseModel):
    """Jobs: those that this process speaks, and those of all processes that wait or are spoken."""

    running: int
    open: int


class RecordsStatus(BaseModel):
    """Store of request records: `off`, `local`, `database` or `supabase`; records that wait for it or were refused."""

    store: str
    pending: int
    refused: int


class StoreDistance(BaseModel):
    """Measured round trip to a store: `database` or `redis`. A store on this machine's disk is not listed."""

    store: str
    round_trip_ms: float


class CodecStatus(BaseModel):
    """Mode in which the decoder runs, its CPU threads, and why this mode."""

    mode: CodecMode
    threads: int
    reason: str


class AlignmentStatus(BaseModel):
    """Times of words: whether the checkpoint has an aligner, the mode of completeness in effect, failed alignments."""

    aligner: bool
    completeness: CompletenessMode
    failures: int


class ProvenanceStatus(BaseModel):
    """Marks of synthetic speech: the quiet one in the sound, with its number, tags of files, a spoken disclosure."""

    mark: bool
    mark_id: int | None
    file_tags: bool
    spoken_disclosure: bool


class Health(BaseModel):
    """`GET /health`."""

    status: Literal["healthy", "degraded", "unhealthy"]
    model_loaded: bool
    model_version: str | None
    app_version: str
    uptime_seconds: float
    gpu_available: bool
    gpu: GpuStatus | None
    codec: CodecStatus | None
    super_resolution_loaded: bool
    super_resolution_reason: str | None
    super_resolution_mode: SuperResolutionMode | None
    alignment: AlignmentStatus | None
    provenance: ProvenanceStatus
    queue: QueueStatus
    jobs: JobsStatus
    records: RecordsStatus
    stores: list[StoreDistance]
    degraded: list[str]
