"""Prometheus metrics. No label contains a value that a client can choose freely."""

import platform
from collections.abc import Callable
from enum import StrEnum

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector

from shared.version import APP_VERSION

# Bucket bounds of histograms, chosen around the targets: seconds (`_S`), ratios, or numbers of items.
LATENCIES_S = (0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30)
GAPS_S = (0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56)
HEADROOMS_S = (-1, -0.3, -0.1, 0, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
RATIOS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.5, 2, 4)
AUDIO_S = (0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600)
COUNTS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)


class AnswerOutcome(StrEnum):
    """End of an utterance that was asked for, by what caused it."""

    OK = "ok"
    CLIENT = "client"  # an error that the client can correct
    LEFT = "left"  # the client left, cancelled, or read nothing
    FAILED = "failed"  # the service refused, failed, or broke it off


class GpuMetrics:
    """Metrics of the GPU. All are 0 where there is none."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def gauge(name: str, about: str) -> Gauge:
            return Gauge(f"veena3_tts_gpu_{name}", about, registry=registry)

        self.utilisation = gauge("utilisation_ratio", "Share of time in which the GPU computes; 0 without a GPU")
        self.memory_used = gauge("memory_used_bytes", "Memory of the GPU in use, by all processes")
        self.memory_total = gauge("memory_total_bytes", "Memory of the GPU; 0 without a GPU")


def _export_zeros(answers: Counter) -> None:
    """Export each outcome as 0 until the first one, so that alerts see the first failure."""
    for outcome in AnswerOutcome:
        answers.labels(outcome)


class Metrics:
    """Metrics of one app, in a registry of their own, so that several apps can run in one process."""

    def __init__(self) -> None:
        self.registry = registry = _registry_of_the_process()

        def counter(name: str, about: str, *labels: str) -> Counter:
            return Counter(f"veena3_tts_{name}", about, labels, registry=registry)

        def gauge(name: str, about: str, *labels: str) -> Gauge:
            return Gauge(f"veena3_tts_{name}", about, labels, registry=registry)

        def histogram(name: str, about: str, buckets: tuple[float, ...]) -> Histogram:
            return Histogram(f"veena3_tts_{name}", about, buckets=buckets, registry=registry)

        self.answers = counter(
            "answers", "Utterances asked for, by how they ended: ok, client, left, failed", "outcome"
        )
        _export_zeros(self.answers)
        self.http_requests = counter(
            "http_requests", "HTTP requests and WebSockets (101), by route and status", "method", "route", "status"
        )
        self.requests = counter("requests", "Requests accepted", "speaker", "stream", "format")
        self.completed = counter("requests_completed", "Requests answered completely", "speaker", "stream", "status")
        self.failed = counter("requests_failed", "Requests that ended with an error", "error_code")
        self.aborted = counter("requests_aborted", "Requests that the client or the service cancelled", "reason")
        self.stalls = counter("client_stalls", "Clients disconnected because they read nothing")
        self.tokens = counter("tokens_generated", "Tokens that the language model generated")
        self.retries = counter("retries", "Text chunks that were generated a second time")
        self._add_completeness(counter, gauge)
        self.ttfb = histogram("ttfb_seconds", "Time from a request's arrival to its first audio block", LATENCIES_S)
        self.queue = histogram("queue_seconds", "Time that a request waited for a slot", LATENCIES_S)
        self.rtf = histogram("rtf", "Real-time factor of completed answers: work time / audio duration", RATIOS)
        self.audio = histogram("audio_duration_seconds", "Duration of an answer's audio", AUDIO_S)
        self.gap = histogram(
            "inter_chunk_gap_seconds", "Time between two audio blocks of an answer, stream or file", GAPS_S
        )
        self.headroom = histogram(
            "headroom_seconds", "Sound that a player had buffered when the next block came", HEADROOMS_S
        )
        self.least_headroom = gauge(
            "least_headroom_seconds",
            "Least sound buffered by any player that waits for more; +Inf without such players",
        )
        self.underruns = counter("underruns", "Blocks that came after the player's buffer had run empty")
        self.jitter = histogram(
            "frame_jitter_seconds", "Time between two frames minus the second one's duration, absolute", GAPS_S
        )
        self.frame_queue = gauge("frame_queue_depth", "Encoded packets of streams that wait for their clients")
        self.audio_losses = counter("audio_losses", "Answers that lost sound between two stages", "between")
        self.decode_batch = histogram("decode_batch_size", "Decode windows in one batch", COUNTS)
        self.chunks = histogram("chunks_sent", "Audio blocks (not text chunks) of one completed answer", COUNTS)
        self.model_loaded = gauge("model_loaded", "1 when requests can be served")
        self.stopping = gauge("stopping", "1 while the process lets running requests end and refuses new ones")
        self.model_load_seconds = gauge("model_load_seconds", "Time from process start to readiness")
        self.codec = Info("veena3_tts_codec", "Mode and CPU threads of the decoder", registry=registry)
        self.super_resolution_loaded = gauge("super_resolution_loaded", "1 when super-resolution to 48 kHz is loaded")
        self.super_resolution = Info("veena3_tts_super_resolution", "Mode of super-resolution", registry=registry)
        self.running = gauge("requests_running", "Requests that hold a slot")
        self.waiting = gauge("requests_waiting", "Requests that wait for a slot")
        self.gpu = GpuMetrics(registry)
        self._add_stores(counter, gauge)
        self._add_jobs(counter, gauge)
        self._add_provenance(counter, gauge)
        self._add_records(counter, gauge)
        self.background_failures = counter("background_failures", "Background tasks that ended unexpectedly", "task")
        self.export_failures = counter("metrics_export_failures", "Pushes of metrics that the collector did not take")
        self.credit_holds = counter("credit_holds", "Credit holds requested: held, refused, away", "outcome")
        self.store_wait = histogram(
            "store_wait_seconds", "Time that a request waited for keys, limits and credits together", LATENCIES_S
        )

    def _add_completeness(self, counter: Callable[..., Counter], gauge: Callable[..., Gauge]) -> None:
        """Add the metrics of words that were not spoken, of which a checkpoint's aligner knows."""
        self.aligner_loaded = gauge("aligner_loaded", "1 when the checkpoint has an aligner of words")
        self.alignment_failures = counter(
            "alignment_failures", "Alignments of text chunks that failed; the speech went on without times of words"
        )
        self.chunks_judged = counter(
            "chunks_judged", "Text chunks whose words were checked: complete, incomplete", "outcome"
        )
        self.faults = counter(
            "chunk_faults", "Faults of chunks that were heard: omitted, repeated, foreign, tail", "kind"
        )
        self.completeness_retries = counter("completeness_retries", "Incomplete chunks that were generated again")
        self.completeness_tokens = counter("completeness_retry_tokens", "Tokens that generating chunks again took")
        self.babble_cut = counter("babble_cut", "Text chunks whose babble behind the last word was cut")

    def _add_stores(self, counter: Callable[..., Counter], gauge: Callable[..., Gauge]) -> None:
        """Add the metrics of the stores that requests wait for."""
        self.key_store_away = gauge("key_store_away", "1 while the database of API keys is unavailable")
        self.limit_store_away = gauge("limit_store_away", "1 while Redis is unavailable and limits are not shared")
        self.limits_local = counter(
            "limits_local", "Requests and texts that this process counted alone, because Redis did not answer in time"
        )
        self.store_round_trip = gauge("store_round_trip_seconds", "Least round trip to a store lately", "store")

    def _add_jobs(self, counter: Callable[..., Counter], gauge: Callable[..., Gauge]) -> None:
        """Add the metrics of jobs, long texts that are spoken in the background."""
        self.jobs_open = gauge("jobs_open", "Jobs of all processes that wait or are spoken, counted every minute")
        self.jobs_running = gauge("jobs_running", "Jobs that this process speaks")
        self.jobs_ended = counter("jobs_ended", "Jobs that ended: completed, failed, deleted", "state")
        self.job_parts = counter("job_parts", "Parts of jobs that were spoken and stored")
        self.webhooks = counter("webhooks", "Attempts to deliver a webhook: delivered, failed", "outcome")

    def _add_records(self, counter: Callable[..., Counter], gauge: Callable[..., Gauge]) -> None:
        """Add the metrics of the records of requests, and of their delivery."""
        self.outbox_pending = gauge("outbox_pending", "Records that wait for delivery")
        self.outbox_delivered = counter("outbox_delivered", "Records delivered")
        self.outbox_failures = counter("outbox_failures", "Failed deliveries, and records that were refused")
        self.records_set_aside = counter("records_set_aside", "Records that SQLite cannot store unchanged")
        self.records_lost = counter("records_lost", "Records dropped because the buffer of unwritten ones was full")
        self.records_unwritten = gauge("records_unwritten_bytes", "Size of the records not yet written to disk")
        self.records_file_failures = counter(
            "records_file_failures",
            "Number of times the records' file was deleted, replaced or damaged in use",
            "reason",
        )

    def _add_provenance(self, counter: Callable[..., Counter], gauge: Callable[..., Gauge]) -> None:
        """Add the metrics of the mark of synthetic speech."""
        self.mark_enabled = gauge("mark_enabled", "1 when all speech has the quiet mark")
        self.mark_searches = counter("mark_searches", "Recordings searched for the mark: true, false", "found")


def _registry_of_the_process() -> CollectorRegistry:
    """Return a registry with the process: its version, and its memory, CPU time and files as Prometheus names them."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    build = Info("veena3_tts_build", "Version of the service and of Python", registry=registry)
    build.info({"version": APP_VERSION, "python": platform.python_version()})
    return registry
