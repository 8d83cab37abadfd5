"""Screens of `screen: dashboard`: tiles side by side, on a page and on a wall."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name

from app.core import clock
from app.core.access.actor import current_actor
from app.core.declare.reports import Dimension, Measure, ReportModel
from app.reports import board
from app.reports import table as tables
from app.reports.arguments import text_of
from app.reports.board import SPANS, Drawn
from app.web.reports.address import PREFIX, Address
from app.web.reports.behind import BehindRoutes
from app.web.screens import screen

LOOKING = frozenset({"view", "export"})  # operations that change nothing
COURSE = (120, 28)  # size of the course below a number


@dataclass(frozen=True)
class Shown:
    """A tile as the page shows it: its figures, and where each of them leads."""

    drawn: Drawn
    rows: str  # address of the lists behind the figures

    def href(self, *keys: Any) -> str:
        """Return the address of the records behind the figure of these groups."""
        since, until = self.drawn.table.asked.since, self.drawn.table.asked.until
        pairs = [("model", self.drawn.model.name)]
        pairs += [("from", since.isoformat())] if since else []
        pairs += [("to", until.isoformat())] if until else []
        sides: tuple[Dimension, ...] = self.drawn.sides
        pairs += [
            (PREFIX + side.name, text_of(key)) for side, key in zip(sides, keys, strict=False)
        ]
        return f"{self.rows}?{urlencode([*pairs, ('of', self.drawn.measure.name)])}"

    def text(self, value: Any) -> str:
        """Return how a figure reads."""
        return tables.text(self.drawn.measure, value)

    def number(self, value: Any) -> int | float:
        """Return a figure as a number for pictures."""
        return tables.number(self.drawn.measure, value) or 0

    @property
    def cut(self) -> int:
        """How many groups have no room."""
        return self.drawn.table.rows_cut + self.drawn.table.columns_cut

    @property
    def course(self) -> str:
        """The points of the line below a number, from the left below to the right above."""
        values = [self.number(value) for _, value in self.drawn.values]
        most, (width, height) = max(values, default=0), COURSE
        if len(values) < 2 or most <= 0:
            return ""
        step = width / (len(values) - 1)
        return " ".join(
            f"{n * step:.1f},{height - 2 - max(value, 0) / most * (height - 4):.1f}"
            for n, value in enumerate(values)
        )


@screen("dashboard")
class DashboardScreen(BehindRoutes):
    """The dashboard of one model; every figure leads to its records."""

    back_title = "返回驾驶舱"

    def about(self) -> ReportModel:
        """Return the model of the tile whose records are asked for; only those of the dashboard."""
        return board.models(self.model).get(request.args.get("model", ""), self.model)

    @expose("/")
    @permission_name("view")
    def home(self) -> str:
        """Show the tiles."""
        return self._show("reports/dashboard.html")

    @expose("/wall")
    @permission_name("view")
    def wall(self) -> str:
        """Show the tiles for a large display."""
        return self._show("reports/wall.html")

    @expose("/tiles")
    @permission_name("view")
    def tiles(self) -> str:
        """Return the tiles alone, as they are now."""
        return self._show("reports/tiles.html")

    @expose("/figures")
    @permission_name("view")
    def figures(self) -> str:
        """Return the numbers alone, for the workbench."""
        return self._show("reports/tiles.html", form="number")

    def _show(self, template: str, form: str = "") -> str:
        own = self.model
        assert own.dashboard is not None
        dated = any(model.date for model in board.models(own).values())
        span = request.args.get("span", "")
        span = span if span in SPANS else "year" if dated else "all"
        within = board.limits(span, clock.today())
        rows = self.url("behind")
        return self.render(
            template,
            tiles=[Shown(drawn, rows) for drawn in board.drawn(own, within, form)],
            board=own.dashboard,
            heading=own.dashboard.title or self.declared.title,
            span=span,
            spans=SPANS if dated else {},
            on_wall=template.endswith("wall.html") or "wall" in request.args,
            now=clock.local(clock.now()),
            keeps=self._keeps(),
        )

    def _keeps(self) -> bool:
        """Tell whether a display may stay signed in: of people who can only look."""
        return all(operation in LOOKING for operation, _ in current_actor().grants)

    def back(self, address: Address) -> str:
        """Return where the list leads back to."""
        return self.url("home")

    def here(self, address: Address, measure: Measure) -> str:
        """Return the query of the list, with the model that it is of."""
        return f"{address.behind(measure)}&model={self.about().name}"
