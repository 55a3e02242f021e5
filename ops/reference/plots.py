"""The page of plots: bar charts of the newest results in benchmarks/results/."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.reference.bars import BarChart

RESULTS = Path(__file__).parents[2] / "benchmarks" / "results"
IMAGES = "docs/images/plots"
PAGE = "docs/plots.md"
SPEEDS = ("0.5", "0.8", "1.25", "1.5", "2.0")

Results = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart of one kind of result: `result` is the end of the file's name, `command` measures it again."""

    name: str
    result: str
    command: str
    explanation: str
    chart: Callable[[Results], BarChart]


def _beside_upstream(part: str, title: str) -> Callable[[Results], BarChart]:
    def chart(results: Results) -> BarChart:
        figures = results[part]
        mode = figures["mode"]
        groups: dict[str, Mapping[str, float]] = {
            f"{length.removesuffix('_s')} s of sound": {
                "upstream, whole": 1.0,
                f"{mode}, whole": row[f"{mode}_whole"]["times_faster"],
                f"{mode}, streamed": row[f"{mode}_streamed"]["times_faster"],
            }
            for length, row in figures.items()
            if length.endswith("_s")
        }
        return BarChart(title, "times as fast", groups, mark=1.0)

    return chart


def _listeners(results: Results) -> BarChart:
    groups = {
        name.replace("_", " "): {"median": row["first_sound_s_p50"], "95th percentile": row["first_sound_s_p95"]}
        for name, row in results.items()
        if name.endswith("_listeners")
    }
    return BarChart("First sound of listeners that begin at once", "s", groups)


def _load(machine: str) -> Callable[[Results], BarChart]:
    def chart(results: Results) -> BarChart:
        groups = {
            name: {"requests a second": row["highest_rate_without_a_gap"]}
            for name, row in results.items()
            if isinstance(row, dict) and "highest_rate_without_a_gap" in row
        }
        return BarChart(f"Highest rate of requests without a gap, {machine}", "a second", groups)

    return chart


def _speed(results: Results) -> BarChart:
    quality = results["quality"]
    groups = {
        f"speed {speed}": {name: quality[f"{name}_{speed}"]["pesq"] for name in ("own", "sonic")} for speed in SPEEDS
    }
    return BarChart("PESQ of speech changed to a speed and back", "", groups)


_PEERS = "python -m benchmarks.peers.decoder --bicodec Spark-TTS --ap-bwe AP-BWE"
PLOTS = (
    Plot(
        "decoder",
        "peers-decoder",
        _PEERS,
        "Spark-TTS's own decoder and this one in the mode that `auto` took, in one process, in turn.",
        _beside_upstream("decoder", "Decoder beside upstream's own code"),
    ),
    Plot(
        "super-resolution",
        "peers-decoder",
        _PEERS,
        "AP-BWE's own code and this super-resolution in the mode that `auto` took, in one process, in turn.",
        _beside_upstream("super_resolution", "Super-resolution beside upstream's own code"),
    ),
    Plot(
        "listeners",
        "listeners",
        "python -m benchmarks.listeners",
        "Demo voice, transformers engine, over HTTP.",
        _listeners,
    ),
    Plot(
        "load",
        "load-cpu",
        "make bench-load",
        "Demo voice under vLLM on a CPU, windows by headroom or fixed.",
        _load("on a CPU"),
    ),
    Plot(
        "simulated-load",
        "load",
        "python -m benchmarks.load",
        "A simulated GPU ([decision 14](decisions/0014-headroom.md) has the assumptions).",
        _load("simulated GPU"),
    ),
    Plot("speed", "speed", "python -m benchmarks.speed", "36 clips; sonic in the same run. Higher is better.", _speed),
)


def plot_files() -> dict[str, str]:
    """Return the page and its images, by their paths in the repository; a plot without a result is left out."""
    files, sections = {}, []
    for plot in PLOTS:
        if (path := newest(plot.result)) is None:
            continue
        results = json.loads(path.read_text(encoding="utf-8"))
        chart = plot.chart(results)
        files[f"{IMAGES}/{plot.name}.svg"] = chart.svg()
        machine = results["machine"]
        sections.append(
            f"## {chart.title}\n\n![{chart.title}](images/plots/{plot.name}.svg)\n\n{plot.explanation}\n"
            f"{machine['cpu']}, {machine['cores']} cores, torch {machine['torch']}, {machine['date']} UTC;"
            f" `benchmarks/results/{path.name}`, made with `{plot.command}`.\n"
        )
    opening = (
        "# Plots\n\nThe newest results of the [benchmarks](benchmarks.md), drawn by `python -m ops.reference`"
        " from the JSON files in `benchmarks/results/`.\n"
    )
    return files | {PAGE: "\n".join([opening, *sections])}


def newest(result: str) -> Path | None:
    """Return the newest file of a kind of result; their names begin with the date."""
    found = sorted(path for path in RESULTS.glob(f"*-{result}.json") if path.stem[11:] == result)
    return found[-1] if found else None
