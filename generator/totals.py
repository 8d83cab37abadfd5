"""The meta-model of totals: numbers over rows that refer to a record, stored with the record."""

from dataclasses import dataclass

from generator.reader import Code, Word, by_node, may, need
from generator.source import Mapping

WORDS = ("sum", "count", "least", "most")


@dataclass(frozen=True, kw_only=True)
class Total:
    """A number over the rows of another object, or of a child list, that refer to this record."""

    of: Word = need("OBJECT.FIELD or LIST.FIELD whose values are taken; for count OBJECT or LIST.")
    by: Word | None = may("The reference there that names this record, where there are several.")
    where: Code | None = may("Only rows for which this holds; reads the row and its `parent` only.")
    node: Mapping = by_node()
