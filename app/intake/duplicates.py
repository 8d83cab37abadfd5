"""Rows that would be there twice: looked up for a whole batch, and among the rows that came before."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from app.core.declare import Object
from app.core.errors import Fault
from app.core.records import bulk_lookups, validation
from app.core.records.typed_row import Row

REPEATED = "repeated"  # source of a fault that says the row is there already


class Repeats:
    """The unique keys of an object, watched over all rows that one reading brings."""

    def __init__(self, obj: Object, *, without: tuple[str, ...] = ()) -> None:
        """`without` is a key by which rows are found again, not refused."""
        self._object = obj
        self._groups = [group for group in validation.keys(obj) if set(group) != set(without)]
        self._seen: dict[tuple[str, ...], dict[Any, str]] = defaultdict(dict)

    def find(
        self, rows: Sequence[tuple[str, Row]], known: bulk_lookups.Batch, drafts: Any = None
    ) -> Iterable[tuple[int, Fault]]:
        """Yield (number of the row, what is wrong) for rows that repeat another; rows come with their name.

        `drafts` tells which keys are taken by what takes none yet, such as drafts of the same person.
        """
        for group in self._groups:
            label = "、".join(self._object.field(name).title for name in group)
            keys = [tuple(row._values.get(name) for name in group) for _, row in rows]
            asked = sorted({key for key in keys if None not in key}, key=str)
            taken = validation.taken_keys(self._object, group, asked)
            known.forbid_repeats(self._object.name, group, set(asked), taken)
            kept = drafts(group, asked) if drafts else set()
            for number, ((name, _), key) in enumerate(zip(rows, keys, strict=True)):
                if None in key:
                    continue
                first = self._seen[group].setdefault(key, name)
                words = ""
                if first != name:
                    words = f"{label}与{first}重复"
                elif key in taken:
                    words = f"{label}已被登记过，不能重复"
                elif key in kept:
                    words = f"已有{label}相同的草稿，请先处理那一份"
                if words:
                    yield number, Fault(group[0], words, source=REPEATED)
