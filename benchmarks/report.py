"""Reports of benchmarks: dated JSON files that state the machine; another day's run writes another file."""

import argparse
import json
import os
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from shared.cpu import cpu_name

RESULTS = Path(__file__).parent / "results"


def output_option(name: str) -> argparse.ArgumentParser:
    """Return an argument parser with `--out`, by default `benchmarks/results/DATE-name.json`."""
    parser = argparse.ArgumentParser()
    default = RESULTS / f"{datetime.now(UTC):%Y-%m-%d}-{name}.json"
    parser.add_argument("--out", type=Path, default=default, help=f"default {default}")
    return parser


class Sheet:
    """Figures of one run, written to `path` after each addition. `limit_s`: seconds after which no more are taken.

    A run that is cut off leaves what it has measured.
    """

    def __init__(self, path: Path, *, limit_s: float, **facts: object) -> None:
        self._path, self._figures = path, dict(facts)
        self._begun, self._limit_s = time.perf_counter(), limit_s
        self.add("took_s", 0.0)

    def has_time(self, needed_s: float = 0.0) -> bool:
        """Report whether a measurement of `needed_s` seconds still fits."""
        return time.perf_counter() - self._begun + needed_s < self._limit_s

    def add(self, name: str, row: object) -> None:
        """Add one figure or one table, and write the file."""
        self._figures[name] = row
        self._figures["took_s"] = round(time.perf_counter() - self._begun, 1)
        save(self._path, self._figures)
        print(f"{name}: {row}", flush=True)


def write(path: Path, figures: dict[str, Any]) -> None:
    """Print the figures together with date, CPU and torch version, and write them."""
    print(save(path, figures))


def save(path: Path, figures: dict[str, Any]) -> str:
    """Write the figures together with date, CPU and torch version, and return the text."""
    where = {
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M}",
        "cpu": cpu_name(),
        "cores": os.cpu_count(),
        "torch": version("torch"),
    }
    text = json.dumps({"machine": where} | figures, indent=2)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8")
    return text


def table(rows: Sequence[Mapping[str, object]]) -> str:
    """Return rows with the same keys as a Markdown table."""
    lines = [
        list(rows[0]),
        ["---"] * len(rows[0]),
        *(["" if v is None else str(v) for v in row.values()] for row in rows),
    ]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
