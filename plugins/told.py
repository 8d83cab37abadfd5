"""What counterparts tell, as it stands in the JSON of messages and of packages."""

from typing import Any

from app.core.plugin import Answer, Arrival


def answer(one: dict[str, Any]) -> Answer:
    """Return an answer; KeyError, TypeError or ValueError where it is none."""
    return Answer(
        key=str(one["key"]),
        outcome=str(one["outcome"]),
        values=dict(one.get("values") or {}),
        comment=str(one.get("comment") or ""),
    )


def arrival(one: dict[str, Any], files: tuple[tuple[str, bytes], ...]) -> Arrival:
    """Return a message that they send on their own; KeyError, TypeError or ValueError where it is none."""
    return Arrival(
        key=str(one["key"]),
        message=str(one["message"]),
        values=dict(one.get("values") or {}),
        files=files,
    )
