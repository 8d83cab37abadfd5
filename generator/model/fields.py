"""What a record holds: fields, lists of rows, and the papers that go with it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Literal

from generator.reader import Code, Name, Title, Word, by_key, by_node, may, need
from generator.readers import read_bound, read_largest, read_size
from generator.source import Mapping
from generator.totals import Total


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of an object: a column, a line of the form, an attribute of the API."""

    name: Name = by_key("Name of the column and attribute; a reference is stored as NAME_id.")
    type: Word = need("Type of the value: string, date, ref … or one of metadata/types.yaml.")
    length: int | None = may("Longest text in characters.")
    scale: int | None = may("decimal: digits behind the point.")
    of: Word | None = may(
        "dict, tree: the dictionary. draft_of: the reference field whose record is copied."
    )
    to: Word | None = may("ref, refs: the object referred to.")
    mobile: bool | None = may("phone: false allows landlines and numbers abroad.")
    title: Title = need("What users read beside the field.")
    readonly: bool = may("Nobody types it; the system or an effect writes it.", False)
    hidden: bool = may("Not on the form.", False)
    required: bool | Code = may(
        "Whether a value must be given on submit, or the condition when.", False
    )
    when: Code | None = may("The field applies only then; otherwise it is hidden and stored empty.")
    min: int | Decimal | None = may(
        "Smallest number, such as 1, of a decimal also 0.5. A computed value below it cannot be right"
        " and is left empty.",
        read=read_bound,
    )
    max: int | Decimal | None = may(
        "Largest number, computed ones as with `min`; of a file its largest size, such as 5MB.",
        read=read_largest,
    )
    value: Code | None = may("Computed on every save from other fields; never typed.")
    as_of: tuple[Word, ...] = may(
        "value: as of when it holds what other records say. now: it follows whenever they change;"
        " steps: it follows at these steps and then stays as it was; save: as it was saved last.",
        (),
    )
    propose: Code | None = may(
        "Computed until a person overrides it with a reason; brings NAME_proposed, NAME_basis, NAME_reason."
    )
    sum: Total | None = may(
        "Kept: the sum over rows that refer to this record: {of: OBJECT.FIELD, where: …}."
    )
    count: Total | None = may("Kept: how many rows refer to this record: {of: OBJECT, where: …}.")
    least: Total | None = may("Kept: the smallest value of rows that refer to this record.")
    most: Total | None = may("Kept: the largest value of rows that refer to this record.")
    default: Any = may(
        "What a new record starts with: a literal, or an expression with `=` before it."
    )
    accept: tuple[Word, ...] = may("file, image: kinds of file, judged by content.", ())
    fields: tuple[Word, ...] = may(
        "draft_of: fields and children of the target that may be changed.", ()
    )
    mask: bool = may(
        "Lists, messages and warnings show only the ends of the value; looking at the record is logged.",
        False,
    )
    unique: bool = may("No two records may share the value.", False)
    search: bool = may("Found by the quick search of a list.", False)
    bilingual: bool = may("string, text: people may give it in English too, in NAME_en.", False)
    edit_by: tuple[Word, ...] = may("Roles that may type it; else whoever may edit the record.", ())
    section: Word | None = may("The heading (key of `sections`) under which the field stands.")
    choose: Code | None = may(
        "Which rows a reference may take; names are fields of the target, `form` is the form (of a list: the row)."
    )
    among: Title | None = may(
        "In words which rows `choose` lets through; said where one is picked."
    )
    fill: dict[Name, Word] = may("Picking a reference copies: own field: path on the target.", {})
    find: dict[Name, Word] = may(
        "ref: nobody lists what may be picked; the record is found by exact values that were typed:"
        " own field: path on the target. Each look is logged.",
        {},
    )
    help: Title | None = may("A hint below the field.")
    renamed_from: Word | None = may("Former name; the migration renames instead of dropping.")
    moved_from: Word | None = may(
        "Where the migration takes the values from. Of a row: the record's former field."
        " Of a dict: the field some of whose codes now stand in this one's dictionary."
    )
    narrowed: bool = may("That the type changed, or the field became required, is meant.", False)
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows of a list that follow rows elsewhere, or records of an object: one for each, with what was typed kept."""

    each: Code | None = may("A path to rows: through references and lists, such as order.lines.")
    of: Word | None = may(
        "Instead of each: the object whose records are followed; goes with `where` and `max` of the list."
    )
    where: Code | None = may(
        "Only rows for which this holds are followed; of records `form` is the record that lists them."
    )
    sample: Code | None = may(
        "of: only so many of the records, drawn by chance when the record is first saved; goes with"
        " `seed`. The same seed draws the same again."
    )
    seed: Word | None = may(
        "sample: the text field, readonly, that keeps what the draw began with. Records are drawn in"
        " the order of the SHA-256 of SEED/ID."
    )
    fill: dict[Name, Code] = need(
        "What a row takes over: own field: expression of the row it follows; `this` is that row."
    )
    key: tuple[Word, ...] = need("Fields of `fill` by which a row is the same one again.")
    as_of: tuple[Word, ...] = may(
        "As of when the rows are those of another record, as with a `value`: now, save, or steps.",
        (),
    )
    others: bool = may(
        "Rows that follow nothing stay beside them, such as those that an answer brings.", False
    )
    add: bool = may(
        "People may add rows of their own beside them; such a row says so in `added`, and nothing writes over it.",
        False,
    )
    order: Literal["source", "hand"] = may(
        "Their order: that of the source, or as people put them.", "source"
    )
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Child:
    """Rows that belong to a record and are edited on its form."""

    name: Name = by_key("Name of the list on the record.")
    title: Title = need("Heading above the rows.")
    object: Name = need("Name of the rows' own object; unique in the project.")
    section: Word | None = may(
        "The heading (key of `sections`) behind whose fields the rows stand; else at the end."
    )
    display: Title | None = may('How a row is named, such as "{person.name}".')
    min: int | Code = may("Fewest rows on submit.", 0)
    max: int | None = may("Most rows.")
    when: Code | None = may("The rows apply only then.")
    pick: Word | None = may("A reference of the row: rows are added by choosing its target.")
    once: bool = may(
        "What is picked, or followed by rows, stands in one record under way and in no other.",
        False,
    )
    unique: tuple[Word, ...] = may("Fields of the row that together must differ.", ())
    fixed: Code | None = may(
        "Rows for which it holds: people no longer change them or take them away; `parent` is the record."
    )
    rows: Rows | None = may(
        "The rows follow others: {each: …, fill: {…}, key: […]}, or {of: OBJECT, where: …}."
    )
    fields: dict[Name, Field] = may("Fields of a row.", {})
    renamed_from: Word | None = may("Former name of the rows' object.")
    node: Mapping = by_node()

    @property
    def stands_once(self) -> str:
        """The reference of a row to what stands in one record only, "" where there is none."""
        if not self.once or self.rows is None:
            return str(self.pick or "") if self.once else ""
        return next(
            (
                str(name)
                for name, code in self.rows.fill.items()
                if code == "this" and name in self.rows.key
            ),
            "",
        )


@dataclass(frozen=True, kw_only=True)
class Material:
    """One line of the checklist of scans that go with a record."""

    short: ClassVar[str] = "title"

    name: Name = by_key("Name of the material.")
    title: Title = need("What users read.")
    required: bool | Code = may("Whether it must be there on submit, or the condition when.", True)
    when: Code | None = may("The material applies only then.")
    accept: tuple[Word, ...] = may("Kinds of file: pdf, jpg, png, docx, xlsx …", ())
    max: Any = may("Largest size of one file, such as 20MB.", read=read_size)
    many: bool = may("Several files.", False)
    help: Title | None = may("A hint below it.")
    facts: tuple[Word, ...] = may("Fields of the record to be compared with this paper.", ())
    node: Mapping = by_node()
