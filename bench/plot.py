# SPDX-License-Identifier: GPL-2.0-only
"""Charts as SVG, without a library."""

import math
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT, BAR, GAP, TOP = 720, 90, 70, 26, 14, 64
COLORS = ["#f4a259", "#2a6f97", "#c3cbd3", "#7b8c54", "#a23b52"]


def text(x, y, what, anchor="start", size=13, weight="normal"):
    return (f'  <text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" font-size="{size}" '
            f'font-weight="{weight}">{escape(what)}</text>')


def box(x, y, width, height, color):
    return f'  <rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{height}" fill="{color}"/>'


def legend(parts):
    x, lines = LEFT, []
    for part, color in zip(parts, COLORS):
        lines += [box(x, 36, 12, 12, color), text(x + 18, 47, part)]
        x += 40 + 8 * len(part)
    return lines


def head(title, height):
    return [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" font-family="sans-serif">',
            "  <!-- SPDX-License-Identifier: GPL-2.0-only -->",
            f"  <title>{escape(title)}</title>", box(0, 0, WIDTH, height, "#ffffff"),
            text(LEFT, 22, title, size=14, weight="bold")]


def bars(title, parts, rows):
    """Horizontal bars of stacked parts: `rows` is a list of (name, [length of each part])."""
    scale = (WIDTH - LEFT - RIGHT) / max(sum(lengths) for _, lengths in rows)
    height = TOP + len(rows) * (BAR + GAP)
    lines = [*head(title, height), *legend(parts)]
    y = TOP
    for name, lengths in rows:
        x = LEFT
        lines.append(text(LEFT - 8, y + 18, name, "end"))
        for length, color in zip(lengths, COLORS):
            lines.append(box(x, y, length * scale, BAR, color))
            x += length * scale
        lines.append(text(x + 6, y + 18, f"{sum(lengths):.0f}"))
        y += BAR + GAP
    return "\n".join(lines + ["</svg>", ""])


class Axis:
    """A logarithmic axis from `low` to `high`, which lie at `start` and `end`."""

    def __init__(self, values, base, start, end):
        self.base = base
        self.low = math.floor(math.log(min(values), base) + 1e-9)
        self.high = max(self.low + 1, math.ceil(math.log(max(values), base) - 1e-9))
        self.start = start
        self.end = end

    def at(self, value):
        share = (math.log(value, self.base) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self):
        return [self.base ** n for n in range(self.low, self.high + 1)]


def number(value):
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"


def line(x1, y1, x2, y2, color="#c3cbd3", width=1):
    return (f'  <line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}" '
            f'stroke-width="{width}"/>')


def grid(x_axis, y_axis, labels):
    """`labels` are the titles of both axes."""
    lines = []
    for tick in x_axis.ticks():
        lines += [line(x_axis.at(tick), y_axis.start, x_axis.at(tick), y_axis.end),
                  text(x_axis.at(tick), y_axis.start + 18, number(tick), "middle", 12)]
    for tick in y_axis.ticks():
        lines += [line(x_axis.start, y_axis.at(tick), x_axis.end, y_axis.at(tick)),
                  text(LEFT - 8, y_axis.at(tick) + 4, number(tick), "end", 12)]
    return lines + [text((x_axis.start + x_axis.end) / 2, y_axis.start + 38, labels[0], "middle"),
                    text(LEFT, y_axis.end - 10, labels[1])]


def curves(title, labels, series):
    """Lines in a plane with logarithmic axes: `series` is name -> [(x, y)]."""
    points = [point for line_ in series.values() for point in line_]
    # What is not above 0 has no place on such an axis.
    positive = [y for _, y in points if y > 0]
    x_axis = Axis([x for x, _ in points], 2 if max(x for x, _ in points) < 1000 else 10, LEFT,
                  WIDTH - RIGHT)
    y_axis = Axis(positive, 10, TOP + 290, TOP + 30)
    lines = [*head(title, TOP + 340), *legend(list(series)), *grid(x_axis, y_axis, labels)]
    for color, points in zip(COLORS, series.values()):
        at = [(x_axis.at(x), y_axis.at(max(y, min(positive)))) for x, y in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
        lines.append(f'  <polyline points="{path}" fill="none" stroke="{color}" '
                     'stroke-width="2.5"/>')
        lines += [f'  <circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{color}"/>' for x, y in at]
    return "\n".join(lines + ["</svg>", ""])
