"""Functions that look things up: list, charts, export."""

from typing import Any

from app.web.form.advice import page_of
from app.web.views.listing import ListView
from app.web.views.people import PeopleRoutes


class QueryView(PeopleRoutes, ListView):
    """Rows to look at, count and export."""

    def href_of(self, record: Any) -> str:
        """Return the record's own page where the list is one over several kinds of records."""
        return (page_of(self.object, record) if self.object.variants else "") or super().href_of(
            record
        )
