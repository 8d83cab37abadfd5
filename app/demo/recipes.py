"""Recipes of metadata/demo/: how many records of an object there are and what their fields hold.

    object: person
    size: {city: 2000, small: 40}     how many; or `for: unit` with `each: "=number(10, 40)"`
    for: unit                         a record for every record of that object, called `owner`
    where: "=owner.state == 'filed'"  only for those
    with: {sex: {"1": 60, "2": 40}}   values for this recipe only, in order
    values: {name: "=person_name(sex)"}
    children: {family: {each: "=number(1, 3)", values: {…}}}   or a list: each row is `item`
    life: {start: …, ends: {filed: 95, review: 5}, returned: 0.1, pace: [0, 2], say: {pass: […]}}
    account: {role: ROLE, username: login, states: [active]}
    papers: true                      files for the materials that it needs

A value is a literal, `=expression`, a text with `{{ }}`, a list to choose from, or a mapping of
choices with weights; a name with `_` before it is remembered for later recipes, not stored.
`for:` and functions such as `some` take an abstract object too; its records are those that extend it.
What a recipe leaves out is copied (`fill`), computed (`value`) or defaulted
as the object says.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from app.core.declare import Object, registry
from app.core.types import Decimal, Ref, Refs
from app.demo.formulas import Formula, Formulas
from app.demo.stubs import Store, Stub


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One file."""

    object: str
    size: Mapping[str, int] = field(default_factory=dict)
    owner: str = ""
    where: Any = None
    each: Any = 1
    names: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    children: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    life: Mapping[str, Any] = field(default_factory=dict)
    account: Mapping[str, Any] = field(default_factory=dict)
    papers: bool = False


def read_recipes(folder: Path) -> tuple[dict[str, Any], list[Recipe]]:
    """Return the word lists and the recipes, in the order of the files' names."""
    words: dict[str, Any] = {}
    recipes = []
    for path in sorted(folder.glob("*.yaml")):
        content = yaml.safe_load(path.read_text("utf-8"))
        if "object" not in content:
            words |= content
            continue
        content["owner"] = content.pop("for", "")
        content["names"] = content.pop("with", {})
        recipes.append(Recipe(**content))
    return words, recipes


class Cook:
    """Makes the stubs of a recipe."""

    def __init__(
        self, store: Store, formulas: Formulas, env: Any, words: Mapping[str, Any]
    ) -> None:
        self.store = store
        self.formulas = formulas
        self.env = env
        self.words = words

    def make(self, recipe: Recipe, size: str) -> Iterator[tuple[Stub, dict[str, Any]]]:
        """Yield each record with the names that its recipe used."""
        obj = registry.object(recipe.object)
        plan = _Plan(recipe, self.formulas)
        for owner, index in self._places(recipe, plan, size):
            names = {"owner": owner, "index": index, "size": size, "lists": self.words}
            stub = self.store.new(recipe.object)
            names["row"] = stub
            for name, formula in plan.names:
                names[name] = formula(names)
            if names.get("skip"):
                self.store.rows[recipe.object].pop()
                continue
            self._fill(stub, plan.values, names)
            for child, spec in plan.children:
                self._rows(stub, child, spec, names)
            self.settle(obj, stub)
            yield stub, names

    def _places(
        self, recipe: Recipe, plan: "_Plan", size: str
    ) -> Iterator[tuple[Stub | None, int]]:
        if not recipe.owner:
            for index in range(recipe.size[size]):
                yield None, index
            return
        for owner in list(self.store.all(recipe.owner)):
            names = {"owner": owner, "size": size, "lists": self.words}
            if plan.where and not plan.where(names):
                continue
            for index in range(int(plan.each(names))):
                yield owner, index

    def _fill(self, stub: Stub, values: list[tuple[str, Formula]], names: dict[str, Any]) -> None:
        obj = stub._object
        for name, formula in values:
            value = formula(names)
            if name.startswith("_"):  # remembered for recipes to come, not stored
                setattr(stub, name, value)
                continue
            kind = obj.field(name).type
            if isinstance(kind, Decimal) and value is not None:
                value = round(value * 10**kind.scale)
            stub.put(name, value)
            for own, path in obj.field(name).fill.items():
                if getattr(stub, own) is None and value is not None:
                    stub.put(own, _follow(value, path))

    def _rows(self, stub: Stub, child: str, spec: "_Rows", names: dict[str, Any]) -> None:
        declared = next(item for item in stub._object.children if item.name == child)
        if declared.when is not None and not declared.when(stub, self.env):
            return
        items = spec.each(names)
        rows = getattr(stub, child)
        for position, item in enumerate(range(items) if isinstance(items, int) else items):
            row = self.store.new(declared.object)
            row.parent = stub
            row.position = position  # type: ignore[attr-defined]
            row.parent_id = stub.id  # type: ignore[attr-defined]
            inner = {**names, "item": item, "position": position, "line": row, "row": stub}
            rows.append(row)
            for name, formula in spec.names:
                inner[name] = formula(inner)
            self._fill(row, spec.values, inner)

    def settle(self, obj: Object, stub: Stub) -> None:
        """Give defaults, take away what does not apply, compute what is computed: rows first."""
        for child in obj.children:
            inner = registry.object(child.object)
            for row in getattr(stub, child.name):
                self._settle_one(inner, row, self._env(stub))
        self._settle_one(obj, stub, self.env)
        for child in obj.children:
            inner = registry.object(child.object)
            for row in getattr(stub, child.name):
                self.compute(inner, row, self._env(stub))

    def _env(self, parent: Stub) -> Any:
        return replace(self.env, parent=parent)

    def _settle_one(self, obj: Object, stub: Stub, env: Any) -> None:
        for item in obj.fields:
            if item.when is not None and not item.when(stub, env):
                stub.put(item.name, [] if isinstance(item.type, Refs) else None)
            elif getattr(stub, item.name) is None and item.default is not None:
                default = item.default
                value = default(stub, env) if callable(default) else default
                if isinstance(value, str):
                    value = item.type.parse(value)
                stub.put(item.name, value)
        self.compute(obj, stub, env)

    def compute(self, obj: Object, stub: Stub, env: Any = None) -> None:
        """Compute the fields that nobody types."""
        env = env or (self._env(stub.parent) if stub.parent else self.env)
        for item in obj.fields:
            if item.value is not None:
                value = item.computed(stub, env)
                if isinstance(item.type, Ref) and isinstance(value, int):
                    value = self.store.by_id(item.type.object, value)
                stub.put(item.name, value)


def _follow(source: Any, path: str) -> Any:
    for name in path.split("."):
        source = getattr(source, name) if source is not None else None
    return source


class _Rows:
    def __init__(self, spec: Mapping[str, Any], formulas: Formulas) -> None:
        self.each: Callable[[dict[str, Any]], Any] = formulas.of(spec.get("each", 1))
        self.names = [(name, formulas.of(text)) for name, text in spec.get("with", {}).items()]
        self.values = [(name, formulas.of(text)) for name, text in spec.get("values", {}).items()]


class _Plan:
    """A recipe with its formulas compiled."""

    def __init__(self, recipe: Recipe, formulas: Formulas) -> None:
        self.where = formulas.of(recipe.where) if recipe.where is not None else None
        self.each = formulas.of(recipe.each)
        self.names = [(name, formulas.of(text)) for name, text in recipe.names.items()]
        self.values = [(name, formulas.of(text)) for name, text in recipe.values.items()]
        self.children = [(name, _Rows(spec, formulas)) for name, spec in recipe.children.items()]
