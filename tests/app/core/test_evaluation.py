"""What is computed is worked out in the order of what it reads, however deep, through lists and conditions."""

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from app.core.declare import Object, registry
from app.core.expressions.env import make_env
from app.core.records import form_binding
from app.core.records.typed_row import Row
from tests.harness import project

GRAPHS = 25
OWN, INNER = "abcdefgh", "mnop"

# which names a computed field reads: `a`, or `rows.m` for a field of the rows
Links = dict[str, list[str]]


def drawn(dice: random.Random) -> Links:
    """Draw which names need which, without circles."""
    order = dice.sample(names := [*OWN, *(f"rows.{name}" for name in INNER)], len(names))
    return {
        name: sorted(dice.sample(order[:place], min(place, dice.randint(0, 3))))
        for place, name in enumerate(order)
    }


def text_of(name: str, needed: list[str], *, by_condition: bool) -> str:
    """Return the YAML of a field that adds up what it needs and one."""
    inner = name.startswith("rows.")
    parts = ["start" if not inner else "begin"]
    for other in needed:
        if other.startswith("rows."):
            rows = "parent.rows" if inner else "rows"
            own = other.removeprefix("rows.")
            parts.append(f"coalesce({own}, 0)" if inner else f"coalesce(sum({rows}.{own}), 0)")
        else:
            parts.append(f"coalesce({'parent.' if inner else ''}{other}, 0)")
    plain = name.removeprefix("rows.")
    when = f', when: "{parts[-1]} != 3"' if by_condition and needed else ""
    return f'{plain}: {{type: integer, title: 数 {plain}, value: "{" + ".join(parts)}"{when}}}'


def declared(links: Links, named: str) -> str:
    """Return the YAML of an object with these fields, in the order of the alphabet."""
    own = [
        f"  {text_of(name, links[name], by_condition=name in 'beh')}"
        for name in sorted(OWN, reverse=True)
    ]
    inner = [
        f"      {text_of(f'rows.{name}', links[f'rows.{name}'], by_condition=name == 'n')}"
        for name in sorted(INNER, reverse=True)
    ]
    return "\n".join(
        [
            f"object: {named}", "title: 图", "scope: own", "fields:",
            "  start: {type: integer, title: 起点}", *own,
            "children:", "  rows:", "    title: 行", f"    object: {named}_row", "    fields:",
            "      begin: {type: integer, title: 起点}", *inner,
            "functions:",
            f"  F{named.upper()}: {{title: 图 {named}, screen: catalog, module: booking, roles: {{clerk: [view]}}}}",
        ]
    ) + "\n"  # fmt: skip


PROJECT = {
    "project.yaml": """
title: 图
short_title: 图
owner: 某机关
organisation: plotter
organisation_district: area
registration: PL01
subsystems: {plot: {title: 图, icon: door-open, modules: {booking: 图}}}
""",
    "roles.yaml": "clerk: {title: 办事员, reach: unit, face: portal}",
    "plot/plotter.yaml": """
object: plotter
title: 单位
scope: {unit: id}
fields:
  name: {type: string, length: 100, title: 名称, required: true}
  area: {type: string, length: 20, title: 片区}
functions:
  PL01: {title: 单位, module: booking, screen: catalog, roles: {clerk: [view]}}
""",
}


@pytest.fixture(scope="module")
def graphs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Object]]:
    """Objects with random graphs, compiled as the product is."""
    dice, before = random.Random(20261202), registry.module()
    texts = {f"graph{n}": declared(drawn(dice), f"graph{n}") for n in range(GRAPHS)}
    base = tmp_path_factory.mktemp("graphs")
    for name, text in (
        PROJECT | {f"plot/{name}.yaml": text for name, text in texts.items()}
    ).items():
        file = base / "metadata" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    package = project.compiled(base, "graphs_generated", tmp_path_factory.mktemp("package"))
    registry.use(package)
    yield [registry.object(name) for name in texts]
    registry.use(before)


def fixpoint(row: Row) -> None:
    """Compute everything again and again in the order of declaration until nothing changes."""
    env = make_env(form=row)
    for _ in range(40):
        before = shown(row)
        for one in (row, *row._children["rows"]):
            inner = replace(env, parent=row) if one is not row else env
            for item in one._object.fields:
                if item.value is None:
                    continue
                applies = item.when is None or item.when(one, inner)
                one._values[item.name] = item.value(one, inner) if applies else None
        if shown(row) == before:
            return
    raise AssertionError("no circle was drawn, so it comes to rest")


def shown(row: Row) -> list[dict[str, Any]]:
    """Return what a record and its rows hold."""
    return [dict(one._values) for one in (row, *row._children["rows"])]


@pytest.mark.parametrize("number", range(GRAPHS))
def test_every_graph_of_fields_is_worked_out_at_once(graphs: list[Object], number: int) -> None:
    dice, obj = random.Random(number), graphs[number]
    for _ in range(5):
        begins = [{"begin": str(dice.randint(0, 3))} for _ in range(dice.randint(0, 3))]
        bound = form_binding.bind(obj, None, {"start": str(dice.randint(0, 3)), "rows": begins})
        assert not bound.faults
        worked_out = shown(bound.row)
        fixpoint(bound.row)
        assert worked_out == shown(bound.row)


def test_the_graphs_are_deep_and_go_through_rows(graphs: list[Object]) -> None:
    orders = [obj.sequence for obj in graphs]
    assert len(set(orders)) == GRAPHS
    mixed = [order for order in orders if order.index("rows.m") < order.index("a")]
    assert 0 < len(mixed) < GRAPHS
