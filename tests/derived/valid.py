"""Complete records of any object, made from its declaration alone.

A first guess is filled in field by field; what the checks of the product then find wrong is
changed (the field at fault, or one that the rule reads) until nothing is wrong any more. What a
reference needs and is not there is made the same way.
"""

import json
import random
import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from itertools import chain
from typing import Any

from sqlalchemy import select

from app.core import types
from app.core.access.actor import current_actor
from app.core.db import abstract_views
from app.core.db.database import elevated, session
from app.core.db.entity import Entity
from app.core.declare import Field, Object, registry
from app.core.expressions.env import make_env
from app.core.records import change_drafts, form_binding, materials, typed_row, validation
from app.core.records import service as records
from app.core.records.typed_row import Row
from app.documents import drafting
from app.documents.models import IssuedDocument
from tests.derived import ranges, samples, targets, values
from tests.derived.standing import maker_of, put
from tests.derived.targets import Cannot

TRIES, STARTS = 120, 6
DEEPEST = 5
ENOUGH = 3  # records to choose from, where none of them will do


class Maker:
    """Makes records; the same seed makes the same ones."""

    def __init__(self, seed: str, acting: Any = None, lead: Any = None, known: Any = None) -> None:
        self.chance = random.Random(seed)
        self.acting = acting  # by whom records of an object are made: name -> block
        self.lead = lead  # takes a record through its flow
        self.known = {} if known is None else known  # what was sought: how it is met, or None
        self.depth = 0
        self.most = 4  # rows of a list
        self.growth = 0.5  # how often a list gets a row, and does not lose one
        self.hopeless: dict[tuple[str, str], int] = {}  # references for which making did not help
        self.pinned: dict[str, Any] = {}  # what the record that is asked for must hold

    # --- a form -------------------------------------------------------------------------------

    def raw(self, obj: Object, record: Any = None) -> dict[str, Any]:
        """Return what a complete form of the object holds."""
        pinned, self.pinned = self.pinned, {}
        typed = {item.name for item in _typed(obj)}
        pinned = {name: value for name, value in pinned.items() if name in typed}
        left: list[Any] = []
        starts = STARTS if self.depth < 2 else 2
        for _ in range(starts if ("sample", obj.name) not in self.known else 0):
            raw, left = self._search(obj, record, pinned)
            if not left:
                return raw
        given = samples.of(obj)
        for _ in range(starts if given else 0):
            self.known["sample", obj.name] = ()  # luck need not be tried again
            raw, left = self._search(obj, record, self._sampled(obj, given) | pinned)
            if not left:
                return raw
        said = f"{obj.name}: {[(f.path, f.message) for f in left]} in {raw}"
        raise Cannot(f"{said}\n{samples.advice(obj, left)}")

    def _sampled(self, obj: Object, given: dict[str, str]) -> dict[str, Any]:
        """Return what a form holds by the sample; records that it refers to are made as that says."""
        found = {path: value for path, value in given.items() if "." not in path}
        asked: dict[str, dict[str, str]] = {}
        for path, value in given.items():
            if "." in path:
                asked.setdefault(path.split(".")[0], {})[path.split(".")[1]] = value
        for name, holds in asked.items():
            target = registry.object(obj.field(name).type.object)
            record = targets.met_by(
                target, lambda wish, to=target: self.finished(to, wish.holds, led=wish.led), holds
            )
            if record is not None:
                found[name] = str(record.id)
        return found

    def _search(
        self, obj: Object, record: Any, pinned: dict[str, Any]
    ) -> tuple[dict[str, Any], list[Any]]:
        """Return a form and what is still wrong with it."""
        return self.mended(obj, record, self._guess(obj) | pinned, pinned)

    def mended(
        self,
        obj: Object,
        record: Any,
        raw: dict[str, Any],
        pinned: dict[str, Any],
        tries: int = TRIES,
    ) -> tuple[dict[str, Any], list[Any]]:
        """Change what is wrong with a form, but not what is pinned; return what is still wrong too."""
        best = self._faults(obj, record, raw)
        for _ in range(tries):
            if not best:
                break
            trial = json.loads(json.dumps(raw))
            self._change(obj, trial, self.chance.choice(best))
            trial |= pinned
            found = self._faults(obj, record, trial)
            if _badness(found) <= _badness(best):
                raw, best = trial, found
        return raw, best

    def _faults(self, obj: Object, record: Any, raw: dict[str, Any]) -> list[Any]:
        found = judged(obj, record, raw)
        return [f for f in found if f.level == "error" and not f.path.startswith("material.")]

    def _guess(self, obj: Object) -> dict[str, Any]:
        raw: dict[str, Any] = {}
        typed = list(_typed(obj))
        for item in typed:
            if not isinstance(item.type, types.Ref):
                raw[item.name] = self._first(item)
        for item in typed:
            if isinstance(item.type, types.Ref):
                self._choose(obj, raw, item.name)
        raw |= self._findable(obj) | ranges.typed(obj, self.chance)
        for child in obj.children:
            if child.rows:
                continue  # its rows come from what they follow
            least = child.min if isinstance(child.min, int) else 1
            raw[child.name] = []
            for _ in range(max(least, 1)):
                raw[child.name].append({})
                self._row(obj, raw, child.name, len(raw[child.name]) - 1)
        if obj.draft:
            raw[obj.draft.field] = self._draft(obj, raw)
        return raw

    def _findable(self, obj: Object) -> dict[str, Any]:
        """Return exact values of records that references can be found by."""
        found: dict[str, Any] = {}
        for item in (item for item in obj.fields if item.find):
            found |= self._exact(item)
        return found

    def _exact(self, item: Field) -> dict[str, Any]:
        """Return the values by which a record is found: one that is there, or a new one."""
        target = registry.object(item.type.object)
        with elevated():
            ids = list(session.scalars(select(target.model.id).limit(20)))
            there = session.get(target.model, self.chance.choice(ids)) if ids else None
        if len(ids) < ENOUGH:
            there = self.finished(target)
        with elevated():
            found = {own: typed_row.follow(there, path) for own, path in item.find.items()}
        return {own: str(value) for own, value in found.items()}

    def _first(self, item: Field) -> Any:
        """A default stays as it is now and then, so that the usual way is walked too."""
        if item.default is not None and not callable(item.default) and self.chance.random() < 0.5:
            return item.type.dump(item.default)
        return values.of(item.type, self.chance)

    def _row(self, obj: Object, raw: dict[str, Any], name: str, index: int) -> None:
        inner = registry.object(next(c.object for c in obj.children if c.name == name))
        row = raw[name][index]
        for item in _typed(inner):
            if not isinstance(item.type, types.Ref):
                row[item.name] = self._first(item)
        for item in _typed(inner):
            if isinstance(item.type, types.Ref):
                self._choose(obj, raw, f"{name}.{index}.{item.name}")

    def _choose(self, obj: Object, raw: dict[str, Any], path: str, *, more: bool = False) -> None:
        """Choose a reference among what may be chosen; make one where there is none, or `more` are wanted."""
        holder, row, item = _place(obj, raw, path)
        if row is None:
            return
        found, spot = self._choices(row, item), (obj.name, path)
        more = more and len(found) < ENOUGH
        if (more or not found) and self.depth < DEEPEST and self.hopeless.get(spot, 0) < 8:
            target = registry.object(item.type.object)
            if target.model is IssuedDocument:
                _issue(_root(row))
                found = self._choices(row, item)
            elif not hasattr(target.model, "connect"):
                owner = registry.object(target.parent) if target.parent else target
                with suppress(Cannot):  # then the form that asks must change
                    self.finished(owner, asked(item.choose, row), _state_in(item.choose))
                found = self._choices(row, item) or self.seek(obj, raw, path)
            if not found:
                self.hopeless[spot] = self.hopeless.get(spot, 0) + 1
        if isinstance(item.type, types.Refs):
            holder[item.name] = ",".join(map(str, found[:1]))
        else:
            holder[item.name] = str(self.chance.choice(found)) if found else ""

    def _choices(self, row: Row, item: Field, pk: int | None = None) -> list[int]:
        """Return what may be chosen; of one record, whether it may be."""
        target = registry.object(item.type.object)
        env = typed_row.own_env(row, make_env())
        query = validation.choices(target, item, env).with_only_columns(target.model.id).limit(20)
        return list(session.scalars(query if pk is None else query.where(target.model.id == pk)))

    def seek(
        self,
        obj: Object,
        raw: dict[str, Any],
        path: str,
        text: str = "",
        holds: Callable[[], bool] = lambda: True,
        aim: str = "",
    ) -> list[int]:
        """Choose a record of another day or state: one that may be chosen, and with which it `holds`.

        A rule names it in `text` by the reference; without one it is asked what may be chosen.
        """
        holder, row, item = _place(obj, raw, path)
        target = registry.object(item.type.object)
        spot = (obj.name, re.sub(r"\.\d+\.", ".", path))
        condition = " ".join(
            (one.__doc__ or "") for one in (item.choose, target.usable) if one is not None
        )
        aim = (*spot, text, aim)
        met = self.known.get(aim, ())
        if target.parent or not targets.own(target) or met is None:
            return []
        before = holder.get(item.name)

        def make(wish: targets.Wish) -> Any:
            held = asked(item.choose, row) | wish.holds
            state = wish.state or _state_in(item.choose)
            return self.finished(target, held, state, led=wish.led)

        def good(record: Any) -> bool:
            holder[item.name] = str(record.id)
            return record.id in self._choices(row, item, record.id) and holds()

        texts = [(text, f"{item.name}."), (condition, "")]
        found = targets.meet(chain(met, targets.wishes(target, texts)), make, good)
        self.known[aim] = (found[0],) if found else None
        if found is None:
            holder[item.name] = before
        return [found[1].id] if found else []

    # --- what is wrong is changed ---------------------------------------------------------------

    def _change(self, obj: Object, raw: dict[str, Any], fault: Any) -> None:
        spots = list(dict.fromkeys(self._spots(obj, raw, fault)))
        if self.depth < DEEPEST:
            texts = list(self._texts(obj, fault.path))
            for spot, text in self.referred(obj, raw, spots, texts):
                if self.seek(obj, raw, spot, text, lambda: not self._said(obj, raw, fault)):
                    return
        if not spots:
            spots = [item.name for item in _typed(obj)]
        self._renew(obj, raw, self.chance.choice(spots))

    def _said(self, obj: Object, raw: dict[str, Any], fault: Any) -> bool:
        return any(one.message == fault.message for one in self._faults(obj, None, raw))

    def referred(
        self, obj: Object, raw: dict[str, Any], spots: list[str], texts: list[str]
    ) -> Iterator[tuple[str, str]]:
        """Yield the references through which rules read days and states, each with the rule's text."""
        for spot in spots:
            inner, name = _object_at(obj, spot), spot.rsplit(".", 1)[-1]
            item = next((one for one in inner.fields if one.name == name), None)
            if item is None or type(item.type) is not types.Ref or item.value is not None:
                continue
            for text in texts:
                if re.search(rf"(?<![\w.]){name}\.(\w+)", text) and _place(obj, raw, spot)[1]:
                    yield spot, text

    def _spots(self, obj: Object, raw: dict[str, Any], fault: Any) -> Iterator[str]:
        """Yield the paths that may be at fault: the one named, and what the rule there reads."""
        path = fault.path
        head = path.split(".")[0]
        if obj.draft and head == obj.draft.field:
            yield obj.draft.field
            return
        yield path
        prefix = path.rsplit(".", 1)[0] + "." if "." in path else ""
        for text in self._texts(obj, path):
            for word in re.findall(r"[a-z_]+", text):
                yield from _known(obj, raw, prefix, word)

    def _texts(self, obj: Object, path: str) -> Iterator[str]:
        name = path.rsplit(".", 1)[-1]
        inner = _object_at(obj, path)
        for rule in (*obj.rules, *inner.rules):
            if rule.at in (path, name, ""):
                yield rule.check.__doc__ or ""
                yield (rule.when.__doc__ or "") if rule.when else ""
        for hold in obj.holds:
            if hold.field == path:
                yield hold.amount.__doc__ or ""
        for group in (*obj.unique, *inner.unique):
            if group[0] == name:
                yield " ".join(group)
        for item in inner.fields:
            if item.name == name and item.choose is not None:
                yield item.choose.__doc__ or ""
            if item.name == name and callable(item.value):
                yield item.value.__doc__ or ""

    def _renew(self, obj: Object, raw: dict[str, Any], path: str) -> None:
        names = path.split(".")
        child = next((c for c in obj.children if c.name == names[0]), None)
        if child is not None and child.rows:  # other rows come of another source
            names = (child.rows.source.__doc__ or "").split(".")
            path, child = names[0], None
        if obj.draft and names[0] == obj.draft.field:
            raw[names[0]] = self._draft(obj, raw)
        elif child is not None and len(names) < 3:
            rows = raw[child.name]
            if not rows or (len(rows) < self.most and self.chance.random() < self.growth):
                rows.append({})
                self._row(obj, raw, child.name, len(rows) - 1)
            else:
                rows.pop(self.chance.randrange(len(rows)))
        else:
            holder, row, item = _place(obj, raw, path)
            if item.value is not None or item.total is not None or row is None:
                return
            if isinstance(item.type, types.Ref):
                self._choose(obj, raw, path, more=self.chance.random() < 0.2)
            elif (by := _finds(obj, path)) and self.depth < DEEPEST and self.chance.random() < 0.7:
                raw |= self._exact(by)  # of several values one alone finds nothing
            elif path in ranges.typed(obj, self.chance):
                raw |= ranges.typed(obj, self.chance)
            else:
                holder[item.name] = self._other(item, holder, _object_at(obj, path))

    def _other(self, item: Field, row: dict[str, Any], obj: Object) -> Any:
        """Another value; a date may also be the one that an identity number of the row says."""
        numbers = [f.name for f in obj.fields if isinstance(f.type, types.ResidentId)]
        births = [row[name][6:14] for name in numbers if len(row.get(name) or "") == 18]
        if isinstance(item.type, types.Date) and births and self.chance.random() < 0.4:
            born = self.chance.choice(births)
            return f"{born[:4]}-{born[4:6]}-{born[6:]}"
        return values.of(item.type, self.chance)

    def _draft(self, obj: Object, raw: dict[str, Any]) -> dict[str, Any]:
        """Return a copy of the record to be changed, with one thing otherwise."""
        row = form_binding.bind(obj, None, {**raw, obj.draft.field: None}).row
        target = getattr(row, obj.draft.target)
        if target is None:
            return {}
        inner = change_drafts.target_object(obj)
        copy = change_drafts.copy_of(inner, target, obj.draft)
        own = [i for i in _typed(inner) if i.name in copy and not isinstance(i.type, types.Ref)]
        item = self.chance.choice([i for i in own if i.type.widget in ("text", "textarea")] or own)
        copy[item.name] = values.of(item.type, self.chance)
        return copy

    # --- records --------------------------------------------------------------------------------

    def draft(self, obj: Object) -> Any:
        """Save a complete record with its materials; with a flow it stands at the first step."""
        self.depth += 1
        by_others = maker_of(obj.name) == "system"  # what another case starts has what it is given
        try:
            raw = self.raw(obj) if by_others else opened(obj, self.raw(obj))
            record = records.save(obj, None, raw, complete=False, engine=by_others)
            self.hand_in(obj, record)
        finally:
            self.depth -= 1
        session.flush()
        return record

    def hand_in(self, obj: Object, record: Any) -> None:
        """Attach a file for every material that is asked for."""
        env = make_env()
        for line in materials.checklist(obj, record.id, record, env):
            if line.missing:
                file = values.stored(line.material.accept, self.chance)
                materials.attach(obj, record.id, line.material, file)

    def finished(
        self,
        obj: Object,
        asked: dict[str, Any] | None = None,
        state: str = "",
        *,
        led: bool = False,
    ) -> Any:
        """Save a record and put it where references may choose it: at `state`, or the flow's good end.

        `led`: it goes there step by step, so that it has what its flow writes.
        """
        if obj.variants:  # an abstract object has no records of its own
            own = registry.object(self.chance.choice(obj.variants))
            made = self.finished(own, asked, state, led=led)
            with elevated():
                return session.get(obj.model, abstract_views.number(obj, own, made.id))
        self.pinned = asked or {}
        with self.acting(obj.name) if self.acting else nullcontext():
            record = self.draft(obj)
        flow = registry.flow_of(obj.name)
        if flow:
            done = next(step.name for step in flow.steps if step.end == "done")
            wanted = state or _state_in(obj.usable) or done
            if led and self.lead:
                self.lead(record, wanted)
            else:
                put(record, wanted)
        return record


def _issue(row: Row) -> None:
    """Make the papers of the records that a form names, and hand them out."""
    for item in row._object.fields:
        record = getattr(row, item.name) if isinstance(item.type, types.Ref) else None
        for paper in registry.registry().documents.values():
            if paper.number and isinstance(record, Entity) and paper.object == item.type.object:
                made = drafting.issue(paper, record)
                made.state, made.number = "issued", f"样{made.id}"
    session.flush()


_STATE = re.compile(r"(?<!form\.)\bstate (?:==|in) \(?'(\w+)'")


def _state_in(condition: Any) -> str:
    """Return the first state that a condition on a record names; empty if none."""
    found = _STATE.search((condition.__doc__ or "") if condition is not None else "")
    return found[1] if found else ""


_EQUAL = re.compile(r"\b(?:parent\.)?([a-z_]+) == (?:(year)\()?form\.([a-z_.]+)")


def asked(condition: Any, form: Any) -> dict[str, Any]:
    """Return what a record must hold so that the condition holds for the form, as far as that is plain."""
    found = {}
    for name, year, path in _EQUAL.findall((condition.__doc__ or "") if condition else ""):
        value: Any = form
        for part in path.split("."):
            value = getattr(value, part, None)
        value = getattr(value, "id", value)
        if year and value is not None:
            value = value.year
        if value is not None:
            found[name] = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return found


def opened(obj: Object, raw: dict[str, Any]) -> dict[str, Any]:
    """Return of a new record's values those that the first step of its flow opens."""
    only = records.opened_first(obj)
    return {name: value for name, value in raw.items() if only is None or name in only}


def judged(obj: Object, record: Any, raw: dict[str, Any]) -> list[Any]:
    """Return what is wrong with a complete form, with what it finds by exact values."""
    if record is not None or not any(item.find for item in obj.fields):
        return records.check(obj, record, raw, complete=True)
    env = make_env()
    return records.judge(obj, records.bind_new(obj, raw, env), env, complete=True)


def _badness(faults: list[Any]) -> float:
    """How far a form is from right: a fault counts one, a sum that is too large the more the larger."""
    beyond = (re.search(r"超出 (\d+)", fault.message) for fault in faults)
    return len(faults) + sum(min(int(found[1]), 99) / 100 for found in beyond if found)


def own_objects(*, rows: bool = False) -> list[Object]:
    """Return the generated objects, with `rows` those of child lists too."""
    package = registry.package()
    return [
        obj
        for obj in registry.registry().objects.values()
        if obj.model.__module__.startswith(f"{package}.")
        and (rows or not obj.parent)
        and not obj.variants
    ]


def _typed(obj: Object) -> Iterator[Field]:
    roles = current_actor().roles
    for item in obj.fields:
        system = isinstance(item.type, (types.Code, types.DraftOf))
        barred = item.edit_by and not roles & set(item.edit_by)
        if item.value is None and not (item.readonly or item.find or system or barred):
            yield item


def _finds(obj: Object, name: str) -> Field | None:
    """Return the reference that is found by what is typed there, if there is one."""
    return next((item for item in obj.fields if name in item.find), None)


def _root(row: Row) -> Row:
    return row if row._parent is None else _root(row._parent)


def _place(obj: Object, raw: dict[str, Any], path: str) -> tuple[dict[str, Any], Row, Field]:
    """Return the dict, the bound row and the field at a path such as `members.0.person`."""
    bound = form_binding.bind(obj, None, {k: v for k, v in raw.items() if v is not None})
    row, holder, names = bound.row, raw, path.split(".")
    if len(names) == 3:
        holder = raw[names[0]][int(names[1])]
        at, rows = int(names[1]), row._children[names[0]]
        inner = registry.object(next(c.object for c in obj.children if c.name == names[0]))
        row = rows[at] if at < len(rows) else None  # the list may not apply just now
        return holder, row, inner.field(names[-1])
    return holder, row, row._object.field(names[-1])


def _object_at(obj: Object, path: str) -> Object:
    child = next((c for c in obj.children if c.name == path.split(".")[0]), None)
    return registry.object(child.object) if child and "." in path else obj


def _known(
    obj: Object, raw: dict[str, Any], prefix: str, word: str, seen: tuple[str, ...] = ()
) -> Iterator[str]:
    """Yield where a name of a rule is typed: on the form, on its row, or as a list of rows."""
    if _enters(obj, word):
        yield word
    for child in obj.children:
        if child.name == word:
            yield word
        if _enters(registry.object(child.object), word):
            for index in range(len(raw.get(child.name) or ())):
                if prefix in ("", f"{child.name}.{index}."):
                    yield f"{child.name}.{index}.{word}"
    for part in _sources(obj, word):
        if part not in (word, *seen):
            yield from _known(obj, raw, prefix, part, (word, *seen))


def _sources(obj: Object, word: str) -> Iterator[str]:
    """Yield what a computed value of that name is computed from, of a total the rows and what they hold.

    Of a reference that is found by exact values: these.
    """
    for inner in (obj, *(registry.object(child.object) for child in obj.children)):
        for item in inner.fields:
            if item.name == word and callable(item.value):
                yield from re.findall(r"[a-z_]+", item.value.__doc__ or "")
            if item.name == word:
                yield from item.find
            if item.name == word and item.total is not None and item.total.rows:
                yield from (item.total.rows, item.total.value, *item.total.reads)


def _enters(obj: Object, name: str) -> bool:
    return any(
        i.name == name and i.value is None and i.total is None and not (i.readonly or i.find)
        for i in obj.fields
    )
