"""What generated code declares about interfaces: frozen values without behaviour."""

from dataclasses import dataclass, field

from app.core.declare import Criterion, Formula, Predicate


@dataclass(frozen=True, kw_only=True)
class Content:
    """One value of a message as both sides have agreed on it."""

    name: str
    title: str
    type: str = "string"
    dictionary: str = ""
    length: int = 0  # longest text; 0 = any
    scale: int = 2  # decimal: digits behind the point
    required: bool = False
    codes: dict[str, str] = field(default_factory=dict)  # our code -> the counterpart's
    value: Formula | None = None  # else the step that sends says it
    reads: tuple[str, ...] = ()  # paths of `value` that lead to other records
    to: str = ""  # of what comes: own field, or REFERENCE.FIELD by which the record is found
    path: str = ""  # rows that are said: where they stand, from the record
    fields: tuple["Content", ...] = ()  # rows: the values of each
    most: int = 0  # rows: how many there may be


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One outcome that the counterpart may answer with, and what it brings."""

    name: str
    title: str
    fields: tuple[Content, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A message to a counterpart."""

    name: str
    title: str
    fields: tuple[Content, ...]
    object: str = ""
    materials: tuple[str, ...] = ()
    on: tuple[str, ...] = ()  # steps at which it leaves by itself
    when: Predicate | None = None
    at: str = ""  # time of day at which records that were not sent yet leave in one file
    where: Criterion | None = None  # at: which records
    answers: tuple[Reply, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """A message that a counterpart sends on its own: rows that become records."""

    name: str
    title: str
    object: str
    key: tuple[str, ...]  # values by which a record is known again
    fields: tuple[Content, ...]
    mode: str = "all"  # or good: rows that are wrong are left out
    action: str = ""  # by which a new case leaves its first step
    entry: str = ""  # the way by which a new case begins


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Rows that a counterpart may fetch."""

    name: str
    title: str
    object: str
    fields: tuple[Content, ...]
    where: Criterion | None = None


@dataclass(frozen=True, kw_only=True)
class Interface:
    """A counterpart, how it is reached, and what is exchanged with it."""

    name: str
    title: str
    transport: str = ""  # module that carries the messages
    codec: str = ""  # module that writes rows as a file
    messages: tuple[Outgoing, ...] = ()
    takes: tuple[Incoming, ...] = ()
    provide: tuple[Offer, ...] = ()

    def message(self, name: str) -> Outgoing:
        """Return the message of that name; KeyError where there is none."""
        found = next((one for one in self.messages if one.name == name), None)
        if found is None:
            raise KeyError(f"no message named {name!r} in {self.name!r}")
        return found
