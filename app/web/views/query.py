"""Functions that look things up: list, charts, export."""

from app.web.views.listing import ListView
from app.web.views.reading import RecordRoutes


class QueryView(RecordRoutes, ListView):
    """Rows to look at, count and export."""
