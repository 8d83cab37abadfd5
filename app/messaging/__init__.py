"""Messages to people: in the product and by SMS."""

from app.messaging.notices import notify

__all__ = ["notify"]
