"""Functions that look things up: list, charts, export."""

from app.web.views.listing import ListView
from app.web.views.people import PeopleRoutes


class QueryView(PeopleRoutes, ListView):
    """Rows to look at, count and export."""
