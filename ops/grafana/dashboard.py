"""Generator of the Grafana dashboard: `python ops/grafana/dashboard.py` writes `veena3.json` into this directory."""

import json
from dataclasses import dataclass
from pathlib import Path

WRITTEN = Path(__file__).with_name("veena3.json")
WIDTH, HEIGHT, COLUMNS = 8, 7, 3


@dataclass(frozen=True, slots=True)
class Panel:
    """Panel with a title, a unit of Grafana, and the PromQL of each line by its legend."""

    title: str
    unit: str
    lines: dict[str, str]


def quantiles(name: str, *of: float) -> dict[str, str]:
    """Return lines for quantiles of a histogram."""
    rate = f"sum by (le) (rate(veena3_tts_{name}_bucket[$__rate_interval]))"
    return {f"p{round(100 * q)}": f"histogram_quantile({q}, {rate})" for q in of}


def per_second(name: str, *, by: str = "") -> str:
    """Return the PromQL of a counter's rate."""
    return f"sum{f' by ({by}) ' if by else ''}(rate(veena3_tts_{name}[$__rate_interval]))"


ROWS: dict[str, list[Panel]] = {
    "Objectives": [
        Panel(
            "Failed by the service, of 0.5 %",
            "percentunit",
            {span: f"veena3:failed_answers:ratio_rate{span}" for span in ("5m", "1h", "6h", "3d")},
        ),
        Panel(
            "First audio after 1 s, of 5 %",
            "percentunit",
            {span: f"veena3:late_first_audio:ratio_rate{span}" for span in ("5m", "1h", "6h", "3d")},
        ),
        Panel("Utterances by outcome", "reqps", {"{{outcome}}": per_second("answers_total", by="outcome")}),
        Panel(
            "HTTP answers by route and status",
            "reqps",
            {"{{route}} {{status}}": per_second("http_requests_total", by="route, status")},
        ),
        Panel("Targets that answer", "short", {"up": 'sum(up{job=~"veena3.*"})', "all": 'count(up{job=~"veena3.*"})'}),
        Panel("Processes by version", "short", {"{{version}}": "count by (version) (veena3_tts_build_info)"}),
    ],
    "Playback": [
        Panel("First audio", "s", quantiles("ttfb_seconds", 0.5, 0.95, 0.99)),
        Panel("Gaps between blocks", "s", quantiles("inter_chunk_gap_seconds", 0.5, 0.99)),
        Panel("Underruns per second", "short", {"underruns": per_second("underruns_total")}),
        Panel("Least headroom of a stream", "s", {"{{instance}}": "veena3_tts_least_headroom_seconds"}),
        Panel("Headroom before each block", "s", quantiles("headroom_seconds", 0.01, 0.1, 0.5)),
        Panel("Length of an answer", "s", quantiles("audio_duration_seconds", 0.5, 0.95)),
        Panel("Frames early or late", "s", quantiles("frame_jitter_seconds", 0.5, 0.99)),
        Panel("Frames queued for clients", "short", {"{{instance}}": "veena3_tts_frame_queue_depth"}),
        Panel("Sound lost, by stage", "short", {"{{between}}": per_second("audio_losses_total", by="between")}),
    ],
    "Requests": [
        Panel("Requests per second, by format", "reqps", {"{{format}}": per_second("requests_total", by="format")}),
        Panel("Failed, by code", "reqps", {"{{error_code}}": per_second("requests_failed_total", by="error_code")}),
        Panel(
            "Aborted",
            "reqps",
            {
                "{{reason}}": per_second("requests_aborted_total", by="reason"),
                "stalled": per_second("client_stalls_total"),
            },
        ),
        Panel(
            "Running and waiting",
            "short",
            {"running": "sum(veena3_tts_requests_running)", "waiting": "sum(veena3_tts_requests_waiting)"},
        ),
        Panel("Wait for a slot", "s", quantiles("queue_seconds", 0.5, 0.95)),
        Panel("Retries of chunks", "short", {"retries": per_second("retries_total")}),
        Panel(
            "Incomplete chunks, mended and heard",
            "short",
            {
                "generated again": per_second("completeness_retries_total"),
                "tails cut": per_second("babble_cut_total"),
                "{{kind}}": per_second("chunk_faults_total", by="kind"),
            },
        ),
        Panel(
            "Chunks checked for completeness",
            "short",
            {
                "{{outcome}}": per_second("chunks_judged_total", by="outcome"),
                "aligner failed": per_second("alignment_failures_total"),
            },
        ),
    ],
    "Engine and codec": [
        Panel(
            "Tokens per second",
            "short",
            {
                "{{instance}}": per_second("tokens_generated_total", by="instance"),
                "for incomplete chunks": per_second("completeness_retry_tokens_total"),
            },
        ),
        Panel("Real time factor", "short", quantiles("rtf", 0.5, 0.95)),
        Panel("Decode batch size", "short", quantiles("decode_batch_size", 0.5, 0.95)),
        Panel(
            "Loaded",
            "short",
            {
                "model": "sum(veena3_tts_model_loaded)",
                "super-resolution": "sum(veena3_tts_super_resolution_loaded)",
                "aligner": "sum(veena3_tts_aligner_loaded)",
                "stopping": "sum(veena3_tts_stopping)",
                "marked": "sum(veena3_tts_mark_enabled)",
            },
        ),
        Panel("Decoder, by mode", "short", {"{{mode}}": "sum by (mode) (veena3_tts_codec_info)"}),
        Panel("Super-resolution, by mode", "short", {"{{mode}}": "sum by (mode) (veena3_tts_super_resolution_info)"}),
        Panel("Seconds to readiness", "s", {"{{instance}}": "veena3_tts_model_load_seconds"}),
        Panel(
            "Searches for the mark per second", "short", {"{{found}}": per_second("mark_searches_total", by="found")}
        ),
        Panel("Blocks per answer", "short", quantiles("chunks_sent", 0.5, 0.95)),
    ],
    "Jobs": [
        Panel("Jobs", "short", {"open": "max(veena3_tts_jobs_open)", "running": "sum(veena3_tts_jobs_running)"}),
        Panel("Jobs ended per second", "short", {"{{state}}": per_second("jobs_ended_total", by="state")}),
        Panel("Parts spoken per second", "short", {"parts": per_second("job_parts_total")}),
        Panel("Webhooks per second", "short", {"{{outcome}}": per_second("webhooks_total", by="outcome")}),
    ],
    "Process": [
        Panel("Metrics not pushed per second", "short", {"failed": per_second("metrics_export_failures_total")}),
        Panel("Memory", "bytes", {"{{instance}}": "process_resident_memory_bytes"}),
        Panel("Processor cores used", "short", {"{{instance}}": "rate(process_cpu_seconds_total[$__rate_interval])"}),
        Panel("GPU utilisation", "percentunit", {"{{instance}}": "veena3_tts_gpu_utilisation_ratio"}),
        Panel(
            "GPU memory",
            "bytes",
            {"{{instance}}": "veena3_tts_gpu_memory_used_bytes", "of": "max(veena3_tts_gpu_memory_total_bytes)"},
        ),
        Panel("Open files", "short", {"{{instance}}": "process_open_fds"}),
    ],
    "Stores": [
        Panel("Records not delivered", "short", {"{{instance}}": "veena3_tts_outbox_pending"}),
        Panel(
            "Records per second",
            "short",
            {"delivered": per_second("outbox_delivered_total"), "failed": per_second("outbox_failures_total")},
        ),
        Panel("Credit holds", "short", {"{{outcome}}": per_second("credit_holds_total", by="outcome")}),
        Panel("Wait for stores", "s", quantiles("store_wait_seconds", 0.5, 0.99)),
        Panel(
            "Records lost or set aside per second",
            "short",
            {
                "lost": per_second("records_lost_total"),
                "set aside": per_second("records_set_aside_total"),
                "file {{reason}}": per_second("records_file_failures_total", by="reason"),
            },
        ),
        Panel("Memory of unwritten records", "bytes", {"{{instance}}": "veena3_tts_records_unwritten_bytes"}),
        Panel(
            "Failed background tasks per second",
            "short",
            {"{{task}}": per_second("background_failures_total", by="task")},
        ),
        Panel(
            "Unavailable stores",
            "short",
            {"keys": "max(veena3_tts_key_store_away)", "limits": "max(veena3_tts_limit_store_away)"},
        ),
        Panel(
            "Round trip to stores",
            "s",
            {"{{store}}": "max by (store) (veena3_tts_store_round_trip_seconds)"},
        ),
        Panel(
            "Requests counted without Redis",
            "short",
            {"{{instance}}": per_second("limits_local_total", by="instance")},
        ),
    ],
}


def dashboard() -> dict[str, object]:
    """Return Grafana's JSON, for any Prometheus data source."""
    panels: list[dict[str, object]] = []
    y = 0
    for title, row in ROWS.items():
        panels.append({"type": "row", "title": title, "gridPos": {"x": 0, "y": y, "w": 24, "h": 1}, "panels": []})
        y += 1
        for index, panel in enumerate(row):
            column, line = index % COLUMNS, index // COLUMNS
            panels.append(_graph(panel, x=column * WIDTH, y=y + line * HEIGHT))
        y += -(-len(row) // COLUMNS) * HEIGHT
    for number, made in enumerate(panels, start=1):
        made["id"] = number
    source = {"name": "source", "type": "datasource", "query": "prometheus", "label": "Prometheus"}
    return {
        "uid": "veena3-tts",
        "title": "Veena3 TTS",
        "schemaVersion": 41,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "templating": {"list": [source]},
        "panels": panels,
    }


def _graph(panel: Panel, *, x: int, y: int) -> dict[str, object]:
    source = {"type": "prometheus", "uid": "${source}"}
    return {
        "type": "timeseries",
        "title": panel.title,
        "datasource": source,
        "gridPos": {"x": x, "y": y, "w": WIDTH, "h": HEIGHT},
        "fieldConfig": {"defaults": {"unit": panel.unit}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + index), "expr": expr, "legendFormat": legend, "datasource": source}
            for index, (legend, expr) in enumerate(panel.lines.items())
        ],
    }


if __name__ == "__main__":
    WRITTEN.write_text(json.dumps(dashboard(), indent=1) + "\n", encoding="utf-8")
