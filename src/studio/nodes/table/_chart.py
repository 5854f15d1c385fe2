"""SVG charts. Every text is escaped; nothing in the file can run or load anything."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

_COLOURS = ("#4269d0", "#efb118", "#ff725c", "#6cc5b0", "#3ca951", "#ff8ab7", "#a463f2", "#97bbf5")
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 20, 40, 60
_MOST_LABELS = 24
_LONGEST_LABEL = 18
_LEAST = 1e-290
LARGEST = 1e290
"""Largest number, by amount, that can be drawn without overflow."""


@dataclass(frozen=True, slots=True)
class Series:
    """Values of one colour; None leaves a gap."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class _Area:
    width: int
    height: int
    low: float
    high: float
    count: int

    def x(self, position: float) -> float:
        return _LEFT + (self.width - _LEFT - _RIGHT) * position / max(self.count, 1)

    def y(self, value: float) -> float:
        inner = self.height - _TOP - _BOTTOM
        return _TOP + inner * (1 - (value - self.low) / (self.high - self.low))


def draw(kind: str, labels: Sequence[str], series: Sequence[Series], *, title: str, width: int, height: int) -> str:
    """A chart as an SVG document. Sizes in pixels; ``kind`` is ``bar`` or ``line``."""
    ticks = ticks_for([value for one in series for value in one.values if value is not None], bars=kind == "bar")
    area = _Area(width, height, ticks[0], ticks[-1], len(labels))
    shapes = _bars(area, series) if kind == "bar" else _lines(area, series)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" font-family="system-ui, sans-serif" font-size="12">',
        f"<title>{_text(title or ', '.join(one.name for one in series))}</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="{width / 2:g}" y="24" text-anchor="middle" font-size="16">{_text(title)}</text>' if title else "",
        *_grid(area, ticks),
        *shapes,
        *_axis(area, labels),
        *_legend(area, series),
        "</svg>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def ticks_for(values: Sequence[float], *, bars: bool) -> list[float]:
    """Round positions that cover the values, and zero where there are bars; about five of them."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if bars:
        low, high = min(low, 0.0), max(high, 0.0)
    if high - low < _LEAST:
        half = 0.5 * (abs(low) if abs(low) >= _LEAST else 1.0)
        low, high = low - half, high + half
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [number * step for number in range(first, last + 1)]


def _bars(area: _Area, series: Sequence[Series]) -> Iterator[str]:
    slot = 0.8 / max(len(series), 1)
    for place, one in enumerate(series):
        for index, value in enumerate(one.values):
            if value is None:
                continue
            left, right = area.x(index + 0.1 + place * slot), area.x(index + 0.1 + (place + 1) * slot)
            top, bottom = sorted((area.y(value), area.y(0.0)))
            yield (
                f'<rect x="{left:.2f}" y="{top:.2f}" width="{right - left:.2f}" height="{bottom - top:.2f}" '
                f'fill="{_colour(place)}"/>'
            )


def _lines(area: _Area, series: Sequence[Series]) -> Iterator[str]:
    for place, one in enumerate(series):
        steps: list[str] = []
        pen = "M"
        for index, value in enumerate(one.values):
            if value is None:
                pen = "M"
                continue
            steps.append(f"{pen}{area.x(index + 0.5):.2f} {area.y(value):.2f}")
            pen = "L"
        yield (
            f'<path d="{"".join(steps)}" fill="none" stroke="{_colour(place)}" stroke-width="2" '
            'stroke-linejoin="round" stroke-linecap="round"/>'
        )


def _grid(area: _Area, ticks: Sequence[float]) -> Iterator[str]:
    for tick in ticks:
        y = area.y(tick)
        yield f'<path d="M{_LEFT} {y:.2f}H{area.width - _RIGHT}" stroke="#ddd"/>'
        yield f'<text x="{_LEFT - 8}" y="{y + 4:.2f}" text-anchor="end" fill="#555">{tick:.6g}</text>'


def _axis(area: _Area, labels: Sequence[str]) -> Iterator[str]:
    every = max(1, math.ceil(len(labels) / _MOST_LABELS))
    y = area.height - _BOTTOM + 18
    for index in range(0, len(labels), every):
        label = labels[index]
        short = label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…"
        yield f'<text x="{area.x(index + 0.5):.2f}" y="{y}" text-anchor="middle" fill="#555">{_text(short)}</text>'


def _legend(area: _Area, series: Sequence[Series]) -> Iterator[str]:
    if len(series) < 2:
        return
    x, y = float(_LEFT), area.height - 16
    for place, one in enumerate(series):
        name = one.name[:40]
        yield f'<rect x="{x:.2f}" y="{y - 10}" width="10" height="10" fill="{_colour(place)}"/>'
        yield f'<text x="{x + 14:.2f}" y="{y}">{_text(name)}</text>'
        x += 30 + 7 * len(name)


def _colour(place: int) -> str:
    return _COLOURS[place % len(_COLOURS)]


def _text(text: str) -> str:
    """Escaped, without the control characters that XML cannot hold."""
    return escape("".join(char for char in text if char >= " " and char not in "\ufffe\uffff"))
