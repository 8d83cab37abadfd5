"""Functions that look things up: list, charts, export."""

from app.web.views.listing import ListView


class QueryView(ListView):
    """Rows to look at, count and export."""
