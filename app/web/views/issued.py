"""Functions that show issued papers."""

from app.web.views.listing import ListView


class IssuedView(ListView):
    """Papers that were issued for cases."""
