# SPDX-License-Identifier: GPL-2.0-only
"""Bar charts as SVG, without a library."""

from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT, BAR, GAP, TOP = 720, 90, 70, 26, 14, 64
COLORS = ["#f4a259", "#2a6f97", "#c3cbd3"]


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


def bars(title, parts, rows):
    """Horizontal bars of stacked parts: `rows` is a list of (name, [length of each part])."""
    scale = (WIDTH - LEFT - RIGHT) / max(sum(lengths) for _, lengths in rows)
    height = TOP + len(rows) * (BAR + GAP)
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
             f'width="{WIDTH}" height="{height}" font-family="sans-serif">',
             "  <!-- SPDX-License-Identifier: GPL-2.0-only -->",
             f"  <title>{escape(title)}</title>", box(0, 0, WIDTH, height, "#ffffff"),
             text(LEFT, 22, title, size=14, weight="bold"), *legend(parts)]
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
