"""Data that opens a way: values are tried until an action is offered and leads where it should.

What a condition reads is changed: first what somebody types on the form, then what flows and other
people write (fields that nobody types, fields of the records that are referred to). Where two ways
part at a number, the number is halved in until the boundary is met, so that also "exactly even" is
found. Nothing is written for good: each try is a block that is undone, except what `then` is shown.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.core import types
from app.core.db import abstract_views
from app.core.db.database import elevated, session
from app.core.declare import Action, Field, Flow, Object, Route, Step, registry
from app.core.errors import UserError
from app.core.expressions.env import make_env
from app.core.records import service as records
from app.flow.execution import external_waits
from app.flow.execution.cases import case_of, flow_of
from app.flow.models import Case
from tests.derived import evening, values
from tests.derived.brought import brought
from tests.derived.valid import Cannot, _known, own_objects

TRIES = 150
TYPED = 60  # of these the first only change what somebody types
HALVINGS = 60
MENDS = 25  # changes of a form that follow from the first one
NUMBERS = (types.Money, types.Integer, types.Decimal)


def leads(action: Action, step: Step, record: Any) -> tuple[Route, ...]:
    """Return the routes from the step that the declarations leave open: one, or a choice."""
    env = make_env()
    routes = [route for route in action.routes if route.source == step.name]
    found = [route for route in routes if route.when is None or route.when(record, env)]
    return tuple(found if action.kind == "send_back" else found[:1])


def conditions(flow: Flow, action: Action, step: Step, target: str) -> list[Any]:
    """Return every condition that decides whether the action leads from the step to the target."""
    routes = [route.when for route in action.routes if route.source == step.name]
    return [one for one in (action.guard, *routes, flow.step(target).skip) if one is not None]


def is_open(flow: Flow, action: Action, step: Step, target: str, record: Any) -> bool:
    """Tell whether the guard lets the action through, and it leads there and not past it."""
    env = make_env()
    guard = action.guard is None or bool(action.guard(record, env))
    skip = flow.step(target).skip
    passes = action.kind in ("submit", "pass", "receipt") and skip is not None
    there = any(route.target == target for route in leads(action, step, record))
    obj = registry.object(flow.object)
    even = action.kind not in evening.FORWARDS or not evening.refuses(step)
    even = even or not evening.differs(obj, record, step)
    return guard and there and even and not (passes and skip(record, env))


class Opening:
    """Looks for data by which an action leads from a step to a target."""

    def __init__(
        self,
        world: Any,
        obj: Object,
        action: Action,
        step: Step,
        target: str,
        judged: Step | None = None,
    ) -> None:
        """`judged`: the step whose verdicts are given now, where branches are joined after it."""
        self.world, self.obj, self.judged = world, obj, judged or step
        self.flow = registry.flow(obj.flow)
        self.action, self.step, self.target = action, step, target
        self.maker = world.maker(f"{obj.name} {step.name} {action.name} {target}")
        self.chance = self.maker.chance
        wanted = conditions(self.flow, action, step, target)
        self.text = " ".join(one.__doc__ or "" for one in wanted)
        self.paths = list(dict.fromkeys(re.findall(r"[a-z_]+(?:\.[a-z_]+)*", self.text)))
        self.literals = re.findall(r"'([^']+)'", self.text)

    def find(self, pk: int, then: Callable[[bool], bool]) -> bool:
        """Call `then` with the data in place until it says that it went well; whether it ever did."""
        refusing = self.judges()
        for attempt in range(TRIES if self.text else 0):
            change = self._type if attempt < TYPED else self._write
            if self.tried(pk, change, then, refusing=refusing and attempt % 2 == 0):
                return True
        return bool(self.text) and self._halve(pk, then)

    def tried(
        self,
        pk: int,
        change: Callable[[Any], None],
        then: Callable[[bool], bool],
        *,
        refusing: bool = False,
    ) -> bool:
        """One try in a block of its own; the data that open the way are shown to `then`."""
        with self.world.trial():
            with self.world.acting("system"):
                record = session.get(self.obj.model, pk)
                try:
                    change(record)
                    session.flush()
                except (UserError, Cannot):
                    pass  # what was written before it counts
                except IntegrityError:
                    return False  # it met what may stand only once
                found = self._opens(record, refusing)
            return found and then(refusing)

    def answered(self, record: Any, number: int) -> None:
        """What was started and waits for an answer gets one, of several that number."""
        case = case_of(record)
        for child in session.scalars(select(Case).where(Case.parent_id == case.id)).all():
            flow, key = flow_of(child), external_waits.key_of(child)
            step = flow.step(child.state)
            receipts = [
                one.on or "other"
                for one in flow.actions
                if one.kind == "receipt" and any(r.source == step.name for r in one.routes)
            ]
            if key and step.wait and number < len(receipts):
                external_waits.receive(key, receipts[number], brought(step))

    def evened(self, record: Any) -> None:
        """What the step compares adds up on both sides."""
        evening.put(self.maker, self.obj, record, self.step, 0)

    def _opens(self, record: Any, refusing: bool) -> bool:
        """With the verdicts that the step would give, is the way open?"""
        per, before = self.judged.per, {}
        for row in getattr(record, per.rows) if per else ():
            before[row] = getattr(row, per.field)
            setattr(row, per.field, per.refuses[0] if refusing else before[row])
        found = is_open(self.flow, self.action, self.step, self.target, record)
        for row, value in before.items():
            setattr(row, per.field, value)
        return found

    def judges(self) -> bool:
        """Tell whether rows may be refused where the way begins."""
        per = self.judged.per
        return bool(per and per.refuses and self.action.kind == "pass")

    # --- what somebody types ----------------------------------------------------------------------

    def _type(self, record: Any) -> None:
        raw = json.loads(json.dumps(records.raw_of(self.obj, record)))
        said = set()
        for _ in range(self.chance.choice((1, 1, 2, 3))):
            spots = list(dict.fromkeys(self._spots(raw)))
            if spots:
                path = self.chance.choice(spots)
                self.maker._renew(self.obj, raw, path)
                self._say(raw, path)
                said.add(path.split(".")[0])
        pinned = {name: raw[name] for name in said if name in raw}
        if self._right(record, raw):
            records.save(self.obj, record, raw, complete=False, engine=True)
            return
        raw, left = self.maker.mended(self.obj, record, raw, pinned, MENDS)
        if not left:
            records.save(self.obj, record, raw, complete=False, engine=True)

    def _right(self, record: Any, raw: dict[str, Any]) -> bool:
        """As a person would have it: what was right stays right."""
        before = {fault.path for fault in records.check(self.obj, record, {}, complete=True)}
        found = records.check(self.obj, record, raw, complete=True)
        return not any(f.level == "error" and f.path not in before for f in found)

    def _spots(self, raw: dict[str, Any]) -> Iterator[str]:
        for word in (part for path in self.paths for part in path.split(".")):
            yield from _known(self.obj, raw, "", word)

    def _say(self, raw: dict[str, Any], path: str) -> None:
        """Put a word that a condition looks for where it may stand."""
        if not self.literals or "." in path or self.chance.random() < 0.5:
            return
        kind = next((item.type for item in self.obj.fields if item.name == path), None)
        if type(kind) in (types.Text, types.String, types.Dict):
            raw[path] = self.chance.choice(self.literals)

    # --- what flows and others write --------------------------------------------------------------

    def _write(self, record: Any) -> None:
        leaves = [leaf for path in self.paths for leaf in _leaves(record, path.split("."))]
        for _ in range(self.chance.choice((1, 1, 2)) if leaves else 0):
            target, item = self.chance.choice(leaves)
            with elevated():
                setattr(target, *self._other(item))
                session.flush()
                _compute(target)
        _compute(record)
        if self.chance.random() < 0.3:
            self._type(record)

    def _other(self, item: Field) -> tuple[str, Any]:
        kind = item.type
        if self.chance.random() < 0.2 and not item.required:
            return (f"{item.name}_id" if isinstance(kind, types.Ref) else item.name), None
        if isinstance(kind, types.Ref):
            target = registry.object(kind.object)
            ids = list(
                session.scalars(
                    target.model.__table__.select().with_only_columns(target.model.id).limit(20)
                )
            )
            if len(ids) < 3 and target in own_objects() and target.name != self.obj.name:
                ids = [self.maker.finished(target).id]
            return f"{item.name}_id", self.chance.choice(ids) if ids else None
        texts = (types.Text, types.String, types.Dict)
        if type(kind) in texts and self.literals and self.chance.random() < 0.5:
            return item.name, self.chance.choice(self.literals)
        if isinstance(kind, types.Code):
            return item.name, f"样〔2026〕{self.chance.randrange(10**6):06}号"
        raw = values.of(kind, self.chance)
        return item.name, kind.parse(raw) if raw is not None else None

    # --- where two ways part ----------------------------------------------------------------------

    def _halve(self, pk: int, then: Callable[[bool], bool]) -> bool:
        """Between a small and a large number that lead elsewhere: the ones that lead here."""
        with self.world.acting("system"):
            raw = records.raw_of(self.obj, session.get(self.obj.model, pk))
        for path in dict.fromkeys(self._spots(raw)):
            if not isinstance(self._kind(path), NUMBERS):
                continue
            low, high = 0.0, 10.0**6
            ends = [self._led(pk, path, value, then) for value in (low, high)]
            for _ in range(HALVINGS):
                if True in ends:
                    return True
                middle = round((low + high) / 2, 2)
                led = self._led(pk, path, middle, then)
                if led is True:
                    return True
                low, high = (middle, high) if led == ends[0] else (low, middle)
        return False

    def _led(self, pk: int, path: str, value: float, then: Callable[[bool], bool]) -> Any:
        """True where the way opened and was gone; else where the action leads with that number."""
        told: list[Any] = []

        def change(record: Any) -> None:
            raw = records.raw_of(self.obj, record)
            holder, names = raw, path.split(".")
            if len(names) == 3:
                holder = raw[names[0]][int(names[1])]
            whole = isinstance(self._kind(path), types.Integer)
            holder[names[-1]] = str(round(value)) if whole else f"{value:.2f}"
            records.save(self.obj, record, raw, complete=False, engine=True)
            told.append(tuple(route.target for route in leads(self.action, self.step, record)))

        return True if self.tried(pk, change, then) else (told or [None])[0]

    def _kind(self, path: str) -> Any:
        names = path.split(".")
        child = next((c for c in self.obj.children if c.name == names[0]), None)
        inner = registry.object(child.object) if child else self.obj
        return next((item.type for item in inner.fields if item.name == names[-1]), None)


def _leaves(record: Any, path: list[str]) -> Iterator[tuple[Any, Field]]:
    """Yield what a path of a condition ends at, where it is stored; of what is computed its sources."""
    obj = registry.object_of(type(record)) if record is not None else None
    if obj is None:
        return
    if obj.variants:
        yield from _leaves(abstract_views.real(record), path)
        return
    if any(child.name == path[0] for child in obj.children):
        for row in getattr(record, path[0]):
            yield from _leaves(row, path[1:]) if path[1:] else ()
        return
    item = next((item for item in obj.fields if item.name == path[0]), None)
    if item is None:
        return
    if callable(item.value):
        for part in re.findall(r"[a-z_]+(?:\.[a-z_]+)*", item.value.__doc__ or ""):
            yield from _leaves(record, part.split(".")) if part != path[0] else ()
        return
    if path[1:]:
        yield from _leaves(getattr(record, item.name), path[1:])
    yield record, item


def _compute(record: Any) -> None:
    obj = registry.object_of(type(record))
    if obj is not None and isinstance(record, obj.model):
        with elevated():
            records.recompute(obj, record)
        session.flush()
