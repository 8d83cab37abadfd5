"""Functions in which people of a unit file their own cases."""

from app.web.views.listing import ListView


class ApplyView(ListView):
    """A person's own cases: list, form, case page."""
