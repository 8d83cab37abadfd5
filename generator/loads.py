"""The meta-model of rows that come from elsewhere: columns, how they are cleaned, what they become."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from generator.language import tr
from generator.reader import Code, Name, Title, Word, by_key, by_node, may, need
from generator.source import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from generator.reader import Reader

# Each rule with what it takes: nothing, a list of texts, a table of texts, a number.
CLEANING: dict[str, str] = {
    "trim": "",
    "squeeze": "",
    "no_blanks": "",
    "half_width": "",
    "upper": "",
    "lower": "",
    "digits": "",
    "id15_to_18": "",
    "empty": "texts",
    "replace": "table",
    "cut": "number",
    "dates": "texts",
    "codes": "table",
}
PARTS_OF_DATES = ("YYYY", "YY", "MM", "M", "DD", "D", "HH", "mm", "ss")


@dataclass(frozen=True, kw_only=True)
class Cleaning:
    """One rule of cleaning, with what it was given."""

    name: Word
    argument: Node | None = None

    @property
    def texts(self) -> tuple[Word, ...]:
        """The texts that it was given; none where something else stands there."""
        items = self.argument.items if isinstance(self.argument, Sequence) else (self.argument,)
        return tuple(Word.of(item) for item in items if isinstance(item, Scalar))

    @property
    def table(self) -> dict[Word, Word]:
        """The pairs that it was given."""
        pairs = self.argument.pairs if isinstance(self.argument, Mapping) else ()
        return {Word.of(key): Word.of(item) for key, item in pairs if isinstance(item, Scalar)}


def read_cleaning(reader: "Reader", node: Node) -> tuple[Cleaning, ...]:
    """Read [trim, {empty: [无]}]: names of rules, those with an argument as a mapping of one key."""
    found = []
    for item in node.items if isinstance(node, Sequence) else (node,):
        if isinstance(item, Scalar) and item.value.strip():
            found.append(Cleaning(name=Word.of(item)))
        elif isinstance(item, Mapping) and len(item.pairs) == 1:
            key, argument = item.pairs[0]
            found.append(Cleaning(name=Word.of(key), argument=argument))
        else:
            reader.fail(
                "E010",
                item,
                tr("this is no rule of cleaning"),
                tr("such as trim, or {empty: [无]}."),
            )
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class SourceColumn:
    """One column of a source, cleaned; expressions read it by its name."""

    short: ClassVar[str] = "type"

    name: Name = by_key("Name of the column for expressions.")
    column: Title | None = may("Its heading in the source; else the name, in small or big letters.")
    type: Literal[
        "string",
        "text",
        "integer",
        "decimal",
        "money",
        "date",
        "datetime",
        "boolean",
        "dict",
        "file",
    ] = may("What its text becomes once it is clean; file: names a member of a package.", "string")
    of: Word | None = may("dict: the dictionary; titles and codes of it are understood.")
    scale: int | None = may("decimal: digits behind the point.")
    title: Title | None = may("What people read; else the heading.")
    clean: tuple[Cleaning, ...] = may(
        "Rules in their order: trim, squeeze, no_blanks, half_width, upper, lower, digits, id15_to_18, {empty: […]},"
        " {replace: {old: new}}, {cut: 20}, {dates: [YYYYMMDD]}, {codes: {theirs: ours}}.",
        (),
        read=read_cleaning,
    )
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """Where the value of a field comes from."""

    short: ClassVar[str] = "value"

    name: Name = by_key("Field of the object.")
    value: Code = need("A column, or an expression over the columns.")
    by: Word | None = may("ref: field of the target that has this value; else its name or number.")
    taken: Word | None = may(
        "ref: the record that another migration made of the row with this key.", name="from"
    )
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class MappedRows:
    """Rows of a child list, from a table of their own."""

    name: Name = by_key("The child list.")
    table: Title = need("Table of the source, or sheet of its file.")
    key: tuple[Word, ...] = need("Columns that tell its rows apart.")
    of: Word = need("Its column that holds the key of the row they belong to.")
    columns: dict[Name, SourceColumn] = need("Its columns that are read.")
    fields: dict[Name, Mapped] = need(
        "Field of the row: column, or expression; parent is the row they belong to."
    )
    node: Mapping = by_node()


def handed_in(maps: Iterable["Migration"]) -> list[str]:
    """Return the names of the sources that people hand in."""
    return list(dict.fromkeys(str(spec.source) for spec in maps if spec.file))


@dataclass(frozen=True, kw_only=True)
class Migration:
    """How the rows of a table of another system become records; a file in metadata/migration/ is a mapping of them.

    `run.py migrate-data NAME` carries it out. Every row of the source becomes a record, is merged into
    one, or is listed with the reasons why not. Run again, it goes on where it stopped and takes no row twice.
    """

    name: Name = by_key("Name of the migration.")
    title: Title = need("What users read.")
    source: Word = need(
        "Name of the source; the setting migration.NAME says where it is. With `file`, a name for what is handed in."
    )
    file: Literal["xlsx", "csv", "package"] | None = may(
        "Somebody hands the source in at a screen intake (`model` names the source): a workbook, comma-separated"
        " values, or a package that the plugin of intake_NAME opens. Maps of one source read the same file, in"
        " their order; the rules of today hold, and rows out of the person's reach are refused."
    )
    table: Title = need("Table or view of the source, or sheet of its file.")
    key: tuple[Word, ...] = need("Columns that tell the rows of the source apart.")
    into: Word = need("The object whose records they become.")
    match: tuple[Word, ...] = need("Fields by which two rows are the same record.")
    same: Literal["refuse", "fill", "keep", "update"] = may(
        "What a row does to a record that is there: fill what is empty and wait where they differ until somebody"
        " has decided; fill what is empty; nothing; or overwrite. What differs and was not taken is listed.",
        "refuse",
    )
    mode: Literal["all", "good", "quarantine"] = need(
        "All rows or none; only the good ones; or the bad ones are kept to be corrected."
    )
    state: Word | None = may("Step of the flow at which the records rest.")
    strict: bool = may(
        "The rules of today hold for them too; else from their first change on.", False
    )
    columns: dict[Name, SourceColumn] = need("The columns that are read.")
    fields: dict[Name, Mapped] = need(
        "Field of the object: column, or expression over the columns."
    )
    children: dict[Name, MappedRows] = may("Child lists, from tables of their own.", {})
    node: Mapping = by_node()

    @property
    def scope(self) -> str:
        """Under which name expressions know its columns; no object can be called so."""
        return tr("migration {name}", name=self.name)

    def scope_of(self, rows: MappedRows) -> str:
        """The same of the columns of a child list."""
        return f"{self.scope} {rows.name}"
