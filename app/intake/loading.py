"""Rows of a source become records, in batches: new ones, merged ones, and those that wait for somebody.

Every row has its line in `sys_taken_row`, written in the transaction that writes its record. So a
reading that was interrupted goes on where it stopped, and one that is repeated changes nothing.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.core.access import row_security
from app.core.audit import history
from app.core.db.database import session
from app.core.declare import Object, registry
from app.core.declare.loads import Migration
from app.core.errors import Fault, UserError
from app.core.expressions.env import Env, make_env
from app.core.records import bulk_lookups, natural_keys, validation
from app.core.records import service as records
from app.core.types import Type
from app.flow.execution import cases
from app.intake import attached, merging, references, row_parsing, write_scope
from app.intake import differences as differing
from app.intake.differences import is_other
from app.intake.duplicates import Repeats
from app.intake.ledger import Ledger, by_part, settled, taken_before
from app.intake.models import CONFLICT, LEFT_OUT, LOADED, MERGED, OUTCOMES, QUARANTINED, TAKEN
from app.intake.row_parsing import Line, Reason, Shape
from app.intake.sources import NUMBER, Row, Source, grouped

BATCH = 200
MOST_LISTED = 20_000
UNCHANGED = "unchanged"  # taken before, and says what it said then
Inner = dict[str, dict[str, list[Row]]]  # rows of child lists by their list and whom they belong to


@dataclass
class Counts:
    """How many rows became what; rows of child lists that belong to nothing are counted apart."""

    total: int = 0
    orphans: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    differing: int = 0  # rows that were taken, now or before, and say otherwise than their record

    @property
    def bad(self) -> int:
        """How many could not be taken."""
        return self.outcomes[QUARANTINED] + self.outcomes[LEFT_OUT] + self.orphans

    def __str__(self) -> str:
        words = {**OUTCOMES, UNCHANGED: "以前已处理"}
        said = [f"{words[name]} {number:,}" for name in words if (number := self.outcomes[name])]
        more = f"；其中 {self.differing:,} 行与已有记录不同，没有采用" if self.differing else ""
        more += f"；另有 {self.orphans:,} 行子表没有所属的行" if self.orphans else ""
        return f"共 {self.total:,} 行" + (f"：{'，'.join(said)}" if said else "") + more


class Taking:
    """One reading of a source for a migration."""

    def __init__(
        self, spec: Migration, batch: int | None = None, members: Mapping[str, bytes] | None = None
    ) -> None:
        """`batch` is what was handed in, `members` the files that came with it."""
        self.spec, self._members = spec, members or {}
        self.object: Object = registry.object(spec.object)
        self.shape = Shape(self.object, spec.key, spec.columns, spec.fields)
        self.parts = {
            item.name: Shape(
                row_parsing.object_of_rows(self.object, item.name),
                item.key,
                item.columns,
                item.fields,
            )
            for item in spec.children
        }
        self.counts = Counts()
        self.listed: list[tuple[str, ...]] = []  # what is wrong, row by row
        self.ledger = Ledger(spec, batch)
        self._repeats = Repeats(self.object, without=spec.match)
        self._keys: Counter[str] = Counter()

    # -- lines

    def inner(self, source: Source) -> Inner:
        """Return the rows of the child lists, by whom they belong to."""
        return {
            item.name: grouped(source.rows(item.table, item.columns, item.key), item.of)
            for item in self.spec.children
        }

    def batches(self, source: Source, inner: Inner) -> Iterator[list[Line]]:
        """Return the rows in batches, each row with those of its lists; `inner` keeps what is left over."""
        held: list[Line] = []
        for row in source.rows(self.spec.table, self.spec.columns, self.spec.key):
            held.append(self._line(row, inner))
            if len(held) == BATCH:
                yield held
                held = []
        if held:
            yield held

    def _line(self, row: Row, inner: Inner) -> Line:
        line = Line(self.shape, self._key(row_parsing.key_of(row, self.spec.key), ""), row)
        for item in self.spec.children:
            found = inner[item.name].pop(row[self.spec.key[0]].strip(), [])
            line.children[item.name] = [self._inner(item.name, one) for one in found]
        return line

    def _inner(self, part: str, row: Row) -> Line:
        shape = self.parts[part]
        return Line(shape, self._key(row_parsing.key_of(row, shape.key), part), row, part=part)

    def _key(self, key: str, part: str) -> str:
        """Rows that share a key are told apart by their number; the source gives them in one order."""
        self._keys[f"{part}\n{key}"] += 1
        number = self._keys[f"{part}\n{key}"]
        return key if number == 1 and key else f"{key}#{number}"

    def orphans(self, inner: Inner) -> Iterator[list[Line]]:
        """Return the rows of child lists that belong to no row that was read, in batches."""
        for item in self.spec.children:
            words = f"“{self.spec.table}”中没有键为它的行"
            lines = [
                self._inner(item.name, row) for rows in inner[item.name].values() for row in rows
            ]
            for line in lines:
                text = line.text(item.of)
                line.reasons.append(Reason(line.shape.title(item.of), text, words))
            for start in range(0, len(lines), BATCH):
                yield lines[start : start + BATCH]

    # -- a batch, within the caller's unit of work

    def take(self, lines: Sequence[Line]) -> None:
        """Take a batch of rows."""
        self.counts.total += len(lines)
        self.ledger.know(lines)
        todo = [line for line in lines if not settled(line)]
        self.counts.outcomes[UNCHANGED] += len(lines) - len(todo)
        self.counts.differing += sum(
            line.known is not None and line.known.differs is not None
            for line in lines
            if settled(line)
        )
        if todo:
            with bulk_lookups.batch() as known:
                self._read(todo, known)
                self._write(todo, known)
            self.ledger.note(todo)
            self.counts.outcomes.update(line.outcome for line in todo)
            self.counts.differing += sum(
                line.differing is not None and line.outcome in TAKEN for line in todo
            )
            self._list(todo)
            history.write_now()

    def refuse(self, lines: Sequence[Line]) -> None:
        """Note a batch of rows that cannot be taken."""
        self.counts.orphans += len(lines)
        self.ledger.know(lines)
        self.ledger.note(lines)
        self._list(lines)

    def _list(self, lines: Sequence[Line]) -> None:
        for group in by_part(lines).values():
            for line in group:
                if len(self.listed) < MOST_LISTED:
                    number = line.source.get(NUMBER, line.key)
                    self.listed += [
                        (
                            line.part or self.spec.table,
                            line.key,
                            one.title,
                            *self._shown(line, one),
                            number,
                        )
                        for one in [*line.reasons, *self._told(line)]
                    ]

    def _shown(self, line: Line, one: Reason) -> tuple[str, str]:
        """Return text and message of a reason; what somebody hands in is shown as lists would show it."""
        fields = [m for m in line.shape.fields if line.shape.field(m.field).mask]
        titles = {line.shape.title(name) for m in fields for name in m.columns}
        titles |= {line.shape.field(m.field).title for m in fields}
        if not self.spec.file or not one.text or not titles.intersection(one.title.split("、")):
            return one.text, one.message
        hidden = Type().mask(one.text)
        return hidden, one.message.replace(one.text, hidden)

    def _told(self, line: Line) -> list[Reason]:
        """Say what a row says otherwise than its record, where the row is not refused for it."""
        if line.differing is None or line.reasons:
            return []
        told = (differing.told(self.spec, one, whole=False) for one in line.differing.values)
        words = "请决定采用哪个值" if line.outcome == CONFLICT else "没有采用"
        return [
            Reason(title, said, f"与已有记录不同（现为“{held}”），{words}")
            for title, held, said in told
        ]

    def _read(self, lines: Sequence[Line], known: bulk_lookups.Batch) -> None:
        """Read, resolve and bind each row; what is wrong with it is noted with it."""
        env = make_env()
        for line in lines:
            row_parsing.read(line, env)
        for group in by_part(lines).values():
            references.resolve(group, known)
            attached.store(group, self._members)
        for line in lines:
            self._bind(line, env)

    def _bind(self, line: Line, env: Env) -> None:
        raw = dict(line.raw)
        for name, inner in line.children.items():
            raw[name] = [dict(one.raw) for one in inner]
        line.bound = records.bind_over(self.object, None, raw, env)
        for fault in line.bound.faults:
            self._refuse(line, fault)
        if line.all_reasons:
            return
        if self.spec.file and write_scope.foreign(self.object, line.bound.row):
            row_parsing.refuse(line, write_scope.field_of(self.object), write_scope.FOREIGN)
            return
        for name in self.spec.match:
            if line.bound.row._values.get(name) in (None, ""):
                title = self.object.field(name).title
                row_parsing.refuse(line, name, f"没有{title}，分不清是不是同一条")

    def _write(self, lines: Sequence[Line], known: bulk_lookups.Batch) -> None:
        """Write the good rows: all new records in one flush, then what is merged into records."""
        good = [line for line in lines if not line.all_reasons]
        stored = merging.find(self.object, self.spec.match, {self._match(line) for line in good})
        before = merging.before(self.object, [line.known for line in good if line.known])
        there = [*before.values(), *(record for some in stored.values() for record in some)]
        by_hand = merging.edited(self.object, there)
        fresh = self._new_ones(good, stored, known)
        for key, line, record in self._made(fresh):
            stored[key] = [record]
            self._done(line, record, LOADED)
        merged = [line for line in good if not line.outcome and not line.all_reasons]
        for line in merged:
            record = before.get((line.known.record_id or 0) if line.known else 0)
            self._merge(line, record, stored.get(self._match(line), []), by_hand)
        done = (line.record for line in merged if line.record is not None)
        cases.retitle_all(self.object, done)

    def _made(self, fresh: Mapping[Any, Line]) -> list[tuple[Any, Line, Any]]:
        """Write the new records, all in one flush; where that fails, one by one, so that others are taken."""
        try:
            made = self._insert(list(fresh.values()))
            return [(key, line, one) for (key, line), one in zip(fresh.items(), made, strict=True)]
        except UserError:
            found = []
        for key, line in fresh.items():
            try:
                found.append((key, line, *self._insert([line])))
            except UserError as error:
                for fault in merging.faults_of(error):
                    self._refuse(line, fault)
        return found

    def _insert(self, lines: Sequence[Line]) -> list[Any]:
        rows = [line.bound.row for line in lines if line.bound]
        with session.begin_nested():  # nothing is left of what fails after it was written
            return records.insert(self.object, rows, records.TakenOver(self.spec.state))

    def _new_ones(
        self, good: Sequence[Line], stored: dict[Any, list[Any]], known: bulk_lookups.Batch
    ) -> dict[Any, Line]:
        """Return the rows that become records, by what tells these apart; those that may not are refused."""
        asked = {self._match(line) for line in good}
        natural_keys.announce(known, self.object, self.spec.match, asked, stored.keys())
        rows = [(f"来源行 {line.key}", line.bound.row) for line in good if line.bound]
        repeated: dict[int, list[Fault]] = {}
        for number, fault in self._repeats.find(rows, known):
            repeated.setdefault(number, []).append(fault)
        env = make_env()
        fresh: dict[Any, Line] = {}
        for number, line in enumerate(good):
            key = self._match(line)
            if taken_before(line) or key in stored or key in fresh:
                continue
            for fault in repeated.get(number) or self._faults(line, env):
                self._refuse(line, fault)
            if not line.all_reasons:
                fresh[key] = line
        return fresh

    def _faults(self, line: Line, env: Env) -> list[Fault]:
        """Hold a new record to what the tables ask; to the rules of today where the migration says so."""
        assert line.bound
        if self.spec.strict:
            line.bound.by_engine = False
            found = records.judge(self.object, line.bound, env, complete=True)
        else:
            found = validation.must_hold(line.bound.row)
        return [fault for fault in found if fault.level == "error"]

    def _match(self, line: Line) -> tuple[Any, ...]:
        assert line.bound
        return tuple(line.bound.row._values.get(name) for name in self.spec.match)

    def _merge(self, line: Line, record: Any, found: list[Any], by_hand: set[int]) -> None:
        """Complete the record that a row became before, else the one that its key finds."""
        label = "、".join(self.object.field(name).title for name in self.spec.match)
        if record is None and len(found) == 1:
            record = found[0]
        if record is None:
            words = f"有 {len(found)} 条{label}相同的记录，不能合并"
            row_parsing.refuse(
                line, self.spec.match[0], words if found else "原来载入的记录已不存在"
            )
        elif found and record not in found:
            row_parsing.refuse(line, self.spec.match[0], f"{label}已被另一条记录使用")
        elif self.spec.file and not row_security.in_scope(record):
            row_parsing.refuse(line, self.spec.match[0], write_scope.FOREIGN)
        elif not taken_before(line) and is_other(line.known, record.id):
            words = f"已认定与{label}相同的记录不是同一条，请更正{label}"
            row_parsing.refuse(line, self.spec.match[0], words)
        else:
            faults = merging.merge(
                self.spec, self.object, record, line, by_hand=record.id in by_hand
            )
            for fault in faults:
                self._refuse(line, fault)
            if not faults and line.differing and self.spec.same == "refuse":
                self._conflict(line, record)
            elif not faults:
                again = line.known is not None and line.known.outcome == LOADED
                self._done(line, record, LOADED if again else MERGED)

    def _conflict(self, line: Line, record: Any) -> None:
        """Let a row wait until somebody has decided; where nobody is asked later, it is refused."""
        assert line.differing
        if self.spec.file or self.spec.mode == "all":
            for one in line.differing.values:
                title, held, said = differing.told(self.spec, one, whole=False)
                line.reasons.append(Reason(title, said, f"与已有记录不同，现为“{held}”"))
            line.differing = None
        elif taken_before(line):
            assert line.known
            line.outcome, line.record = line.known.outcome, record
        else:
            line.outcome = CONFLICT

    def _done(self, line: Line, record: Any, outcome: str) -> None:
        if outcome == LOADED and not taken_before(line):
            for name, inner in line.children.items():
                for one, row in zip(inner, getattr(record, name), strict=True):
                    one.record = row
        line.outcome, line.record = outcome, record
        detail = {
            "how": OUTCOMES[outcome], "from": f"{self.spec.title}（{self.spec.table}）",
            "key": line.key, "migration": self.spec.name,
        }  # fmt: skip
        history.note(self.object.name, record.id, "taken", detail)

    def _refuse(self, line: Line, fault: Fault) -> None:
        """Note a fault with the row that it is about: the record's own, or one of a list."""
        head, _, rest = fault.path.partition(".")
        if rest and head in line.children:
            index, _, name = rest.partition(".")
            if index.isdigit() and int(index) < len(line.children[head]):
                row_parsing.refuse(line.children[head][int(index)], name, fault.message)
                return
        row_parsing.refuse(line, head, fault.message)
