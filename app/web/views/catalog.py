"""Functions that keep reference data."""

from app.web.views.listing import ListView


class CatalogView(ListView):
    """Rows that are edited in place, disabled instead of deleted."""
