"""Bar charts as SVG text, readable on a light and on a dark page."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

WIDTH, LABEL, BAR, GAP, HEAD, LEGEND = 720, 230, 16, 14, 34, 24
"""Sizes in pixels: the chart, the column of labels, a bar, the space between groups, the title, the legend."""
COLOURS = ("#4c78a8", "#f58518", "#54a24b", "#b279a2")
INK = "#808080"
"""Colour of text and axis: of equal contrast with white and black."""


@dataclass(frozen=True, slots=True)
class BarChart:
    """Groups of bars. `groups`: label -> value of each series, which all groups share. `mark`: a vertical line at a
    value, such as 1 for "as fast".
    """

    title: str
    unit: str
    groups: Mapping[str, Mapping[str, float]]
    mark: float | None = None

    def svg(self) -> str:
        """Return the chart as an SVG document."""
        series = list(next(iter(self.groups.values())))
        group_height = BAR * len(series) + GAP
        height = HEAD + group_height * len(self.groups) + LEGEND
        most = max(max(values.values()) for values in self.groups.values())
        scale = (WIDTH - LABEL - 70) / most
        parts = [_text(self.title, 0, 18, weight="bold")]
        for number, (label, values) in enumerate(self.groups.items()):
            top = HEAD + number * group_height
            parts.append(_text(label, LABEL - 8, top + BAR * len(series) / 2 + 4, anchor="end"))
            for row, name in enumerate(series):
                y, length = top + row * BAR, max(1.0, scale * values[name])
                parts.append(_bar(y, length, COLOURS[row % len(COLOURS)]))
                parts.append(_text(f"{values[name]:g} {self.unit}", LABEL + length + 6, y + 12))
        if self.mark is not None:
            x = LABEL + scale * self.mark
            parts.append(
                f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{HEAD - 4}" y2="{height - LEGEND}" stroke="{INK}"'
                ' stroke-dasharray="4 3"/>'
            )
        parts += self._legend(series, height)
        body = "\n".join(parts)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
            f' aria-label="{escape(self.title)}" font-family="sans-serif" font-size="13">\n{body}\n</svg>\n'
        )

    def _legend(self, series: list[str], height: int) -> list[str]:
        parts, x = [], LABEL
        for row, name in enumerate(series if len(series) > 1 else []):
            colour = COLOURS[row % len(COLOURS)]
            parts.append(f'<rect x="{x}" y="{height - 18}" width="12" height="12" fill="{colour}"/>')
            parts.append(_text(name, x + 18, height - 8))
            x += 40 + 7 * len(name)
        return parts


def _bar(y: float, length: float, colour: str) -> str:
    return f'<rect x="{LABEL}" y="{y:.1f}" width="{length:.1f}" height="{BAR - 2}" fill="{colour}"/>'


def _text(text: str, x: float, y: float, *, anchor: str = "start", weight: str = "normal") -> str:
    style = f'fill="{INK}" text-anchor="{anchor}" font-weight="{weight}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(text)}</text>'
