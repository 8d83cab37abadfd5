"""Screens of `screen: explore`: people put tables together themselves, over one of several models."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from werkzeug.datastructures import MultiDict

from app.core.access.actor import current_actor
from app.core.db.row_ids import id_of
from app.core.declare import registry
from app.core.declare.reports import Dimension, Measure, ReportModel
from app.core.errors import NotFound
from app.reports import grid, saved
from app.reports import table as tables
from app.reports.arguments import Asked, text_of
from app.reports.models import SavedQuery
from app.reports.query import TooMany
from app.reports.table import Room, Table
from app.web.reports import conditions
from app.web.reports.address import PREFIX, Address, read
from app.web.reports.tables import TableRoutes
from app.web.screens import screen

PAGE = Room(cells=4_000)  # figures that one page shows
VALUES = Room(rows=300, largest=True)  # values of a condition that are listed


@dataclass(frozen=True)
class Offer:
    """A measure as the form offers it; `refusal` says why it cannot stand in this table."""

    measure: Measure
    chosen: bool
    refusal: str = ""


@dataclass(frozen=True)
class Value:
    """A value of a dimension that can be made a condition: its key, its name, how much there is of it."""

    key: str
    title: str
    text: str
    chosen: bool


@screen("explore")
class ExploreScreen(TableRoutes):
    """Conditions, rows, columns, measures and picture as people choose them; every figure leads to its records."""

    back_title = "返回分析"

    def models(self) -> list[ReportModel]:
        """Return the models that people choose from."""
        return [registry.report_model(name) for name in self.declared.models]

    @property
    def model(self) -> ReportModel:
        """The model to begin with."""
        return self.models()[0]

    def about(self) -> ReportModel:
        """Return the model that this request is about."""
        return self._named(request.args.get("model", ""))

    def _named(self, name: str) -> ReportModel:
        models = self.models()
        return next((item for item in models if item.name == name), models[0])

    def reading(self, arguments: "MultiDict[str, str]") -> Address:
        """Return what an address asks of the model that it names; the first one, if it names none."""
        name = arguments.get("model", "")
        address = read(self._named(name), arguments, free=True)
        hints = list(address.hints)
        if name and address.asked.model.name != name:
            hints.insert(0, f"这里没有“{name[:30]}”这类数据，已显示“{address.asked.model.title}”")
        return replace(address, hints=tuple(hints))

    @expose("/")
    @permission_name("view")
    def home(self) -> str:
        """Show the form and the table that it asks for."""
        address = self.reading(request.args)
        kept = saved.of_function(self.function)
        opened = self._opened(kept)
        if request.args.get("saved") and opened is None:
            address = replace(
                address, hints=(*address.hints, "没有这份保存的分析，或已不再共享给您")
            )
        table, refusal = _asked(address)
        model = address.asked.model
        return self.render(
            "reports/explore.html",
            address=address,
            table=table,
            refusal=refusal,
            model=model,
            models=self.models(),
            notes=grid.notes(table) if table else [],
            offers=offers(address.asked),
            limited=conditions.chips(address),
            charts=address.charts,
            text=tables.text,
            number=tables.number,
            saved=kept,
            opened=opened,
            roles=self.roles(model),
            all_roles=self._all_roles(kept),
            me=current_actor().user_id,
            here=address.link(),
            bare=address.bare(),
        )

    @expose("/values")
    @permission_name("view")
    def values(self) -> str:
        """Show the values of a dimension among the facts, to make them a condition."""
        address = self.reading(request.args)
        model = address.asked.model
        item = model.dimension(request.args.get("by", ""))
        if item is None:
            raise NotFound("没有这个条件")
        measure, table = _values(address.asked, item)
        others = {name: keys for name, keys in address.asked.only.items() if name != item.name}
        rest = replace(address, asked=replace(address.asked, only=others))
        return self.render(
            "reports/values.html",
            title=f"条件：{item.title}",
            item=item,
            measure=measure,
            values=_listed(item, measure, table, address.asked.only.get(item.name, ())),
            cut=table.rows_cut,
            name=PREFIX + item.name,
            rest=rest.arguments(),
            without=rest.link(),
            back=address.link(),
            apart=request.headers.get("X-Requested-With") != "fetch",
        )

    def link_of_values(self, address: Address, item: Dimension) -> str:
        """Return where the values of a dimension are listed."""
        return f"{self.url('values')}?{urlencode([*address.arguments(), ('by', item.name)])}"

    def _opened(self, kept: Sequence[SavedQuery]) -> SavedQuery | None:
        chosen = id_of(request.args.get("saved", ""))
        return next((item for item in kept if item.id == chosen), None)

    def _all_roles(self, kept: Sequence[SavedQuery]) -> dict[str, str]:
        """Return the titles of roles, where something is shared with one."""
        shared = next((item for item in self.models() if item.share), None)
        return self.roles(shared) if shared and any(item.role for item in kept) else {}


def _asked(address: Address) -> tuple[Table | None, str]:
    """Return the table, or why it cannot be made; what was chosen stays on the page."""
    try:
        (table,) = tables.tables([address.asked], [address.room(PAGE)])
    except TooMany as refused:
        return None, str(refused)
    return table, ""


def offers(asked: Asked) -> list[Offer]:
    """Return the measures of the model, with what keeps some from being divided like this."""
    found = []
    for item in asked.model.measures:
        wrong = [side.title for side in asked.sides if side.name in item.not_by]
        refusal = f"不能按“{'”“'.join(wrong)}”划分，会重复计算" if wrong else ""
        found.append(Offer(item, item in asked.show, refusal))
    return found


def _values(asked: Asked, item: Dimension) -> tuple[Measure | None, Table]:
    """Return the groups of a dimension under the other conditions, and what may be said of each."""
    fitting = [one for one in asked.model.measures if item.name not in one.not_by]
    counts = [one for one in fitting if one.take == "count" and one.where is None]
    measure = (counts or fitting or list(asked.model.measures))[0]
    only = {name: keys for name, keys in asked.only.items() if name != item.name}
    question = replace(asked, rows=item, inner=None, columns=None, show=(measure,), only=only)
    return (measure if fitting else None), tables.tables([question], [VALUES])[0]


def _listed(
    item: Dimension, measure: Measure | None, table: Table, chosen: tuple[object, ...]
) -> list[Value]:
    """Return the values that are listed; those that are chosen also where no fact has them now."""
    found = [
        Value(
            text_of(head.key), head.title,
            tables.text(measure, table.row_totals[head.key][0]) if measure else "",
            head.key in chosen,
        )
        for head in table.rows
    ]  # fmt: skip
    listed = {head.key for head in table.rows}
    more = [key for key in chosen if key not in listed]
    titles = tables.titles_of(item, more) if more else {}
    return [*(Value(text_of(key), titles[key], "—", True) for key in more), *found]
