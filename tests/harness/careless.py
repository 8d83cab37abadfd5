"""A transport that somebody wrote carelessly: what it reads makes it fall over."""

from dataclasses import dataclass

from app.core.plugin import Answers, Envelope, Receipt, Settings


@dataclass(frozen=True)
class Careless:
    """Takes every message and can read no answer."""

    honours_keys: bool = True

    def send(self, message: Envelope) -> Receipt:
        """Take a message."""
        return Receipt(id=message.key)

    def poll(self, since: str) -> Answers:
        """Fall over what is not there."""
        return Answers(items=(), cursor={}[since])


def create(settings: Settings) -> Careless:
    """Make the transport."""
    return Careless()
