"""A laid-out flow as SVG."""

from collections.abc import Mapping
from html import escape

from generator.graph.layout import ENDS, HEAD, MARGIN, Edge, Node, Picture

FONT = "'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"


MARKS = {  # what became of a thing: its colour, its word
    "added": ("#15803d", "新增"),
    "removed": ("#b91c1c", "去掉"),
    "changed": ("#b45309", "改动"),
}


def render(made: Picture, marks: Mapping[str, str] = {}, *, id: str = "") -> str:
    """Return the picture as a complete SVG file.

    `marks` say of steps and lines by their ids what became of them (added, removed, changed);
    `id` tells it from other pictures of one page.
    """
    tip = f"tip-{id}" if id else "tip"
    width, height = made.width, made.tops[-1] + MARGIN
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="{FONT}" font-size="13" role="img">',
        f"<title>{escape(made.title, quote=False)}</title>",
        f'<defs><marker id="{tip}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
        'orient="auto"><path d="M0 0 8 4 0 8z" fill="#475569"/></marker></defs>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for number, title in enumerate(made.lanes):
        lines += _lane(made, number, title)
    for edge in made.edges:
        lines += _edge(edge, marks.get(edge.id, ""), tip)
    for node in made.nodes:
        lines += _node(node)
        lines += _mark(node, marks.get(node.id, ""))
    return "\n".join([*lines, "</svg>", ""])


def _lane(made: Picture, number: int, title: str) -> list[str]:
    top, height = made.tops[number], made.tops[number + 1] - made.tops[number]
    fill = "#f8fafc" if number % 2 == 0 else "#ffffff"
    middle = top + height // 2
    return [
        f'<rect x="{MARGIN}" y="{top}" width="{made.width - 2 * MARGIN}" height="{height}" '
        f'fill="{fill}" stroke="#cbd5e1"/>',
        f'<line x1="{MARGIN + HEAD}" y1="{top}" x2="{MARGIN + HEAD}" y2="{top + height}" stroke="#cbd5e1"/>',
        f'<text x="{MARGIN + 20}" y="{middle}" text-anchor="middle" fill="#334155" '
        f'transform="rotate(-90 {MARGIN + 20} {middle})">{escape(title, quote=False)}</text>',
    ]


def _mark(node: Node, what: str) -> list[str]:
    """Frame a shape that is not as before, with a word on its upper edge."""
    if not what:
        return []
    color, word = MARKS[what]
    (width, height), dashes = node.size, ' stroke-dasharray="5 3"' if what == "removed" else ""
    x, y = node.x - 5, node.y - 5
    return [
        f'<rect x="{x}" y="{y}" width="{width + 10}" height="{height + 10}" rx="10" fill="none" '
        f'stroke="{color}" stroke-width="2"{dashes}/>',
        f'<rect x="{x + 6}" y="{y - 9}" width="34" height="17" rx="8" fill="{color}"/>',
        f'<text x="{x + 23}" y="{y + 4}" text-anchor="middle" font-size="11" fill="#ffffff">{word}</text>',
    ]


def _edge(edge: Edge, what: str, tip: str) -> list[str]:
    points = " ".join(f"{x},{y}" for x, y in edge.points)
    color = MARKS[what][0] if what else "#475569"
    thick = ' stroke-width="2.5"' if what else ""
    lines = [
        f'<polyline points="{points}" fill="none" stroke="{color}"{thick} marker-end="url(#{tip})">'
        f"<title>{escape(_told(edge), quote=False)}</title></polyline>"
    ]
    if edge.title:
        x, y = _label_at(edge)
        lines.append(
            f'<text x="{x}" y="{y}" font-size="12" fill="{color if what else "#334155"}" paint-order="stroke" '
            f'stroke="#ffffff" stroke-width="3">{escape(edge.title, quote=False)}</text>'
        )
    return lines


def _told(edge: Edge) -> str:
    parts = [edge.title, f"条件：{edge.when}" if edge.when else ""]
    return "；".join(part for part in parts if part) or f"{edge.source.title}→{edge.target.title}"


def _label_at(edge: Edge) -> tuple[int, int]:
    if len(edge.points) == 2:
        return edge.points[0][0] + 6, edge.points[0][1] - 6
    (x, line), (far, _) = edge.points[1], edge.points[2]
    return (x + 6 if far > x else x - 6 - 12 * len(edge.title)), line - 4


def _node(node: Node) -> list[str]:
    width, height = node.size
    x, y = node.middle
    title = escape(node.title, quote=False)
    if node.kind == "task":
        return [
            f'<rect x="{node.x}" y="{node.y}" width="{width}" height="{height}" rx="8" '
            f'fill="#eff6ff" stroke="#1d4ed8"/>',
            f'<text x="{x}" y="{y + 5}" text-anchor="middle" fill="#0f172a">{title}</text>',
        ]
    if node.kind in ("gate", "split", "join"):
        return _gateway(node, title)
    end = node.step.end if node.step and node.kind == "end" else ""
    color, thick = (ENDS[end], 3) if end else ("#2f855a", 1)
    return [
        f'<circle cx="{x}" cy="{y}" r="{width // 2}" fill="#ffffff" stroke="{color}" stroke-width="{thick}"/>',
        f'<text x="{x}" y="{node.y + height + 16}" text-anchor="middle" font-size="12" fill="{color}">{title}</text>',
    ]


def _gateway(node: Node, title: str) -> list[str]:
    """A cross where one way is taken, a plus where all are."""
    width, height = node.size
    x, y = node.middle
    corners = f"{x},{node.y} {node.x + width},{y} {x},{node.y + height} {node.x},{y}"
    cross = f"M{x - 6} {y - 6} {x + 6} {y + 6} M{x + 6} {y - 6} {x - 6} {y + 6}"
    plus = f"M{x - 9} {y} {x + 9} {y} M{x} {y - 9} {x} {y + 9}"
    lines = [
        f'<polygon points="{corners}" fill="#fffbeb" stroke="#b45309"/>',
        f'<path d="{cross if node.kind == "gate" else plus}" stroke="#b45309" stroke-width="2" fill="none"/>',
    ]
    if node.kind != "gate":
        lines.append(
            f'<text x="{x}" y="{node.y - 6}" text-anchor="middle" font-size="12" fill="#b45309">{title}</text>'
        )
    return lines
