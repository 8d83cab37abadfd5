"""What the engine says to people on its own: urged, due, late, handed on. The room of messages sends it.

An object may word such a message itself: one of its `messages` called as the kind.
"""

from collections.abc import Callable, Sequence
from typing import Any

from app.core.declare import Actors, Message, registry
from app.flow.models import Case, Task

# Whether a text message goes out too: of results and reminders always; who is only told that somebody else
# gave a view, or gets a copy to read, finds that where they read it.
WORDS = {
    "urged": ("催办", "{actor}催办：{subject}现处于“{step}”环节，请尽快办理。{comment}", True),
    "due_soon": (
        "即将到期提醒",
        "{subject}现处于“{step}”环节，应于{due}前办结，请及时办理。",
        True,
    ),
    "overdue": ("超期提醒", "{subject}在“{step}”环节已超期，应于{due}前办结，请尽快办理。", True),
    "escalated": ("超期上报", "{subject}在“{step}”环节已超期，应于{due}前办结，请督促办理。", True),
    "handed": ("转办", "{actor}将{subject}的“{step}”环节转给您办理。{comment}", True),
    "returned_inside": (
        "退回",
        "{actor}将{subject}退回至“{step}”环节，请重新办理。退回意见：{comment}",
        True,
    ),
    "asked": (
        "加签",
        "{actor}请您对{subject}的“{step}”环节提出意见。{comment}",
        True,
    ),
    "advised": (
        "加签意见",
        "{actor}对{subject}的“{step}”环节提出意见：{verdict}。{comment}",
        False,
    ),
    "copied": ("抄送", "{actor}将{subject}抄送给您：“{step}”环节已{action}。", False),
    "unasked": ("减签", "{actor}不再请您对{subject}的“{step}”环节提出意见。{comment}", False),
    "waited": ("等待回执超时", "{subject}在“{step}”环节未按时收到回执，请人工跟进。", True),
}

Send = Callable[[Message, Any, Case, Sequence[Task], Sequence[Actors], dict[str, Any]], int]
SendPeople = Callable[[Message, Any, Case, Sequence[int], dict[str, Any]], int]
SendOne = Callable[[int, str, str], None]


def _nobody(
    message: Message,
    record: Any,
    case: Case,
    tasks: Sequence[Task],
    actors: Sequence[Actors],
    extra: dict[str, Any],
) -> int:
    return 0


def _no_people(
    message: Message, record: Any, case: Case, people: Sequence[int], extra: dict[str, Any]
) -> int:
    return 0


def _nowhere(person_id: int, title: str, text: str) -> None:
    """Without the room of messages nobody is told."""


send: Send = _nobody  # the room of messages puts itself here
send_people: SendPeople = _no_people
send_one: SendOne = _nowhere


def message(kind: str, object_name: str) -> Message:
    """Return the object's own message of this kind, else the common one."""
    own = registry.registry().messages.get(f"{object_name}.{kind}")
    if own is not None:
        return own
    title, text, sms = WORDS[kind]
    return Message(
        name=f"{object_name}.{kind}",
        title=title,
        object=object_name,
        text=text,
        variables=(),
        to=(),
        sms=sms,
    )


def tell(
    kind: str,
    record: Any,
    case: Case,
    tasks: Sequence[Task],
    extra: dict[str, str],
    actors: Sequence[Actors] = (),
) -> int:
    """Tell those for whom tasks wait (and further people); return how many."""
    said = message(kind, case.object)
    return send(said, record, case, tasks, (*actors, *said.to), _words(case) | extra)


def tell_people(
    kind: str, record: Any, case: Case, people: Sequence[int], extra: dict[str, str]
) -> int:
    """Tell these accounts, and nobody who stands for them; return how many."""
    return send_people(message(kind, case.object), record, case, people, _words(case) | extra)


def _words(case: Case) -> dict[str, str]:
    title = registry.object(case.object).title
    code = f"（{case.code}）" if case.code else ""
    return {"subject": f"{title}“{case.title or ''}”{code}", "code": case.code or ""}
