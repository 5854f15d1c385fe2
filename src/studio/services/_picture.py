"""A drawn workflow as SVG, readable on light and on dark paper."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from studio.services._layout import Point

_STYLE = """
svg{font-family:ui-sans-serif,system-ui,"Segoe UI","DejaVu Sans",sans-serif}
.card{fill:#ffffff;stroke:#cdd3df}.room{fill:#f4f6fa;stroke:#cdd3df;stroke-dasharray:4 3}
.id{font-weight:600;font-size:13px;fill:#1c2330}.type{font-size:11px;fill:#5f6880}
.part{font-size:10px;fill:#5f6880}.port{font-size:10px;fill:#5f6880;text-anchor:end}
.wire{fill:none;stroke:#8b95a9;stroke-width:1.6}.thin{stroke-width:1;stroke-dasharray:3 3}.tip{fill:#8b95a9}
@media (prefers-color-scheme:dark){
.card{fill:#1d2431;stroke:#39445a}.room{fill:#151b26;stroke:#39445a}
.id{fill:#e8ebf2}.type,.part,.port{fill:#9aa4b8}.wire{stroke:#7d879b}.tip{fill:#7d879b}
}
"""
_PALETTE = ("#3b82f6", "#10b981", "#f59e0b", "#8b5cf6", "#ef4444", "#06b6d4", "#ec4899", "#84cc16", "#64748b")
MARGIN = 16.0
_LONGEST_LABEL = 16
_TIP, _ABOVE, _BELOW = 11.0, 5.0, 12.0
"""Room for the tip of a wire, and between a wire and the baseline of its label."""


@dataclass(slots=True)
class Card:
    """A node as drawn. ``room`` cards hold others and are drawn before them."""

    id: str
    type: str
    x: float
    y: float
    width: float
    height: float
    room: bool = False
    disabled: bool = False


@dataclass(slots=True)
class Wire:
    """An edge as drawn: points from source to target. ``thin`` wires stand for references."""

    points: list[Point]
    thin: bool
    label: str = ""


@dataclass(slots=True)
class Picture:
    """Everything to draw, in the order of drawing. ``captions`` name the parts inside a room."""

    title: str
    width: float
    height: float
    cards: list[Card] = field(default_factory=list[Card])
    wires: list[Wire] = field(default_factory=list[Wire])
    captions: list[tuple[float, float, str]] = field(default_factory=list[tuple[float, float, str]])


def to_svg(picture: Picture) -> str:
    """The picture as an SVG document; every text in it is escaped."""
    width, height = picture.width + 2 * MARGIN, picture.height + 2 * MARGIN
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(width)} {_n(height)}" width="{_n(width)}" '
        f'height="{_n(height)}" role="img" aria-label={quoteattr(picture.title)}>',
        f"<title>{escape(picture.title)}</title><style>{_STYLE}</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path class="tip" d="M0 0 8 4 0 8z"/></marker></defs>',
        f'<g transform="translate({_n(MARGIN)} {_n(MARGIN)})">',
    ]
    out += [_card(card) for card in picture.cards if card.room]
    out += [f'<text class="part" x="{_n(x)}" y="{_n(y)}">{escape(text)}</text>' for x, y, text in picture.captions]
    out += [_wire(wire) for wire in picture.wires]
    out += [_card(card) for card in picture.cards if not card.room]
    return "\n".join([*out, "</g></svg>", ""])


def _card(card: Card) -> str:
    fade = ' opacity="0.5"' if card.disabled else ""
    shape = "room" if card.room else "card"
    return (
        f'<g transform="translate({_n(card.x)} {_n(card.y)})"{fade}>'
        f'<rect class="{shape}" width="{_n(card.width)}" height="{_n(card.height)}" rx="8"/>'
        f'<rect width="4" height="{_n(min(card.height, 48.0) - 16)}" x="0" y="8" rx="2" fill="{_colour(card.type)}"/>'
        f'<text class="id" x="14" y="21">{escape(card.id)}</text>'
        f'<text class="type" x="14" y="37">{escape(card.type)}</text></g>'
    )


def shown_label(label: str) -> str:
    """A label that leaves room for the rest of the picture."""
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…"


def _wire(wire: Wire) -> str:
    thin = " thin" if wire.thin else ""
    path = f'<path class="wire{thin}" d="{_path(wire.points)}" marker-end="url(#tip)"/>'
    if not wire.label:
        return path
    x, y = _beside(wire.points)
    return f'{path}<text class="port" x="{_n(x)}" y="{_n(y)}">{escape(wire.label)}</text>'


def _beside(points: list[Point]) -> Point:
    """Where the label ends: before the tip, on the side of the wire's last curve that it does not come from."""
    (_, before), (x, y) = points[-2], points[-1]
    return x - _TIP, y + (_BELOW if before < y else -_ABOVE)


def _path(points: list[Point]) -> str:
    """Curves that leave and arrive level, through the bends."""
    parts = [f"M{_n(points[0][0])} {_n(points[0][1])}"]
    for (x1, y1), (x2, y2) in pairwise(points):
        half = (x2 - x1) / 2
        parts.append(f"C{_n(x1 + half)} {_n(y1)} {_n(x2 - half)} {_n(y2)} {_n(x2)} {_n(y2)}")
    return "".join(parts)


def _colour(type: str) -> str:
    pack = type.split(".")[0]
    return _PALETTE[sum(pack.encode()) % len(_PALETTE)]


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
