"""Reports of benchmarks: dated JSON files that state the machine; another day's run writes another file."""

import argparse
import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def output_option(name: str) -> argparse.ArgumentParser:
    """Return an argument parser with `--out`, by default `benchmarks/results/DATE-name.json`."""
    parser = argparse.ArgumentParser()
    default = RESULTS / f"{datetime.now(UTC):%Y-%m-%d}-{name}.json"
    parser.add_argument("--out", type=Path, default=default, help=f"default {default}")
    return parser


def write(path: Path, figures: dict[str, Any]) -> None:
    """Print the figures together with date, CPU and torch version, and write them."""
    cpu = next(
        (line.split(":")[1].strip() for line in _cpuinfo() if line.startswith("model name")), platform.processor()
    )
    where = {
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M}",
        "cpu": cpu,
        "cores": os.cpu_count(),
        "torch": version("torch"),
    }
    text = json.dumps({"machine": where} | figures, indent=2)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8")
    print(text)


def table(rows: Sequence[Mapping[str, object]]) -> str:
    """Return rows with the same keys as a Markdown table."""
    lines = [
        list(rows[0]),
        ["---"] * len(rows[0]),
        *(["" if v is None else str(v) for v in row.values()] for row in rows),
    ]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []
