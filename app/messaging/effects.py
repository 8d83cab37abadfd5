"""What a step of a flow does with messages: `notify`."""

from app.core.database import elevated
from app.flow.effects import Context, register
from app.messaging import telling  # noqa: F401 - lets the engine tell people on its own
from app.messaging.notices import notify


@register("notify")
def send(context: Context) -> None:
    """`notify: MESSAGE`: tell the people whom the message is for."""
    with elevated():
        notify(context.params["message"], context.record, context.case, context.variables())
