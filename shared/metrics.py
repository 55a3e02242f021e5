"""What Prometheus scrapes. Labels never carry what a client invents."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info

LATENCIES_S = (0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30)
GAPS_S = (0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56)
HEADROOMS_S = (-1, -0.3, -0.1, 0, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
RATIOS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.5, 2, 4)
AUDIO_S = (0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600)
COUNTS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)


class Metrics:
    """One registry for one app, so that two apps in a process do not meet."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()

        def counter(name: str, about: str, *labels: str) -> Counter:
            return Counter(f"veena3_tts_{name}", about, labels, registry=registry)

        def gauge(name: str, about: str) -> Gauge:
            return Gauge(f"veena3_tts_{name}", about, registry=registry)

        def histogram(name: str, about: str, buckets: tuple[float, ...]) -> Histogram:
            return Histogram(f"veena3_tts_{name}", about, buckets=buckets, registry=registry)

        self.requests = counter("requests", "Requests accepted", "speaker", "stream", "format")
        self.completed = counter("requests_completed", "Requests answered whole", "speaker", "stream", "status")
        self.failed = counter("requests_failed", "Requests answered with an error, or broken off by one", "error_code")
        self.aborted = counter("requests_aborted", "Requests the client gave up, or was dropped from", "reason")
        self.stalls = counter("client_stalls", "Clients dropped because they took nothing")
        self.tokens = counter("tokens_generated", "Tokens the language model made")
        self.retries = counter("retries", "Pieces of text that the model was asked for once more")
        self.ttfb = histogram("ttfb_seconds", "From a request's arrival to its first audio block", LATENCIES_S)
        self.queue = histogram("queue_seconds", "Wait for a slot", LATENCIES_S)
        self.rtf = histogram("rtf", "Seconds of work for a second of audio, whole answers", RATIOS)
        self.audio = histogram("audio_duration_seconds", "Audio of an answer", AUDIO_S)
        self.gap = histogram("inter_chunk_gap_seconds", "Between two audio blocks of a stream", GAPS_S)
        self.headroom = histogram(
            "headroom_seconds", "Sound in a listener's hand when the next block came", HEADROOMS_S
        )
        self.least_headroom = gauge(
            "least_headroom_seconds", "Sound in hand of the listener who has least; +Inf: nobody"
        )
        self.underruns = counter("underruns", "Blocks that came after the sound before them had been played")
        self.jitter = histogram("frame_jitter_seconds", "Between two frames, less what the second one plays", GAPS_S)
        self.frame_queue = gauge("frame_queue_depth", "Pieces of streams that wait for their clients")
        self.audio_losses = counter("audio_losses", "Answers of which sound was lost between two stages", "between")
        self.decode_batch = histogram("decode_batch_size", "Decode windows that were decoded together", COUNTS)
        self.chunks = histogram("chunks_sent", "Audio blocks of an answer", COUNTS)
        self.model_loaded = gauge("model_loaded", "1 when requests can be served")
        self.model_load_seconds = gauge("model_load_seconds", "From start to readiness")
        self.super_resolution_loaded = gauge("super_resolution_loaded", "1 when 48 kHz is made by super-resolution")
        self.super_resolution = Info("veena3_tts_super_resolution", "How super-resolution runs", registry=registry)
        self.running = gauge("requests_running", "Requests that hold a slot")
        self.waiting = gauge("requests_waiting", "Requests that wait for a slot")
        self.key_store_away = gauge("key_store_away", "1 while API keys cannot be checked in the database")
        self.limit_store_away = gauge("limit_store_away", "1 while Redis does not answer and limits are not shared")
        self.outbox_pending = gauge("outbox_pending", "Records that wait to be delivered")
        self.outbox_delivered = counter("outbox_delivered", "Records delivered")
        self.outbox_failures = counter("outbox_failures", "Deliveries that failed, and records refused")
        self.records_set_aside = counter("records_set_aside", "Records that SQLite cannot hold as they are")
        self.records_lost = counter("records_lost", "Records dropped because the memory for unwritten ones is bounded")
        self.records_unwritten = gauge("records_unwritten_bytes", "Memory of records that are not on the disk yet")
        self.records_file_failures = counter(
            "records_file_failures", "Times the records' file was deleted, replaced or damaged in use", "reason"
        )
        self.background_failures = counter(
            "background_failures", "Background tasks that ended without being asked to", "task"
        )
        self.credit_holds = counter("credit_holds", "Holds asked of the ledger: held, refused, away", "outcome")
        self.store_wait = histogram(
            "store_wait_seconds", "A request's wait for keys, limits and credits together", LATENCIES_S
        )
