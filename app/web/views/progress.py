"""Functions that show how far cases have come."""

from app.web.views.listing import ListView
from app.web.views.people import PeopleRoutes


class ProgressView(PeopleRoutes, ListView):
    """Where cases stand and what comes next."""
