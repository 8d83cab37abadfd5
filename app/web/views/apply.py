"""Functions in which people of a unit file their own cases."""

from collections.abc import Sequence
from typing import Any

from app.web.views.cases import CaseRoutes
from app.web.views.importing import ImportRoutes
from app.web.views.listing import Button, ListView
from app.web.views.people import PeopleRoutes


class ApplyView(ImportRoutes, PeopleRoutes, CaseRoutes, ListView):
    """A person's own cases: list, form, case page."""

    def buttons(self, found: Any) -> Sequence[Button]:
        """Offer to begin a new one."""
        others = self.import_buttons()
        if not self.may("add"):
            return others
        return (
            *others,
            Button(f"新建{self.object.title}", self.url("new"), "primary", "plus-lg", "n"),
        )

    def edit_href_of(self, record: Any) -> str:
        """Lead to the form of a draft."""
        return f"{self.route_base}/{record.id}/edit" if self.is_open(record) else ""

    def href_of(self, record: Any) -> str:
        """Lead to the form of a draft, else to the page of the case."""
        return self.edit_href_of(record) or f"{self.route_base}/{record.id}"

    def is_open(self, record: Any) -> bool:
        """Tell whether the record is at the step in which it is filled in, and this person may."""
        if not self.may("edit"):
            return False
        return self.flow is None or record.state == self.flow.steps[0].name
