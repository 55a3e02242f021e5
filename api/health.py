"""Liveness, readiness, health and metrics, for load balancers, operators and Prometheus."""

import time

from fastapi import APIRouter, Request, Response
from prometheus_client.exposition import choose_encoder

from api.answers import Answers, error_answers
from api.dependencies import Service
from api.health_schemas import (
    AlignmentStatus,
    CodecStatus,
    GpuStatus,
    Health,
    JobsStatus,
    ProvenanceStatus,
    QueueStatus,
    RecordsStatus,
    StoreDistance,
)
from core.pipeline import Pipeline
from services.alignment import completeness_mode
from services.speech import SpeechService
from shared.config import CodecMode
from shared.errors import ModelNotLoaded, RuntimeDead
from shared.version import APP_VERSION

router = APIRouter(tags=["Health"])
_METRICS: Answers = {200: {"content": {"text/plain": {}}, "description": "Prometheus text"}}


@router.get("/live")
async def live() -> dict[str, str]:
    """Answer 200 while the process runs."""
    return {"status": "alive"}


@router.get("/ready", responses=error_answers(ModelNotLoaded, RuntimeDead))
async def ready(service: Service) -> dict[str, str]:
    """Answer 200 from the first audio of the warm-up until the engine fails."""
    service.runtime()
    return {"status": "ready"}


@router.get("/health")
@router.get("/v1/health", include_in_schema=False)
@router.get("/v1/tts/health", include_in_schema=False)
async def health(service: Service) -> Health:
    """Return the state of the service. The status is always 200: load balancers ask `/ready`."""
    healthy, runtime = service.healthy(), service.loaded
    reasons = service.degraded()
    gpu, records = runtime.gpu if runtime else None, service.records
    codec = runtime.codec.choice if runtime else None
    super_resolution = runtime.pipeline.super_resolution if runtime else None
    return Health(
        status="unhealthy" if not healthy else "degraded" if reasons else "healthy",
        model_loaded=runtime is not None,
        model_version=runtime.checkpoint.model_version if runtime else None,
        app_version=APP_VERSION,
        uptime_seconds=round(time.time() - service.started, 3),
        gpu_available=gpu is not None,
        gpu=GpuStatus(name=gpu.name, memory_mib=gpu.memory_mib) if gpu else None,
        codec=CodecStatus(mode=CodecMode(codec.mode), threads=codec.threads, reason=codec.reason) if codec else None,
        super_resolution_loaded=super_resolution is not None,
        super_resolution_reason=super_resolution.reason if super_resolution else None,
        super_resolution_mode=super_resolution.mode if super_resolution else None,
        alignment=_alignment(runtime.pipeline) if runtime else None,
        provenance=_provenance(service),
        queue=QueueStatus(**service.queue),
        jobs=JobsStatus(**service.job_counts),
        records=RecordsStatus(store=records.store, pending=records.pending, refused=records.refused),
        stores=[
            StoreDistance(store=name, round_trip_ms=round(seconds * 1000, 1))
            for name, seconds in service.round_trips_s.items()
        ],
        degraded=reasons,
    )


def _alignment(pipeline: Pipeline) -> AlignmentStatus:
    return AlignmentStatus(
        aligner=pipeline.aligner is not None,
        completeness=completeness_mode(pipeline),
        failures=pipeline.alignment_failures.count,
    )


def _provenance(service: SpeechService) -> ProvenanceStatus:
    settings = service.settings
    marked = settings.mark_secret is not None
    return ProvenanceStatus(
        mark=marked,
        mark_id=settings.mark_id if marked else None,
        file_tags=settings.file_tags,
        spoken_disclosure=settings.spoken_disclosure is not None,
    )


@router.get("/metrics", response_class=Response, responses=_METRICS)
@router.get("/v1/tts/metrics", response_class=Response, include_in_schema=False)
async def metrics(request: Request, service: Service) -> Response:
    """Return the metrics in Prometheus' text format, or in OpenMetrics, with exemplars, where the client prefers it."""
    encode, content_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(service.metrics.registry), headers={"Content-Type": content_type})
