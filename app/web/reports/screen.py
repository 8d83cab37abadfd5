"""Screens of `screen: report`: figures by dimensions, and what stands behind each of them."""

from flask import request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name

from app.core.access.actor import current_actor
from app.core.db.row_ids import id_of
from app.reports import grid, saved
from app.reports import table as tables
from app.web.reports import conditions
from app.web.reports.tables import TABLE, TableRoutes
from app.web.reports.writing import WRITTEN, WritingRoutes
from app.web.screens import screen


@screen("report")
class ReportScreen(TableRoutes, WritingRoutes):
    """Tables with pictures over one model; every figure leads to its records."""

    kinds = (TABLE, WRITTEN)

    @expose("/")
    @permission_name("view")
    def home(self) -> str:
        """Show a report."""
        address = self.reading(request.args)
        found = tables.table(address.asked)
        kept = saved.of_function(self.function)
        chosen = id_of(request.args.get("saved", ""))
        return self.render(
            "reports/report.html",
            address=address,
            table=found,
            model=self.model,
            notes=grid.notes(found),
            choices=conditions.choices(address),
            chips=conditions.chips(address),
            charts=address.charts,
            text=tables.text,
            number=tables.number,
            saved=kept,
            opened=next((item for item in kept if item.id == chosen), None),
            roles=self.roles(self.model),
            me=current_actor().user_id,
            here=address.link(),
            bare=address.bare(),
        )
