"""Functions that keep reference data."""

from collections.abc import Sequence
from typing import Any

from flask import flash
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name

from app.core.db.database import unit_of_work
from app.core.records import service as records
from app.web.views.cases import CaseRoutes
from app.web.views.importing import ImportRoutes
from app.web.views.listing import Button, ListView


class CatalogView(ImportRoutes, CaseRoutes, ListView):
    """Rows that are edited in place, disabled instead of deleted."""

    def buttons(self, found: Any) -> Sequence[Button]:
        """Offer to add a row."""
        others = self.import_buttons()
        if not self.may("add"):
            return others
        return (
            *others,
            Button(f"新增{self.object.title}", self.url("new"), "primary", "plus-lg", "n"),
        )

    def edit_href_of(self, record: Any) -> str:
        """Lead to the form."""
        return f"{self.route_base}/{record.id}/edit" if self.may("edit") else ""

    def notes(self, record: Any) -> Sequence[tuple[str, str]]:
        """Say which rows are out of use."""
        return (("已停用", ""),) if getattr(record, "disabled", False) else ()

    @expose("/<int:pk>/disable", methods=["POST"])
    @permission_name("disable")
    def disable(self, pk: int) -> Any:
        """Take a row out of use; records that refer to it stay."""
        return self._switch(pk, True, "已停用，已有记录不受影响")

    @expose("/<int:pk>/enable", methods=["POST"])
    @permission_name("disable")
    def enable(self, pk: int) -> Any:
        """Take a row back into use."""
        return self._switch(pk, False, "已恢复使用")

    def _switch(self, pk: int, disabled: bool, said: str) -> Any:
        record = self.find(pk)
        with unit_of_work():
            records.disable(self.object, record, disabled)
        flash(said, "success")
        return self._go(f"{self.route_base}/{pk}")
