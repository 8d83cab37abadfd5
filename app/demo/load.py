"""Fills an empty database with the demonstration's records, the same ones every time."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, Engine, select

from app.core import clock
from app.core.aggregates import reconciliation
from app.core.db.database import bind, elevated, session, unit_of_work
from app.core.declare import Action, Flow, Object, Step, registry
from app.core.expressions.env import Env, Me, Policies
from app.core.reference import policies
from app.core.settings import ROOT
from app.core.types import Code, File
from app.demo import formulas, papers
from app.demo.case_histories import Life, Person, Plan, Walker
from app.demo.chance import Chance, pinyin
from app.demo.closures import Wrong
from app.demo.notices import Notices
from app.demo.people import People
from app.demo.recipes import Cook, Recipe, read_recipes
from app.demo.stubs import Store, Stub
from app.demo.write import Writer
from app.flow.models import Case
from app.security import demonstration

FOLDER = ROOT / "metadata" / "demo"
SEED = 20260101
Size = Literal["city", "small"]


class AlreadyLoaded(Exception):
    """There are cases already; the demonstration goes into a fresh database only."""


def is_loaded() -> bool:
    """Tell whether the database has any case."""
    return session.scalar(select(Case.id).limit(1)) is not None


def prepare(engine: Engine, size: Size = "city") -> list[str]:
    """Fill the database if it has no cases yet, let papers be drawn; return what was done, in words."""
    papers.install()
    bind(engine)
    loaded = is_loaded()
    session.remove()
    if loaded:
        return []
    counts = load(engine, size)
    session.remove()
    named = registry.registry().objects
    parts = [
        f"{named[name].title} {count} 条"
        for name, count in counts.items()
        if not named[name].parent
    ]
    return [f"载入演示数据：{'、'.join(parts)}", f"演示账户的密码：{demonstration.PASSWORD}"]


def load(engine: Engine, size: Size = "city", folder: Path = FOLDER) -> dict[str, int]:
    """Load everything in one transaction; return how many records of each object there are now.

    The database must have been brought up to date (`app.upgrade`), with reference rows and roles.
    """
    bind(engine)
    with elevated(), unit_of_work():
        if is_loaded():
            raise AlreadyLoaded("数据库中已有业务数据，演示数据只能载入空库")
        made = _Loading(session.connection(), size, folder).run()
        reconciliation.repair()  # it wrote past what keeps numbers over rows
        return made


class _Loading:
    def __init__(self, connection: Connection, size: Size, folder: Path) -> None:
        self.size = size
        self.now = clock.now()
        words, self.recipes = read_recipes(folder)
        self.words = words
        self.chance = Chance(SEED, words)
        self.store = Store()
        self.writer = Writer(connection)
        self.people = People(connection, self.writer, self.now)
        self.env = _environment()
        self.cook = Cook(self.store, self._formulas(), self.env, words)
        self.walker = Walker(self.chance, self.people.by_role, self.env, self.now)
        self.lives: dict[tuple[str, int], Life] = {}
        self.applicants: dict[int, list[Person]] = defaultdict(list)
        self.connection = connection

    def run(self) -> dict[str, int]:
        self._adopt_reference_rows()
        self.people.staff(self.words["people"])
        for recipe in self.recipes:
            self._cook(recipe)
        self._holds()
        self.writer.records(self.store, self.lives)
        self._cases()
        self.writer.histories(self.store, self.lives)
        self.writer.flush()
        return {name: len(rows) for name, rows in self.store.rows.items() if rows}

    def _cases(self) -> None:
        clerk = self.people.by_username[self.words["clerk"]]
        notices = Notices(self.writer, self.chance, self.env, clerk)
        organisations: dict[int, int | None] = {}
        for (name, pk), life in self.lives.items():
            stub = self.store.by_id(name, pk)
            assert stub
            org = _organisation(stub)
            case_id = self.writer.case(stub, life, org)
            organisations[case_id] = org.id if org else None
            people = self.applicants.get(org.id if org else 0) or [life.applicant]
            notices.tell(stub, life, case_id, people, self.people.phones)
        notices.papers(organisations)

    def _formulas(self) -> formulas.Formulas:
        names = [name for name in dir(Chance) if not name.startswith("_")]
        functions: dict[str, Any] = {name: getattr(self.chance, name) for name in names}
        return formulas.Formulas({
            **functions,
            "all": self.store.all,
            "some": self._some,
            "steady": self._steady,
            "each_of": self._each_of,
            "dates": formulas.dates,
            "split": formulas.split,
            "pinyin": pinyin,
            "plus": formulas.plus,
            "days_between": formulas.days_between,
            "none": None,
            "true": True,
            "false": False,
            "date": date,
            "len": len,
            "str": str,
            "int": int,
            "today": clock.today,
            "local": lambda moment: clock.local(moment).date(),
        })  # fmt: skip

    def _some(self, name: str, **equal: Any) -> Stub | None:
        found = self.store.all(name, **equal)
        return self.chance.pick(found) if found else None

    def _steady(self, name: str, number: int, **equal: Any) -> Stub | None:
        """Return one of the records, the same one for the same number."""
        found = self.store.all(name, **equal)
        return found[number % len(found)] if found else None

    def _each_of(self, name: str, key: str, values: list[Any]) -> list[Stub]:
        """Return the record of each value of a key."""
        return [stub for value in values for stub in self.store.all(name, **{key: value})]

    def _adopt_reference_rows(self) -> None:
        mine = {recipe.object for recipe in self.recipes}
        for name, obj in registry.registry().objects.items():
            if name in mine or obj.parent or obj.flow or not hasattr(obj.model, "__table__"):
                continue
            if obj.variants:
                continue  # its rows are those of the objects that extend it
            table = obj.model.__table__
            found = self.connection.execute(select(table).order_by(table.c.id)).mappings().all()
            if found:
                self.store.adopt(name, [_stub_of(obj, row) for row in found])
        for name in self.store.known:
            for stub in self.store.all(name):
                self._resolve(stub)

    def _resolve(self, stub: Stub) -> None:
        for item in stub._object.fields:
            target = getattr(item.type, "object", "")
            there = [target, *_variants(target)]
            number = getattr(stub, f"{item.name}_id", None)
            if isinstance(number, int) and any(name in self.store.known for name in there):
                setattr(stub, item.name, self.store.by_id(target, number))

    # --- one recipe ---

    def _cook(self, recipe: Recipe) -> None:
        obj = registry.object(recipe.object)
        if obj.variants:
            others = ", ".join(obj.variants)
            raise Wrong(
                f"demonstration recipe: '{obj.name}' has no table; write recipes of {others}"
            )
        made: list[tuple[Stub, dict[str, Any]]] = []
        for stub, names in self.cook.make(recipe, self.size):
            if recipe.life:
                self._live(obj, stub, recipe, names)
            made.append((stub, names))
        self._number(obj, [stub for stub, _ in made])
        for stub, names in made:
            self._open_account(recipe, stub, names)
            life = self.lives.get((obj.name, stub.id))
            if life and recipe.papers:
                self._hand_in(obj, stub, life)
            self._pictures(obj, stub, life)
        self.store.forget(obj.name)
        for child in obj.children:
            self.store.forget(child.object)

    def _live(self, obj: Object, stub: Stub, recipe: Recipe, names: dict[str, Any]) -> None:
        flow = registry.flow(obj.flow)
        spec = recipe.life
        of = self.cook.formulas.of
        start = of(spec["start"])(names)
        moment = start if isinstance(start, datetime) else self.chance.hour(start)
        moment = min(moment, self.now)
        plan = Plan(
            outcome=of(spec["ends"])(names),
            returned=self._returned(spec.get("returned", 0), names),
            pace=tuple(spec.get("pace", (0, 2))),
            words=spec.get("say", {}),
            queues={step: of(text)(names) for step, text in spec.get("queues", {}).items()},
        )
        by = of(spec["by"])(names) if "by" in spec else ""
        applicant = self.people.by_username[by] if by else self._applicant(stub)
        life = self.walker.walk(stub, flow, plan, moment, applicant, self._effects(stub, flow))
        stub.state = life.state
        self.lives[obj.name, stub.id] = life
        self.cook.compute(obj, stub)

    def _returned(self, spec: Any, names: dict[str, Any]) -> bool:
        if isinstance(spec, str):
            return bool(self.cook.formulas.of(spec)(names))
        return self.chance.chance(spec)

    def _effects(self, stub: Stub, flow: Flow) -> Any:
        def note(name: str, action: Action, target: Step, when: datetime) -> None:
            source = next(
                (flow.step(route.source) for route in action.routes if route.target == target.name),
                None,
            )
            env = replace(self.env, today=clock.local(when).date())
            effects = (*action.effects, *(source.effects if source else ()))
            for effect in effects:
                if effect.kind == "set" and action.kind != "note":
                    for path, formula in effect.params.items():
                        if "." not in path:
                            stub.put(path, formula(stub, env) if callable(formula) else formula)

        return note

    def _applicant(self, stub: Stub) -> Person:
        org = _organisation(stub)
        known = self.applicants.get(org.id if org else 0)
        if not known:
            known = self.people.by_role[self.words["newcomer"]]
        return self.chance.pick(known)

    def _open_account(self, recipe: Recipe, stub: Stub, names: dict[str, Any]) -> None:
        spec = recipe.account
        if not spec or stub.state not in spec["states"]:
            return
        org = _organisation(stub)
        person = self.people.open(
            getattr(stub, spec["username"]), getattr(stub, spec["name"]), [spec["role"]],
            org_id=org.id if org else None, phone=getattr(stub, spec["phone"]),
            post=getattr(stub, spec["post"]), listed=stub.id == 1,
        )  # fmt: skip
        stub.put("account", person.id)
        self.applicants[org.id if org else 0].append(person)

    def _number(self, obj: Object, stubs: list[Stub]) -> None:
        """Give numbers in the order in which the cases were submitted."""
        item = next((f for f in obj.fields if isinstance(f.type, Code) and f.type.series), None)
        if item is None:
            return
        counters: Counter[str] = Counter()
        lives = [(self.lives.get((obj.name, stub.id)), stub) for stub in stubs]
        submitted = [
            (life.first_submitted_at, stub)
            for life, stub in lives
            if life and life.first_submitted_at
        ]
        for moment, stub in sorted(submitted, key=lambda pair: (pair[0], pair[1].id)):
            series = item.type.series.replace("{yyyy}", f"{clock.local(moment):%Y}")
            counters[series] += 1
            stub.put(item.name, formulas.numbered(series, counters[series]))
        for series, last in counters.items():
            self.writer.number(series, last)

    # --- papers ---

    def _hand_in(self, obj: Object, stub: Stub, life: Life) -> None:
        for material in obj.materials:
            if material.when is not None and not material.when(stub, self.env):
                continue
            needed = (
                material.required(stub, self.env)
                if callable(material.required)
                else material.required
            )
            if not needed and not self.chance.chance(0.15):
                continue
            if life.submitted_at is None and self.chance.chance(0.4):
                continue  # a draft lacks some
            key = papers.key_of(obj.name, stub.id, material.name)
            at = life.created_at
            size = self.chance.number(120, 900) * 1024
            kind = "pdf" if "pdf" in material.accept else material.accept[0]
            name = f"{material.title}.{kind}"
            file_id = self.writer.file(key, name, kind, size, at, life.applicant.id)
            self.writer.material(stub, material.name, file_id, at, life)

    def _pictures(self, obj: Object, stub: Stub, life: Life | None) -> None:
        for item in obj.fields:
            wanted = isinstance(item.type, File) and (
                item.required or (life and item.name in papers.ALWAYS)
            )
            if not wanted or not isinstance(item.type, File):
                continue
            key = papers.key_of(obj.name, stub.id, item.name)
            kind = "png" if "png" in item.type.accept else item.type.accept[0]
            at = life.created_at if life else self.now
            by = life.applicant.id if life else self.people.by_role[self.words["newcomer"]][0].id
            pk = self.writer.file(key, f"{item.title}.{kind}", kind, 40960, at, by)
            stub.put(item.name, pk)

    # --- holds ---

    def _holds(self) -> None:
        """Let every case keep what it needs, and resources and what contains them count it."""
        touched: dict[int, Stub] = {}
        for (name, pk), life in self.lives.items():
            obj = registry.object(name)
            stub = self.store.by_id(name, pk)
            for hold in obj.holds:
                target = getattr(stub, hold.field)
                if life.first_submitted_at is None or target is None or life.state in hold.until:
                    continue
                amount = int(hold.amount(stub, self.env) or 0)
                self.writer.hold(stub, hold.field, target, amount, life.first_submitted_at)
                target.put(hold.used, (getattr(target, hold.used) or 0) + amount)
                touched[id(target)] = target
        for target in touched.values():
            self.cook.compute(target._object, target)
        for parent in {id(t.parent): t.parent for t in touched.values() if t.parent}.values():
            self.cook.compute(parent._object, parent)


def _environment() -> Env:
    today = clock.today()
    me = Me(id=None, name="", unit=None, district=None, roles=())
    return Env(me=me, today=today, policy=_Policies(today))


class _Policies(Policies):
    """Policies as of today, each asked once for the same arguments."""

    def __init__(self, on: date) -> None:
        self._on = on
        self._known: dict[tuple[Any, ...], Any] = {}

    def __getattr__(self, name: str) -> Any:
        def ask(*arguments: Any) -> Any:
            key = (name, *arguments)
            if key not in self._known:
                self._known[key] = policies.lookup(name, arguments, self._on).value
            return self._known[key]

        return ask


def _organisation(stub: Stub) -> Stub | None:
    path = stub._object.scope.path
    if stub._object.scope.kind != "org":
        return None
    if path == "id":
        return stub
    target: Any = stub
    for name in path.split("."):
        target = getattr(target, name.removesuffix("_id"), None)
    return target if isinstance(target, Stub) else None


def _variants(name: str) -> tuple[str, ...]:
    obj = registry.registry().objects.get(name)
    return tuple(obj.variants) if obj is not None else ()


def _stub_of(obj: Object, row: Mapping[str, Any]) -> Stub:
    stub = Stub(obj, row["id"])
    for name, value in row.items():
        setattr(stub, name, value)
    return stub
