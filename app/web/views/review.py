"""Functions in which a step of a flow is decided."""

from app.web.views.listing import ListView


class ReviewView(ListView):
    """The queue of a step and the page of a case."""
