"""Charts as SVG, drawn without any library: bars, a line, a pie."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

from .tables import Row, date_of, number_of, text_of, tidy_number

WIDTH = 800
HEIGHT = 420
LEFT = 70
TOP = 50
BOTTOM = 70
COLOURS = ("#3366cc", "#dc3912", "#ff9900", "#109618", "#990099", "#0099c6", "#dd4477", "#66aa00")


def chart_points(groups: dict[str, Row], key: str) -> list[tuple[str, float]]:
    """Label and figure of each group that has one: days and numbers in their order, others as they came."""
    points = [(label, float(row[key])) for label, row in groups.items() if row[key] is not None]
    for order in (number_of, date_of):
        places = [order(label) for label, _ in points]
        if None not in places:
            return [points[at] for at in sorted(range(len(points)), key=lambda at: (places[at], at))]
    return sorted(points) if all(label[:1].isdigit() for label, _ in points) else points


def svg_text(x: float, y: float, content: str, anchor: str = "middle", longest: int = 24) -> str:
    """Words at a place; long ones are cut."""
    short = content if len(content) <= longest else f"{content[: longest - 1]}…"
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html.escape(short)}</text>'


def svg_page(title: str, shapes: Sequence[str]) -> str:
    """The whole drawing, with a title for eyes and for screen readers."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="13">\n<title>{html.escape(title)}</title>\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>\n'
    )
    return head + "\n".join([svg_text(WIDTH / 2, 26, title, longest=90), *shapes]) + "\n</svg>\n"


def axis_scale(points: Sequence[tuple[str, float]]) -> tuple[float, float, list[str]]:
    """The lowest and highest value of the axis (0 is always on it), and its lines with their figures."""
    values = [0.0, *(value for _, value in points)]
    low, high = min(values), max(values)
    gap = 10 ** math.floor(math.log10((high - low) / 4)) if high > low else 1.0
    gap *= next(size for size in (1, 2, 5, 10) if (high - low) / (gap * size) <= 5)
    low, high = math.floor(low / gap) * gap, max(math.ceil(high / gap), 1) * gap
    shapes: list[str] = []
    for at in range(round((high - low) / gap) + 1):
        y = height_of(low + at * gap, low, high)
        shapes.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - 20}" y2="{y:.1f}" stroke="#ddd"/>')
        shapes.append(svg_text(LEFT - 8, y + 4, f"{tidy_number(low + at * gap):,}", "end"))
    return low, high, shapes


def height_of(value: float, low: float, high: float) -> float:
    """The place of a value on the drawing, from the top."""
    return TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low)


def bar_chart(title: str, points: Sequence[tuple[str, float]]) -> str:
    """A bar for each point, with its figure."""
    low, high, shapes = axis_scale(points)
    room = (WIDTH - LEFT - 20) / max(len(points), 1)
    zero = height_of(0, low, high)
    for at, (label, value) in enumerate(points):
        x, y = LEFT + room * at, height_of(value, low, high)
        shapes.append(
            f'<rect class="bar" x="{x + room * 0.15:.1f}" y="{min(y, zero):.1f}" width="{room * 0.7:.1f}" '
            f'height="{abs(y - zero):.1f}" fill="{COLOURS[0]}"/>'
        )
        shapes.append(svg_text(x + room / 2, min(y, zero) - 5, f"{tidy_number(value):,}"))
        shapes.append(
            svg_text(x + room / 2, HEIGHT - BOTTOM + 20 + 16 * (at % 2 if len(points) > 8 else 0), label)
        )
    return svg_page(title, shapes)


def line_chart(title: str, points: Sequence[tuple[str, float]]) -> str:
    """The points joined from left to right; of many labels only some are written."""
    low, high, shapes = axis_scale(points)
    room = (WIDTH - LEFT - 40) / max(len(points) - 1, 1)
    places = [(LEFT + 10 + room * at, height_of(value, low, high)) for at, (_, value) in enumerate(points)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    shapes.append(f'<polyline points="{path}" fill="none" stroke="{COLOURS[0]}" stroke-width="2"/>')
    every = math.ceil(len(points) / 10) or 1
    for at, ((label, _), (x, y)) in enumerate(zip(points, places, strict=True)):
        shapes.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{COLOURS[0]}"/>')
        if at % every == 0:
            shapes.append(svg_text(x, HEIGHT - BOTTOM + 20, label))
    return svg_page(title, shapes)


def pie_chart(title: str, points: Sequence[tuple[str, float]]) -> str:
    """A slice for each point above zero, with its percentage in the legend."""
    shown = [(label, value) for label, value in points if value > 0]
    whole, angle, shapes = math.fsum(value for _, value in shown), -math.pi / 2, list[str]()
    for at, (label, value) in enumerate(shown):
        colour, turn = COLOURS[at % len(COLOURS)], 2 * math.pi * value / whole
        start, end = (
            f"{260 + 150 * math.cos(a):.1f},{235 + 150 * math.sin(a):.1f}" for a in (angle, angle + turn)
        )
        if value == whole:
            shapes.append(f'<circle cx="260" cy="235" r="150" fill="{colour}"/>')
        else:
            arc = f"M260,235 L{start} A150,150 0 {int(turn > math.pi)} 1 {end} Z"
            shapes.append(f'<path d="{arc}" fill="{colour}" stroke="white"/>')
        y = 90 + 24 * at
        shapes.append(f'<rect x="480" y="{y - 11}" width="14" height="14" fill="{colour}"/>')
        shapes.append(svg_text(502, y + 1, f"{text_of(label)}: {100 * value / whole:.1f} %", "start", 40))
        angle += turn
    return svg_page(title, shapes)
