"""A whole object's file."""

from dataclasses import dataclass
from typing import Any

from generator.model.fields import Child, Field, Material
from generator.model.flow import Flow
from generator.model.functions import Function
from generator.model.standing import Block, Capture, Hold, Ladder, Rule
from generator.reader import Code, Name, Title, Word, by_key, by_node, may, need
from generator.readers import Scope, read_scope
from generator.slots import Slots
from generator.source import Mapping
from generator.timeline import Timeline
from generator.warned import Warned


@dataclass(frozen=True, kw_only=True)
class Message:
    """A notice to people; the wording can be changed on screen."""

    name: Name = by_key("Name of the message.")
    title: Title | None = may("Heading; else made from the action that sends it.")
    to: tuple[Word, ...] = need("Who gets it: applicant, roles, or paths to an account.")
    text: Title = need("Wording; fields, comment, action, step, actor, link in braces.")
    sms: bool = may("Sent by SMS.", True)
    inbox: bool = may("Put into the inbox.", True)
    one_channel: Title | None = may("Why it goes by one of the two only; said where one is off.")
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """Accounts of a record, moved by the effects `post` and `settle` only."""

    accounts: dict[Name, Title] = need("Account: title; each is a field of money.")
    balance: Code | None = may("What the field `balance` is computed from, such as paid - spent.")
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Object:
    """A business object: one file, one generated module."""

    object: Name = need("Name; unique in the project.")
    title: Title = need("What users read.")
    abstract: bool = may(
        "No table of its own: a list over the tables of the objects that extend it.", False
    )
    extends: Word | None = may(
        "The abstract object whose fields, rules, flow … this one has too; its own words win."
    )
    display: Title | None = may(
        'How a record is named, such as "{name}"; else its first text field.'
    )
    runtime: Word | None = may(
        "Dotted path of a hand-written model; only its declaration is generated."
    )
    table: Word | None = may("runtime: name of its table.")
    mixins: tuple[Word, ...] = may("Patterns without parameters: org_owned, coded …", ())
    use: Any = may("Patterns with their parameters: [{NAME: {…}}].")
    code: Title | None = may("Pattern of the field `code`, given on submit: {yyyy}, {n}, {n:04}.")
    scope: Scope | None = may(
        "Which rows a person may see: unit, everyone, own, {unit: PATH} or {where: EXPRESSION};"
        " of several paths the first leads to the owner.",
        read=read_scope,
    )
    order: tuple[Word, ...] = may("Sorting of lists; - before a field turns it round.", ())
    columns: tuple[Word, ...] = may("Columns of a list.", ())
    unique: tuple[tuple[Word, ...], ...] = may("Combinations of fields that must differ.", ())
    usable: Code | None = may("Which rows may be chosen by references elsewhere.")
    dated: bool = may("Rows have valid_from and disabled.", False)
    track: bool = may("Changes are recorded field by field.", True)
    sections: dict[Name, Title] = may("Headings of the form.", {})
    fields: dict[Name, Field] = may("The fields, in the order of the form.", {})
    children: dict[Name, Child] = may("Lists of rows on the form.", {})
    materials: dict[Name, Material] = may("Checklist of scans.", {})
    rules: tuple[Rule, ...] = may("Conditions checked on submit.", ())
    holds: dict[Name, Hold] = may("Amounts reserved while a case is under way.", {})
    captures: dict[Name, Capture] = may("What devices read, such as cards and portraits.", {})
    blocks: dict[Name, Block] = may("What refuses new records and their submission.", {})
    ladders: dict[Name, Ladder] = may("What is done by and by from a date on, until an event.", {})
    timeline: Timeline | None = may("Points of a record: planned, actual, expected.")
    warnings: dict[Name, Warned] = may("What is warned of as long as a condition holds.", {})
    slots: Slots | None = may("Times with room for so many, made ahead by themselves.")
    ledger: Ledger | None = may("Accounts, to which postings are made for good.")
    flow: Flow | None = may("The approval.")
    functions: dict[Word, Function] = may("Screens and what roles may do there.", {})
    sample: dict[Word, Code] = may(
        "What a record of the derived tests holds where they find none by themselves: FIELD: EXPRESSION,"
        " and REFERENCE.FIELD: EXPRESSION of the record that it refers to.",
        {},
    )
    messages: dict[Name, Message] = may("Notices sent by the flow.", {})
    renamed_from: Word | None = may("Former name; the migration renames the table.")
    dropped: tuple[Word, ...] = may(
        "Fields and child lists that are gone; their data may go too.", ()
    )
    node: Mapping = by_node()
