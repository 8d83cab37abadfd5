"""Functions that show how far cases have come: type a number, see the way."""

from collections.abc import Mapping
from typing import Any

from app.core.records.queries import Rows
from app.web.case import progress_dots
from app.web.case.content import Stop
from app.web.case.page import Reader
from app.web.case.progress_dots import Dot
from app.web.views.list_query import Asked
from app.web.views.listing import Empty, ListView
from app.web.views.people import PeopleRoutes

MOST = 3  # found cases whose whole way is shown; more are a list with small pictures


class ProgressView(PeopleRoutes, ListView):
    """Where cases stand and what comes next."""

    list_template = "progress.html"

    def render(self, template: str, **values: Any) -> str:
        """Render; on the list the whole way of what was found stands before it."""
        if template == self.list_template:
            values["routes"] = self._routes(values["asked"], values["lines"])
            values["number_title"] = self._number_title()
        return super().render(template, **values)

    def empty(self, found: Asked) -> Empty:
        """Say what to check when a number finds nothing."""
        if found.search:
            text = "请核对编号是否完整；也可以输入名称或拼音首字母。只能查到您有权查看的办件。"
            return Empty(f"没有找到“{found.search}”", text)
        return super().empty(found)

    def _line(self, record: Any, shown: Any, notes: Any, came: str = "") -> dict[str, Any]:
        line = super()._line(record, shown, notes, came)
        line["record"] = record
        return line

    def all_ways(self, page: Rows) -> Mapping[int, tuple[Dot, ...]] | None:
        """Show how far each case has come."""
        return progress_dots.of_records(self.object.name, [record.id for record in page.items])

    def _routes(
        self, found: Asked, lines: list[dict[str, Any]]
    ) -> list[tuple[dict[str, Any], tuple[Stop, ...]]]:
        if not found.search or len(lines) > MOST:
            return []
        return [(line, Reader(self.declared, line["record"]).stops()) for line in lines]

    def _number_title(self) -> str:
        known = (item.title for item in self.object.fields if item.name == "code")
        title = next(known, "编号")
        return f"{self.object.title}{title}" if title == "编号" else title
