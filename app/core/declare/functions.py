"""Functions, the menu they stand in, and what they send and print."""

from dataclasses import dataclass, field
from typing import Any, Literal

from app.core.declare.terms import Actors, Criterion, Formula, Predicate


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart over the rows of a list: how many (or the sum of a field) by a dimension."""

    title: str
    kind: Literal["bar", "line", "pie"]
    by: str  # field path; dates take `.month`, `.year`
    sum: str = ""  # field path; empty = count


@dataclass(frozen=True, kw_only=True)
class Scan:
    """What a desk does with the record whose number is typed or scanned."""

    by: str  # field path that holds the number
    do: str  # the action that is taken at once


@dataclass(frozen=True, kw_only=True)
class Function:
    """What a role is granted, what a menu entry opens, what the manual describes and a test walks."""

    id: str  # PP17; also the permission's name
    title: str
    subsystem: str
    module: str
    # apply | review | rework | query | catalog | issued | progress | report | explore | dashboard
    # | written | score | scan | intake | runtime.NAME
    screen: str
    object: str = ""
    steps: tuple[str, ...] = ()  # review: whose queue this is
    states: tuple[str, ...] = ()  # query, rework: only rows in these states
    todo: tuple[tuple[str, str], ...] = ()  # (state, operation): rows there wait for whoever may
    columns: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    where: Criterion | None = None
    takes: Predicate | None = None  # the twin of `where`: asked of a record at hand
    model: str = ""  # report, dashboard, written, score: the model that is shown
    models: tuple[str, ...] = ()  # explore: those that people choose from
    scan: Scan | None = None
    params: dict[str, Any] = field(default_factory=dict)
    grants: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (role, operations) as shipped
    operations: tuple[
        str, ...
    ] = ()  # what can be granted: view add edit delete export import, actions
    guide: str = ""
    help: str = ""
    order: int = 0


@dataclass(frozen=True, kw_only=True)
class Message:
    """A notice to people, by SMS and in-site; the wording can be changed on screen (BM21-like)."""

    name: str
    title: str
    object: str
    text: str  # variables in braces: field paths, comment, action, step, actor, link
    variables: tuple[str, ...]
    to: tuple[Actors, ...]
    sms: bool = True
    inbox: bool = True


@dataclass(frozen=True, kw_only=True)
class Document:
    """A paper made from a template, bound to a record."""

    name: str
    title: str
    object: str
    template: str  # file below metadata/documents/
    bind: Formula  # (record, env) -> dict for the template
    number: str = ""  # pattern: {yyyy}, {n}, {n:04}; empty: a list that a step prints
    seal: str = ""
    edit: tuple[str, ...] = ()  # names of bound values that may be edited before sealing
    public: tuple[str, ...] = ()  # what the QR page may show: number, title, state or field paths
    body: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Module:
    """A heading in the menu."""

    name: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Subsystem:
    """A top entry of the menu."""

    name: str
    title: str
    icon: str
    modules: tuple[Module, ...]


@dataclass(frozen=True, kw_only=True)
class Project:
    """What holds for the whole product."""

    title: str
    short_title: str
    owner: str  # whose product this is, printed in heads and feet
    organisation: str  # object that people and cases belong to
    organisation_district: str  # its field that names the district
    registration: str  # function by which a newcomer registers an organisation
    subsystems: tuple[Subsystem, ...]
    timezone: str = "Asia/Shanghai"
    parallel_label: str = ""
