"""Functions that show how far cases have come."""

from app.web.views.listing import ListView
from app.web.views.reading import RecordRoutes


class ProgressView(RecordRoutes, ListView):
    """Where cases stand and what comes next."""
