"""Pictures of figures for documents: bars, lines and rings as PNG."""

import io
import os
from collections.abc import Sequence
from typing import Any

from app.core import settings

WIDTH, HEIGHT, DPI = 6.1, 2.9, 200  # inches; 156 mm stand between the margins of a page
LINE = 0.3  # inches of height for each lying bar
LYING = 7  # so many bars, or names so long, lie
LONG = 5
NAMED = 9  # so many points of a line are named and have their figures beside them
BLUE = "#2457a6"
COLOURS = (
    BLUE, "#3f8f6b", "#c98a1b", "#8a5fb4", "#2f9bb3", "#b8574f", "#6d7f99", "#9aa53a", "#5a73c9", "#a66a3c",
)  # fmt: skip
TEXT, SPLIT = "#33415c", "#e3e8f0"
FONTS = (
    "Noto Sans CJK SC", "Source Han Sans SC", "SimHei", "Microsoft YaHei", "WenQuanYi Zen Hei",
    "Noto Serif CJK SC", "SimSun", "AR PL KaitiM GB",
)  # fmt: skip

Point = tuple[str, float, str]  # name of the group, its figure, and how the figure reads
Series = tuple[str, Sequence[float]]  # name of a column, and its figure in each group


def drawn(form: str, title: str, points: Sequence[Point]) -> io.BytesIO:
    """Return the picture of groups as a bar, line or pie chart, with their figures where there is room."""
    lying = form == "bar" and (len(points) > LYING or max(len(name) for name, *_ in points) > LONG)
    figure, axes, font = _sheet(title, max(HEIGHT, 1 + LINE * len(points)) if lying else HEIGHT)
    if form == "pie":
        _ring(axes, points, font)
    else:
        _axes(axes, form, lying, points, font)
    return _png(figure)


def divided(form: str, title: str, names: Sequence[str], series: Sequence[Series]) -> io.BytesIO:
    """Return the picture of groups that are divided.

    `form` is line, bar (beside each other) or stack (upon each other, of parts of a whole).
    """
    figure, axes, font = _sheet(title, HEIGHT + 0.8)
    places, below = range(len(names)), [0.0] * len(names)
    wide = 0.8 / len(series)  # of bars beside each other
    for n, (name, values) in enumerate(series):
        look = {"color": COLOURS[n % len(COLOURS)], "label": _plain(name)}
        if form == "line":
            axes.plot(places, values, marker="o", markersize=3.5, linewidth=1.5, **look)
        elif form == "bar":
            beside = [place + wide * (n - (len(series) - 1) / 2) for place in places]
            axes.bar(beside, values, width=wide, **look)
        else:
            axes.bar(places, values, width=min(0.6, 0.12 * len(names)), bottom=below, **look)
            below = [under + value for under, value in zip(below, values, strict=True)]
    step = -(-len(names) // NAMED)
    axes.set_xticks(places[::step], [_plain(name, 12) for name in names][::step])
    if all(value >= 0 for _, values in series for value in values):
        axes.set_ylim(bottom=0)
    _plain_axes(axes, "y", font)
    axes.legend(
        loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=5, frameon=False, prop=font,
        labelcolor=TEXT,
    )  # fmt: skip
    return _png(figure)


def _sheet(title: str, height: float) -> tuple[Any, Any, Any]:
    """Return a figure with its axes and a typeface."""
    # Slow to load and only wanted by the worker. It keeps a list of typefaces, which must not lie
    # in a home that a service may not have.
    os.environ.setdefault("MPLCONFIGDIR", str(settings.folder("cache") / "matplotlib"))
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)  # draws into memory; no state shared between threads, no screen
    axes = figure.add_subplot()
    font = _font()
    axes.set_title(_plain(title, 30), fontproperties=font, fontsize=12, color=TEXT, pad=10)
    return figure, axes, font


def _png(figure: Any) -> io.BytesIO:
    target = io.BytesIO()
    figure.savefig(target, format="png")
    target.seek(0)
    return target


def _font() -> Any:
    from matplotlib.font_manager import FontProperties, fontManager

    there = {one.name for one in fontManager.ttflist}
    family = next((name for name in FONTS if name in there), "sans-serif")
    return FontProperties(family=family, size=9)


def _plain(text: str, most: int = 16) -> str:
    """Return a name cut to its room; a dollar sign would begin a formula, an underscore hide a legend."""
    shown = " ".join(text.split())
    shown = shown if len(shown) <= most else f"{shown[: most - 1]}…"
    return ("\u200b" if shown.startswith("_") else "") + shown.replace("$", r"\$")


def _axes(axes: Any, form: str, lying: bool, points: Sequence[Point], font: Any) -> None:
    places = range(len(points))
    names = [_plain(name) for name, *_ in points]
    values = [value for _, value, _ in points]
    if lying:
        marks = axes.barh(places, values, height=0.62, color=BLUE)
        axes.invert_yaxis()
        axes.set_yticks(places, names)
    elif form == "bar":
        marks = axes.bar(places, values, width=min(0.6, 0.12 * len(points)), color=BLUE)
        axes.set_xticks(places, names)
    else:
        axes.plot(places, values, color=BLUE, marker="o", markersize=4, linewidth=1.6)
        step = -(-len(points) // NAMED)  # as many names as have room
        axes.set_xticks(places[::step], names[::step])
    if form == "line":
        for place, value, (*_, text) in zip(places, values, points, strict=True):
            if len(points) <= NAMED:
                axes.annotate(
                    text, (place, value), xytext=(0, 5), textcoords="offset points", ha="center",
                    fontproperties=font, color=TEXT,
                )  # fmt: skip
    else:
        said = [text for *_, text in points]
        axes.bar_label(marks, said, padding=3, fontproperties=font, color=TEXT)
    axes.margins(**{"x" if lying else "y": 0.15})
    if min(values) >= 0:
        axes.set_xlim(left=0) if lying else axes.set_ylim(bottom=0)
    _plain_axes(axes, "x" if lying else "y", font)


def _plain_axes(axes: Any, along: str, font: Any) -> None:
    axes.grid(axis=along, color=SPLIT, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(SPLIT)
    axes.tick_params(length=0, colors=TEXT)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(font)


def _ring(axes: Any, points: Sequence[Point], font: Any) -> None:
    values = [max(value, 0) for _, value, _ in points]
    whole = sum(values)
    colours = [COLOURS[n % len(COLOURS)] for n in range(len(points))]
    wedges, *_ = axes.pie(
        values, colors=colours, startangle=90, counterclock=False,
        wedgeprops={"width": 0.42, "edgecolor": "white"},
    )  # fmt: skip
    said = [
        f"{_plain(name)}  {text}（{100 * value / whole:.1f}%）"
        for (name, _, text), value in zip(points, values, strict=True)
    ]
    axes.legend(
        wedges, said, loc="center left", bbox_to_anchor=(1.05, 0.5), frameon=False, prop=font,
        labelcolor=TEXT,
    )  # fmt: skip
