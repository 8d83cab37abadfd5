"""Functions that show how far cases have come."""

from app.web.views.listing import ListView


class ProgressView(ListView):
    """Where cases stand and what comes next."""
