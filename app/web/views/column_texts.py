"""The texts of many rows from their columns alone, without a record for each row.

A text that leads through a reference depends on what is referred to and nothing else: it is read
once, by the record of a row that refers to it, and kept for the rows that follow.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, inspect, select

from app.core.db.database import session
from app.core.declare import Object
from app.core.records import display, queries
from app.core.types import Dict, File, Ref, Refs
from app.web.page import case_status
from app.web.views.columns import Column

Texts = Sequence[str]  # of one column
_MOST = 100_000  # texts of references that are kept


def batches(
    obj: Object, columns: Sequence[Column], statement: Select[Any], size: int
) -> Iterator[Sequence[Texts]] | None:
    """Return the texts of each column, so many rows at a time; None where a column leads through a list.

    By column, so that what a text is made like is asked once for many: a third of the time by row.
    """
    sources = [_source(obj, column.path) for column in columns]
    if any(source is None for source in sources):
        return None
    return _batches(obj, columns, [str(source) for source in sources], statement, size)


def _source(obj: Object, path: str) -> str | None:
    """Return the name of the column that a text is made from."""
    head, _, rest = path.partition(".")
    field = next((field for field in obj.fields if field.name == head), None)
    if field is not None and isinstance(field.type, Ref) and not isinstance(field.type, Refs):
        name = f"{head}_id"
    else:
        name = "" if rest else head
    return name if name in inspect(obj.model).columns else None


def _batches(
    obj: Object,
    columns: Sequence[Column],
    sources: Sequence[str],
    statement: Select[Any],
    size: int,
) -> Iterator[Sequence[Texts]]:
    model: Any = obj.model
    asked = statement.with_only_columns(model.id, *(getattr(model, name) for name in sources))
    texts = [
        _Referred(obj, column.path, place) if f"{column.path.partition('.')[0]}_id" == source
        else _State(obj, place) if column.state
        else _own(obj, column.path)
        for place, (column, source) in enumerate(zip(columns, sources, strict=True), 1)
    ]  # fmt: skip
    for batch in session.execute(asked.execution_options(yield_per=size)).partitions(size):
        for text in texts:
            if isinstance(text, (_Referred, _State)):
                text.prepare(batch)
        ids, *values = zip(*batch, strict=True)
        yield [
            text.of_column(ids, column) if isinstance(text, _State) else list(map(text, column))
            for text, column in zip(texts, values, strict=True)
        ]


def _own(obj: Object, path: str) -> Callable[[Any], str]:
    """Return what gives the text of a column of the row's own; of one out of few, looked up once."""
    field = next((field for field in obj.fields if field.name == path), None)
    if field is None:
        return display.moment
    if isinstance(field.type, (Dict, File)):  # a tree's too
        return _kept(lambda value: display.text_of_value(field, value, masked=True))
    show = field.type.mask if field.mask else field.type.show
    return lambda value: "" if value is None else show(value)


def _kept(text_of: Callable[[Any], str]) -> Callable[[Any], str]:
    known: dict[Any, str] = {}

    def text(value: Any) -> str:
        found = known.get(value)
        if found is None:
            found = known[value] = text_of(value)
        return found

    return text


class _State:
    """Texts of the state, with how a case came back to its first step."""

    def __init__(self, obj: Object, place: int) -> None:
        self.obj, self.place = obj, place
        self.came: Mapping[int, str] = {}
        self.titles: dict[tuple[Any, str], str] = {}

    def of_column(self, ids: Sequence[int], states: Sequence[Any]) -> list[str]:
        """Return the texts of a batch."""
        return [
            self._of(state, self.came.get(pk, "")) for pk, state in zip(ids, states, strict=True)
        ]

    def _of(self, *key: Any) -> str:
        if key not in self.titles:
            self.titles[key] = case_status.of(self.obj, *key).title
        return self.titles[key]

    def prepare(self, batch: Sequence[Any]) -> None:
        """Ask how those of a batch that rest at the first step came there, in one statement."""
        self.came = case_status.came_back_by_id(
            self.obj, [(row[0], row[self.place]) for row in batch]
        )


class _Referred:
    """Texts that lead through a reference, by its key."""

    def __init__(self, obj: Object, path: str, place: int) -> None:
        self.obj, self.path, self.place = obj, path, place
        self.read = display.reader(obj, path, masked=True)
        self.known: dict[Any, str] = {None: ""}

    def __call__(self, key: Any) -> str:
        return self.known[key]

    def prepare(self, batch: Sequence[Any]) -> None:
        """Read what the rows of a batch refer to for the first time, in a few statements."""
        if len(self.known) > _MOST:
            self.known = {None: ""}
        wanted = {row[self.place]: row[0] for row in batch if row[self.place] not in self.known}
        if not wanted:
            return
        model: Any = self.obj.model
        one_each = select(model).where(model.id.in_(wanted.values()))
        found = session.scalars(one_each.options(*queries.eager(self.obj, [self.path])))
        texts = {record.id: self.read(record) for record in found}
        for key, pk in wanted.items():
            self.known[key] = texts.get(pk, "")
