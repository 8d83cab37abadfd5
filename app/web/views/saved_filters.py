"""Filters and columns that a person keeps for a list."""

from urllib.parse import parse_qsl, urlencode

from flask import flash

from app.core.errors import Conflict, Fault, Rejected
from app.web.page import preferences
from app.web.screens.form import ChoicesField, FlagField, HiddenText, ScreenForm, TextField
from app.web.views.conditions import PREFIX
from app.web.views.list_query import KNOWN

MOST = 20
LONGEST_TITLE = 30
LONGEST_QUERY = 2000


class FilterForm(ScreenForm):
    """The conditions of a list, and the name under which they are kept, or dropped."""

    title = TextField("名称", longest=LONGEST_TITLE)
    query = HiddenText(longest=10 * LONGEST_QUERY)  # `_clean` says what of it is kept
    drop = HiddenText()


class ColumnsForm(FilterForm):
    """Which columns of a list a person sees."""

    column = ChoicesField("列", validate_choice=False)
    reset = FlagField("恢复默认")


def columns_name(function: str) -> str:
    """The name under which the columns of a function are kept."""
    return f"columns:{function}"


def filters_name(function: str) -> str:
    """The name under which the filters of a function are kept."""
    return f"filters:{function}"


def names(function: str) -> tuple[str, str]:
    """Everything that a list reads of a person's preferences."""
    return columns_name(function), filters_name(function)


def change(function: str) -> None:
    """Save or drop a filter, as the form of this request says."""
    name = filters_name(function)
    kept = preferences.read([name]).get(name) or []
    form = FilterForm().checked()
    title = " ".join(form.title.data.split())
    if form.drop.data:
        kept = [item for item in kept if item["title"] != form.drop.data]
        flash("已删除这个筛选", "success")
    elif not title:
        raise Rejected([Fault("title", "请给筛选起个名字")], "请给筛选起个名字")
    else:
        kept = [item for item in kept if item["title"] != title]
        if len(kept) >= MOST:
            raise Conflict(f"最多保存 {MOST} 个筛选，请先删除不用的")
        kept.append({"title": title, "query": _clean(form.query.data)})
        flash(f"已保存筛选“{title}”", "success")
    preferences.write(name, kept or None)


def back(home: str) -> str:
    """Return the list with the conditions that it had, never another site."""
    query = _clean(FilterForm().query.data)
    return f"{home}?{query}" if query else home


def _clean(query: str) -> str:
    pairs = parse_qsl(query.lstrip("?")[:LONGEST_QUERY])
    return urlencode(
        [(key, value) for key, value in pairs if key in KNOWN or key.startswith(PREFIX)]
    )
