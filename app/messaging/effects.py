"""What a step of a flow does with messages: `notify`."""

from app.core.db.database import elevated, session
from app.flow.execution.effects import Context, register
from app.messaging import flow_notifications  # noqa: F401 - lets the engine tell people on its own
from app.messaging.notices import notify


@register("notify")
def send(context: Context) -> None:
    """`notify: MESSAGE`: tell the people whom the message is for."""
    with elevated(), session.no_autoflush:  # whom and in which words: no step changes that
        notify(context.params["message"], context.record, context.case, context.variables())
