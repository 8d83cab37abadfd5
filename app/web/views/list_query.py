"""What a list was asked for: every argument of its address, clamped and checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request
from werkzeug.datastructures import MultiDict

from app.core.db.row_ids import id_of
from app.web.page.paging import SIZES
from app.web.views.columns import Column
from app.web.views.conditions import PREFIX, Condition, Reading, read

LONGEST_SEARCH = 60
DEEPEST = 200_000  # rows that can be turned to page by page; beyond, conditions are needed
KNOWN = frozenset({"q", "tab", "sort", "page", "size", "view", "ids"})


@dataclass(frozen=True)
class Asked:
    """One list as a person asked for it."""

    search: str
    tab: str
    sort: str
    page: int
    size: int
    charts: bool
    reading: Reading
    hints: tuple[str, ...]

    @property
    def offset(self) -> int:
        """How many rows come before this page."""
        return (self.page - 1) * self.size

    @property
    def narrowed(self) -> bool:
        """Tell whether anything but the tab narrows the list."""
        return bool(self.search or self.reading.filters)

    def arguments(self, **changes: Any) -> list[tuple[str, str]]:
        """Return the arguments of this list, changed; what is at its default is left out."""
        plain = {
            "q": self.search,
            "tab": self.tab,
            "sort": self.sort,
            "page": self.page if self.page > 1 else "",
            "size": self.size if self.size != SIZES[0] else "",
            "view": "charts" if self.charts else "",
        }
        if set(changes) - {"page", "view"}:
            plain["page"] = ""
        plain.update(changes)
        pairs = [(name, str(value)) for name, value in plain.items() if value not in ("", None)]
        return pairs + self.reading.arguments

    def link(self, **changes: Any) -> str:
        """Return the address of this list with something changed."""
        return "?" + urlencode(self.arguments(**changes))

    def link_without(self, key: str) -> str:
        """Return the address of this list without one condition."""
        pairs = [
            p for p in self.arguments(page="") if p[0] != key and not p[0].startswith(key + ".")
        ]
        return "?" + urlencode(pairs)

    def query(self) -> str:
        """Return search and conditions as they are saved under a name."""
        return urlencode(self.arguments(page="", size="", view=""))


def asked(
    conditions: Sequence[Condition],
    columns: Sequence[Column],
    tabs: Sequence[str],
    *,
    known: frozenset[str] = KNOWN,
) -> Asked:
    """Read the address of this request; arguments besides `known` are named as not understood."""
    arguments = MultiDict(
        (key, value.replace("\x00", "")) for key, value in request.args.items(multi=True)
    )
    hints = []
    reading = read(conditions, arguments)
    unknown = [key for key in arguments if key not in known and not key.startswith(PREFIX)]
    if unknown:
        hints.append("网址中有不认识的参数：" + "、".join(key[:20] for key in unknown[:3]))
    tab = arguments.get("tab", "")
    if tab and tab not in tabs:
        hints.append("没有这个状态，已显示全部")
        tab = ""
    sort = arguments.get("sort", "")
    if sort and sort.lstrip("-") not in {item.path for item in columns if item.sortable}:
        hints.append("不能按这一列排序，已按默认顺序显示")
        sort = ""
    size, hint = _size(arguments.get("size", ""))
    hints += [hint] if hint else []
    page, hint = _page(arguments.get("page", ""), size)
    hints += [hint] if hint else []
    return Asked(
        search=" ".join(arguments.get("q", "").split())[:LONGEST_SEARCH],
        tab=tab,
        sort=sort,
        page=page,
        size=size,
        charts=arguments.get("view") == "charts",
        reading=reading,
        hints=(*hints, *reading.ignored),
    )


def _size(raw: str) -> tuple[int, str]:
    wanted = id_of(raw)
    if wanted is None:
        return SIZES[0], f"每页行数不正确，已按 {SIZES[0]} 行显示" if raw else ""
    if wanted > SIZES[-1]:
        return SIZES[-1], f"每页最多 {SIZES[-1]} 行"
    return next(size for size in SIZES if size >= wanted), ""


def _page(raw: str, size: int) -> tuple[int, str]:
    if not raw:
        return 1, ""
    wanted = id_of(raw)
    if not wanted:
        return 1, "没有这一页，已显示第 1 页"
    last = DEEPEST // size
    if wanted > last:
        return last, f"最多逐页翻到第 {DEEPEST:,} 行，请用条件缩小范围，或导出后查看"
    return wanted, ""
