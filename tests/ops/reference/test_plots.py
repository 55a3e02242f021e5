"""Plots of the committed results: SVG that a browser can read, and a page that shows each of them."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from ops.reference import plots
from ops.reference.bars import BarChart
from ops.reference.plots import PLOTS, newest, plot_files

SVG = "{http://www.w3.org/2000/svg}"


def test_page_shows_each_image_with_machine_and_command():
    files = plot_files()
    page = files.pop(plots.PAGE)
    for path, text in files.items():
        assert f"](images/plots/{Path(path).name})" in page
        assert ET.fromstring(text).tag == f"{SVG}svg"
    for plot in PLOTS:
        if (found := newest(plot.result)) is None:
            continue
        machine = json.loads(found.read_text())["machine"]
        assert plot.command in page and machine["cpu"] in page and found.name in page


def test_bars_are_as_long_as_their_values():
    chart = BarChart("a < b", "s", {"one": {"x": 1.0, "y": 4.0}, "two": {"x": 2.0, "y": 0.0}}, mark=1.0)
    svg = ET.fromstring(chart.svg())
    widths = [float(bar.attrib["width"]) for bar in svg.iter(f"{SVG}rect")][:4]
    assert widths[1] == pytest.approx(4 * widths[0], rel=0.01) and widths[2] == pytest.approx(2 * widths[0], rel=0.01)
    assert widths[3] == 1, "an empty bar is still visible"
    assert svg.attrib["aria-label"] == "a < b" and len(list(svg.iter(f"{SVG}line"))) == 1
    assert [text.text for text in svg.iter(f"{SVG}text")][-2:] == ["x", "y"]


def test_newest_result_of_a_kind_is_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(plots, "RESULTS", tmp_path)
    for name in ("2026-01-02-load.json", "2026-01-03-load.json", "2026-01-04-load-cpu.json"):
        (tmp_path / name).write_text("{}")
    assert newest("load") == tmp_path / "2026-01-03-load.json"
    assert newest("decode") is None
