"""What may go wrong for a person: every error carries a message in their language and a status.

UserError
├── Rejected   422  the values are not right; `faults` says which
├── Refused    403  this person may not do that
├── NotFound   404  there is no such record within this person's reach
├── Conflict   409  the state does not allow it (any more)
├── Stale      409  somebody else changed the record in the meantime
└── Unavailable 503 what the work needs does not answer, or is full; nothing was changed
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Fault:
    """One thing wrong with what was entered, at `path` ("return_on", "members.0.person", "material.invitation")."""

    path: str
    message: str
    level: Literal["error", "warning"] = "error"
    source: str = ""  # where the rule comes from


class UserError(Exception):
    """Base of all refusals; `str(error)` may be shown as it is."""

    status = 400

    def __init__(self, message: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.faults = tuple(faults)

    @property
    def words(self) -> str:
        """Everything that is wrong, where there is one line to say it."""
        return "；".join(fault.message for fault in self.faults) or self.message


class Rejected(UserError):
    """The values are not right."""

    status = 422

    def __init__(self, faults: Sequence[Fault], message: str = "") -> None:
        errors = sum(fault.level == "error" for fault in faults)
        super().__init__(message or f"有 {errors} 处需要修改", faults)


class Refused(UserError):
    """This person may not do that."""

    status = 403


class NotFound(UserError):
    """No such record within reach."""

    status = 404

    def __init__(self, message: str = "记录不存在，或不在您的查看范围内") -> None:
        super().__init__(message)


class Conflict(UserError):
    """The state of the record does not allow it."""

    status = 409


class Stale(Conflict):
    """The record was changed since it was opened."""


class Unavailable(UserError):
    """A store or a counterpart that the work needs cannot be used just now."""

    status = 503
