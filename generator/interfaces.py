"""The meta-model of interfaces: a counterpart, the messages exchanged with it, and their contracts."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from generator.expression import Type
from generator.reader import Code, Name, Title, Word, by_key, by_node, may, need
from generator.source import Mapping


@dataclass(frozen=True, kw_only=True)
class Content:
    """One value of a message, as both sides have agreed on it."""

    short: ClassVar[str] = "title"

    name: Name = by_key("Name of the value on the wire.")
    title: Title = need("What users read, and what a refusal names.")
    type: Literal[
        "string",
        "integer",
        "decimal",
        "money",
        "date",
        "datetime",
        "boolean",
        "dict",
        "rows",
        "file",
    ] = may(
        "Type of the value; else a text. rows: a list, each row with `fields`. file: a file or picture"
        " of the record; it leaves with the message, under the name that stands as the value.",
        "string",
    )
    fields: dict[Name, "Content"] = may("rows: the values of a row.", {})
    max: int | None = may(
        "rows: most rows; an answer with more is refused, a message with more is not sent."
    )
    of: Word | None = may("dict: the dictionary.")
    length: int | None = may("string: longest text in characters; of fixed rows the width.")
    scale: int = may("decimal: digits behind the point.", 2)
    required: bool = may("A message without it is not sent.", False)
    codes: dict[Word, Word] = may(
        "dict: our code: the counterpart's; a code left out is sent as it is.", {}
    )
    value: Code | None = may(
        "What is said; an expression over the message's object. rows: the path to the rows, such as"
        " travellers; the values of a row are over the row, `parent` is its record."
    )
    to: Word | None = may(
        "takes: own field, or REFERENCE.FIELD by whose exact value the record is found; of a row of"
        " an answer: field of the list's row; else the field of the same name."
    )
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One outcome that the counterpart may answer with."""

    short: ClassVar[str] = "title"

    name: Name = by_key("The outcome; receipts of a flow name it by `on`.")
    title: Title = need("What users read.")
    fields: dict[Name, Content] = may("What it brings; `fill` of a waiting step names these.", {})
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A message to the counterpart: what it holds, and when it leaves by itself."""

    name: Name = by_key("Name of the message; a step sends it by `send: INTERFACE.MESSAGE`.")
    title: Title = need("What users read.")
    object: Word | None = may("The object whose records it is about, where the fields have values.")
    on: tuple[Word, ...] = may(
        "Steps: the message leaves whenever a case of the object comes there.", ()
    )
    when: Code | None = may("on: only then.")
    at: Word | None = may(
        "Time of day, such as 02:10: then all records that were not sent yet leave in one file of `codec`."
    )
    where: Code | None = may("at: only records for which this holds.")
    fields: dict[Name, Content] = need("The values, in their order.")
    materials: tuple[Word, ...] = may("Materials of the object whose files go with it.", ())
    answers: dict[Name, Reply] = may("What the counterpart may answer.", {})
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """A message that the counterpart sends on its own: rows that become records."""

    name: Name = by_key("Name of the message on the wire.")
    title: Title = need("What users read.")
    object: Word = need(
        "The object whose records are written; of one with a flow each new record begins a case."
    )
    key: tuple[Word, ...] = need("Values by which a record is known again; else it is a new one.")
    mode: Literal["all", "good"] = may(
        "all: one row that is wrong refuses the message; good: the others are taken.", "all"
    )
    action: Word | None = may(
        "Object with a flow: the action by which a new case leaves its first step at once; without it"
        " the case waits there."
    )
    entry: Word | None = may("Object with a flow that has entries: the way by which a case begins.")
    fields: dict[Name, Content] = need("The values of a row.")
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Rows that the counterpart may fetch, through a function that its account is granted."""

    name: Name = by_key(
        "Name of the offer; a function with screen: runtime.provided names it by params:"
        " {offer: INTERFACE.OFFER}."
    )
    title: Title = need("What users read.")
    object: Word = need("The object whose records are offered.")
    where: Code | None = may("Only records for which this holds.")
    fields: dict[Name, Content] = need("What is said of a record, and nothing else.")
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Interface:
    """A counterpart outside: how it is reached and what is exchanged with it."""

    name: Name = by_key(
        "Name of the interface; also of its section in settings.ini, interface_NAME."
    )
    title: Title = need("What users read: whose system it is.")
    transport: Word | None = may(
        "Module of plugins/ that carries the messages, such as counterpart."
    )
    codec: Word | None = may("Module of plugins/ that writes rows as a file, such as csv_rows.")
    messages: dict[Name, Outgoing] = may("What is sent.", {})
    takes: dict[Name, Incoming] = may("What the counterpart sends on its own.", {})
    provide: dict[Name, Offer] = may("What the counterpart may fetch.", {})
    node: Mapping = by_node()


def type_of(item: Content) -> str | Type:
    """Return the type that the value of a message must have."""
    if item.type == "decimal":
        return Type("decimal", scale=item.scale)
    if item.type == "file":
        return Type("ref")
    if item.type == "dict":
        return Type("dict", dictionary=str(item.of or ""))
    return str(item.type)
