"""The meta-model of everything that is not an object: project, roles, types, dictionaries, policies, documents."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Literal

from generator.reader import Name, Title, Word, by_key, by_node, may, need
from generator.readers import read_bound
from generator.source import Mapping, Node


@dataclass(frozen=True, kw_only=True)
class Subsystem:
    """A top entry of the menu; its name is also the folder of its objects."""

    name: Name = by_key("Name of the folder below metadata/.")
    title: Title = need("Name in the menu.")
    icon: Word = may("One of the Bootstrap Icons.", "folder")
    modules: dict[Name, Title] = may("Headings in the menu: name: title.", {})
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Project:
    """What holds for the whole product: metadata/project.yaml."""

    title: Title = need("Full name of the product.")
    short_title: Title = need("Name in the top bar.")
    owner: Title = need("Whose product this is.")
    organisation: Word = need("The object that people and cases belong to.")
    organisation_district: Word = need("Its field that names the district.")
    registration: Word = need("Function by which a newcomer registers an organisation.")
    timezone: Word = may("Zone of calendar dates.", "Asia/Shanghai")
    parallel_label: Title | None = may("Label of cases opened alongside another.")
    seals: dict[Name, Title] = may(
        "The seals that papers bear: name, as the seal plugin knows it: title.", {}
    )
    subsystems: dict[Name, Subsystem] = need("The subsystems, in the order of the menu.")
    dropped: tuple[Word, ...] = may("Tables of objects that are gone; their data may go too.", ())
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role as shipped; metadata/roles.yaml is a mapping of them."""

    name: Name = by_key("Name of the role.")
    title: Title = need("What users read.")
    reach: Literal["own", "unit", "district", "all"] = need(
        "How far it sees: own, unit, district, all."
    )
    face: Literal["portal", "office"] = need("The applicants' portal, or the office.")
    purpose: Title | None = may("What it is for.")
    excludes: tuple[Word, ...] = may("Roles that one person must not hold besides.", ())
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class TypeAlias:
    """A type of the project: a built-in one with a pattern; metadata/types.yaml is a mapping of them."""

    name: Name = by_key("Name of the type.")
    title: Title | None = may("What it is.")
    base: Word = need("The built-in type that it narrows.")
    length: int | None = may("Longest text.")
    pattern: Word | None = may("Regular expression that the whole text must match.")
    error: Title | None = may("What to say when it does not.")
    min: int | Decimal | None = may("Smallest number.", read=read_bound)
    max: int | Decimal | None = may("Largest number.", read=read_bound)
    scale: int | None = may("decimal: digits behind the point.")
    mobile: bool | None = may("phone: false allows landlines.")
    mask: bool = may("Lists, messages and warnings show only the ends of the value.", False)
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Dictionary:
    """A list of codes; a file in metadata/dictionaries/ is a mapping of them."""

    name: Name = by_key("Name of the dictionary.")
    title: Title = need("What users read.")
    source: Title | None = may("Standard or custom that it follows.")
    attributes: tuple[Name, ...] = may(
        "Names of the further values that each entry may have; expressions read them: kind.effect.",
        (),
    )
    entries: dict[Word, Any] = need("Code: title, or code: {title, parent, attributes}.")
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class PolicyRow:
    """One version of a policy: in force from a day on."""

    valid_from: Word = need("First day, such as 2014-11-01.")
    source: Title = need("The text that it comes from.")
    profile: Title = need("Where it applies, such as a city.")
    value: Any = may("The value, where the policy takes no argument.")
    table: dict[Word, Any] = may("Value by argument; * is any other.", {})
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A dated rule of an authority; a file in metadata/policies/ is a mapping of them."""

    name: Name = by_key("Name of the policy; expressions call policy.NAME(…).")
    title: Title = need("What users read.")
    returns: Literal["integer", "decimal", "boolean", "date", "string"] = need("Type of the value.")
    unit: Title | None = may("Unit of the value.")
    by: tuple[Title, ...] = may("What the keys of the table mean, one for each argument.", ())
    codes: Word | None = may(
        "Dictionary whose codes are the keys of the table, where it takes one argument; a version"
        " added on screen is then checked against them too."
    )
    level: Literal["error", "warning"] = may("What breaking it does.", "warning")
    rows: tuple[PolicyRow, ...] = need("Its versions.")
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Input:
    """What a decision looks at."""

    name: Name = by_key("Name of the input.")
    title: Title = need("What users read above its column.")
    type: Literal["dict", "string", "boolean", "integer", "money", "date"] = need(
        "Type of the input; conditions on money are written in yuan."
    )
    of: Word | None = may("dict: its dictionary.")
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a decision: under which conditions it gives what."""

    when: dict[Word, Word] = may(
        "Input: condition, such as `a, b`, `not a`, `>= 90`, `30..89`, `empty`; an input left out may be anything.",
        {},
    )
    then: Word = need("What it gives.")
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class DecisionRow:
    """One version of a decision's table: in force from a day on."""

    valid_from: Word = need("First day, such as 2014-11-01.")
    source: Title = need("The text that it comes from.")
    profile: Title = need("Where it applies, such as a city.")
    lines: tuple[Line, ...] = need("Its lines; whatever is asked, exactly one fits.")
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A dated table that decides; a file in metadata/decisions/ is a mapping of them.

    Expressions call `decide.NAME(…)` with the inputs in their order. A version begins where
    another ends, and within one exactly one line fits, so there is neither gap nor overlap. An
    administrator adds versions on screen, beside the policies.
    """

    name: Name = by_key("Name of the decision; expressions call decide.NAME(…).")
    title: Title = need("What users read.")
    takes: dict[Name, Input] = need("What it looks at, in the order of the arguments.")
    of: Word = need("The dictionary whose entries it gives.")
    rows: tuple[DecisionRow, ...] = need("Its versions.")
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Document:
    """A paper made from a template; a file in metadata/documents/ is a mapping of them."""

    name: Name = by_key("Name of the document.")
    title: Title = need("What users read.")
    object: Word = need("Object whose records it is made from.")
    template: Word = need("File below metadata/documents/.")
    number: Title | None = may(
        "Pattern of its number: {yyyy}, {n}, {n:04}. Without one it is a list that a step prints:"
        " never sealed, never issued."
    )
    seal: Word | None = may("Name of the seal.")
    edit: tuple[Word, ...] = may("Bound values that may be edited before sealing.", ())
    public: tuple[Word, ...] = may(
        "What the page behind the QR code shows: number, title, state or paths.", ()
    )
    bind: dict[Name, Node] = may(
        "Name in the template: expression, or {each: list, bind: {…}}.", {}
    )
    body: tuple[Title, ...] = may("Paragraphs that are edited as a whole.", ())
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter of a pattern."""

    short: ClassVar[str] = "type"

    name: Name = by_key("Name; the pattern writes $NAME.")
    type: Literal[
        "object", "dictionary", "document", "role", "roles", "fields", "function",
        "text", "name", "names", "expression", "number", "boolean", "any",
    ] = need("What it takes.")  # fmt: skip
    of: Word | None = may("fields: the parameter that names the object they belong to.")
    default: Node | None = may("Value where the user gives none.", read=lambda reader, node: node)
    help: Title | None = may("What it is for.")
    node: Mapping = by_node()
