"""Functions that show what was sent back for changes."""

from app.web.views.listing import ListView


class ReworkView(ListView):
    """What was sent back to the person."""
