"""What a source holds and what became of it: the quality of its columns, and source against records, field by field.

Both read the source anew and judge it by the same rules as the migration itself; neither writes anything.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from sqlalchemy import func, select

from app.core.db.database import elevated, session
from app.core.declare import Field
from app.core.declare.loads import Migration
from app.core.expressions.env import make_env
from app.core.records import bulk_lookups
from app.core.types import Code, Decimal, Ref, Refs
from app.intake import references, row_parsing
from app.intake.differences import differing, told
from app.intake.ledger import by_part
from app.intake.loading import Taking
from app.intake.models import CONFLICT, LOADED, MERGED, OUTCOMES, TAKEN, TakenRow
from app.intake.row_parsing import Line
from app.intake.runner import opened

MOST_DIFFERENCES = 20_000
EXAMPLES = 3
NOT_SEEN, GONE = "源中有而未处理", "记录已不存在"


@dataclass
class ColumnQuality:
    """One column of a source: how many rows say nothing, are mended by the rules, or mean nothing."""

    table: str
    title: str
    total: int = 0
    empty: int = 0
    mended: int = 0
    bad: int = 0
    distinct: int = 0
    examples: list[str] = field(default_factory=list)  # of what means nothing


@dataclass
class FieldAccount:
    """One field: how many records hold what the source says, and the sums where these are numbers."""

    title: str
    equal: int = 0
    differs: int = 0
    source_sum: int | None = None
    target_sum: int | None = None
    type: Any = None


@dataclass(frozen=True)
class Difference:
    """One value that is another one now: whose, what the source says, what the record holds."""

    key: str
    record_id: int | None
    title: str
    source: str
    target: str


@dataclass
class Account:
    """A migration, table by table and field by field."""

    tables: list[tuple[str, int, dict[str, int], int]] = field(default_factory=list)
    fields: list[FieldAccount] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)

    @property
    def balanced(self) -> bool:
        """Whether every row is accounted for and every field holds what its source says."""
        rows = all(total == sum(counts.values()) for _, total, counts, _ in self.tables)
        return rows and not self.differences


def quality(spec: Migration) -> list[ColumnQuality]:
    """Return what the columns of a source are like."""
    taking = Taking(spec)
    found: list[ColumnQuality] = []
    with opened(spec) as source:
        parts = [("", spec.table, spec.columns, spec.key)]
        parts += [(item.name, item.table, item.columns, item.key) for item in spec.children]
        for part, table, columns, key in parts:
            shape = taking.parts[part] if part else taking.shape
            counted = {item.name: ColumnQuality(table, item.title) for item in columns}
            seen: dict[str, set[int]] = {item.name: set() for item in columns}
            for row in source.rows(table, columns, key):
                line = Line(shape, "", row)
                row_parsing.clean(line)
                for item in columns:
                    _count(counted[item.name], line, item.name)
                    if row[item.name].strip():
                        seen[item.name].add(hash(row[item.name].strip()))
            for name, one in counted.items():
                one.distinct = len(seen[name])
            found += counted.values()
    return found


def _count(one: ColumnQuality, line: Line, name: str) -> None:
    text, value = line.source[name], getattr(line.columns, name)
    one.total += 1
    if name in line.bad_columns:
        one.bad += 1
        if text not in one.examples and len(one.examples) < EXAMPLES:
            one.examples.append(text[:40])
    elif value in (None, ""):
        one.empty += 1
    elif str(value) != text:
        one.mended += 1


def reconcile(spec: Migration) -> Account:
    """Return source against records, lists included.

    What a merged row says is compared too, but for its number in the older system: a record has one.
    In the sums a record is counted once, by its first row.
    """
    taking, account = Taking(spec), Account()
    fields = {"": _accounts(taking.shape, "")}
    for part, shape in taking.parts.items():
        fields[part] = _accounts(shape, f"{row_parsing.title_of(taking.shape, part)} · ")
    totals: Counter[str] = Counter()
    known: dict[str, Counter[str]] = {part: Counter() for part in ("", *taking.parts)}
    with opened(spec) as source:
        inner = taking.inner(source)
        for lines in chain(taking.batches(source, inner), taking.orphans(inner)):
            taking.ledger.know(lines)
            for part, group in by_part(lines).items():
                totals[part] += len(group)
                known[part].update(_said(line) for line in group)
            _read(lines)
            for part, group in by_part(lines).items():
                _compare(account, fields[part], taking, group)
            session.expunge_all()
    account.fields = [one for accounts in fields.values() for one in accounts.values()]
    tables = {"": spec.table, **{item.name: item.table for item in spec.children}}
    for part, table in tables.items():
        shape = taking.parts[part] if part else taking.shape
        account.tables.append((table, totals[part], dict(known[part]), _records(spec, part, shape)))
    return account


def _accounts(shape: row_parsing.Shape, prefix: str) -> dict[str, FieldAccount]:
    found = {}
    for mapped in shape.fields:
        item = shape.field(mapped.field)
        one = found[mapped.field] = FieldAccount(prefix + item.title, type=item.type)
        if item.type.numeric:
            one.source_sum = one.target_sum = 0
    return found


def _read(lines: Sequence[Line]) -> None:
    """Clean and compute the rows that became something, or wait, with those of their lists."""
    env = make_env()
    for line in lines:
        if line.known and line.known.outcome in TAKEN and not line.part:
            row_parsing.read(line, env)


def _said(line: Line) -> str:
    return OUTCOMES[line.known.outcome] if line.known else NOT_SEEN


def _records(spec: Migration, part: str, shape: row_parsing.Shape) -> int:
    """Return how many records there are that the rows of a table became."""
    model: Any = shape.object.model
    ids = select(TakenRow.record_id).where(
        TakenRow.migration == spec.name, TakenRow.part == part, TakenRow.outcome.in_(TAKEN)
    )
    with elevated():
        return session.scalar(select(func.count()).select_from(model).where(model.id.in_(ids))) or 0


def _compare(
    account: Account, accounts: dict[str, FieldAccount], taking: Taking, lines: Sequence[Line]
) -> None:
    """Hold rows of one table against what they became: merged ones too, and those that wait."""
    taken = [line for line in lines if line.known and line.known.outcome in TAKEN]
    if taken:
        found = _found(taken[0].shape, taken)
        completed = _completed(taken[0].shape.object.name, taken[0].part, list(found))
        for line in taken:
            assert line.known
            record = found.get(line.known.record_id or 0)
            merged = line.known.outcome == MERGED
            for name, one in accounts.items():
                if record is not None and record.id in completed and not line.raw.get(name):
                    one.equal += not merged  # another row gave what this one left empty
                elif not merged or (line.raw.get(name) and not isinstance(one.type, Code)):
                    _field(account, one, line.shape.field(name), line, record)
    for line in lines:
        kept = differing(line.known) if line.known and line.known.outcome == CONFLICT else None
        for value in kept.values if kept else ():
            if len(account.differences) < MOST_DIFFERENCES:
                title = told(taking.spec, value, whole=True)[0]
                fresh = Difference(
                    line.key, kept.record if kept else None, title, value.said, value.held
                )
                account.differences.append(fresh)


def _found(shape: row_parsing.Shape, lines: Sequence[Line]) -> dict[int, Any]:
    """Read what the references of rows name, and return the records that they became."""
    model: Any = shape.object.model
    with bulk_lookups.batch() as known, elevated():
        references.resolve(lines, known)
        ids = {line.known.record_id for line in lines if line.known} - {None}
        found: dict[int, Any] = {}
        for piece in bulk_lookups.pieces(ids):
            query = select(model).where(model.id.in_(piece))
            found.update((record.id, record) for record in session.scalars(query))
    return found


def _completed(name: str, part: str, ids: Sequence[int]) -> set[int]:
    """Return which records other rows were merged into."""
    query = select(TakenRow.record_id).where(
        TakenRow.object == name,
        TakenRow.part == part,
        TakenRow.outcome == MERGED,
        TakenRow.record_id.in_(ids),
    )
    return {pk for pk in session.scalars(query) if pk}


def _field(account: Account, one: FieldAccount, item: Field, line: Line, record: Any) -> None:
    raw = line.raw.get(item.name, "")
    try:
        wanted = item.type.parse(raw)
    except ValueError:
        wanted = raw
    held = _held(item, record)
    first = line.known is None or line.known.outcome == LOADED  # a double is not counted twice
    if first and one.source_sum is not None and one.target_sum is not None:
        one.source_sum += wanted if isinstance(wanted, int) else 0
        one.target_sum += held if isinstance(held, int) else 0
    if record is not None and (wanted or None) == (held or None):
        one.equal += 1
        return
    one.differs += 1
    if len(account.differences) < MOST_DIFFERENCES:
        pk = line.known.record_id if line.known else None
        now = GONE if record is None else item.type.dump(held)
        account.differences.append(Difference(line.key, pk, item.title, str(raw), now))


def _held(item: Field, record: Any) -> Any:
    if record is None:
        return None
    if isinstance(item.type, Refs):
        return [one.id for one in getattr(record, item.name)]
    return getattr(record, f"{item.name}_id" if isinstance(item.type, Ref) else item.name)


def shown(one: FieldAccount, total: int | None) -> str:
    """Return a sum as people read it."""
    if total is None:
        return ""
    return str(one.type.show(total)) if isinstance(one.type, Decimal) else f"{total:,}"


def sheets(spec: Migration) -> Iterator[tuple[str, list[list[Any]]]]:
    """Return the tables of the report: quality, accounts, fields, differences."""
    heads = ["表", "列", "行数", "空", "经清洗改写", "无法识别", "不同的值", "无法识别的例子"]
    rows = [
        [q.table, q.title, q.total, q.empty, q.mended, q.bad, q.distinct, "；".join(q.examples)]
        for q in quality(spec)
    ]
    yield "数据质量", [heads, *rows]
    account = reconcile(spec)
    words = [*OUTCOMES.values(), NOT_SEEN]
    rows = [
        [table, total, *(counts.get(word, 0) for word in words), records]
        for table, total, counts, records in account.tables
    ]
    yield "逐表对账", [["表", "源行数", *words, "现有记录"], *rows]
    rows = [
        [f.title, f.equal, f.differs, shown(f, f.source_sum), shown(f, f.target_sum)]
        for f in account.fields
    ]
    yield "逐字段对账", [["字段", "一致", "不一致", "源合计", "现合计"], *rows]
    rows = [[d.key, d.record_id, d.title, d.source, d.target] for d in account.differences]
    yield "差异", [["来源行", "记录编号", "字段", "源值", "现值"], *rows]
