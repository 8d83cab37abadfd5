"""Rules as declarations: those of an object, and those that must hold when a step is passed."""

from typing import Any

from generator import model
from generator.emit.bodies import Bodies
from generator.emit.text import OMIT, Raw, call, given, rows, unless
from generator.formulas import Where
from generator.reader import Name
from generator.world import Entity


def of_object(bodies: Bodies, entity: Entity) -> list[Raw]:
    """Return the rules of an object; they may speak of the rows of a list."""
    rules = entity.spec.rules if entity.spec else ()
    return [_rule(bodies, entity, rule, name) for name, rule in _named(rules)]


def of_step(bodies: Bodies, entity: Entity, step: model.Step) -> Any:
    """Return what must hold when the step is passed."""
    found = [
        _rule(bodies, entity, rule, f"{step.name}_{name}") for name, rule in _named(step.rules)
    ]
    return rows(found) if found else OMIT


def where_of(entity: Entity, rule: model.Rule) -> Where:
    """Return whose names a rule reads: the record's, or a row's."""
    child = entity.children.get(Name(rule.each)) if rule.each else None
    return Where(this=str(child.object), parent=entity.name) if child else Where(this=entity.name)


def _rule(bodies: Bodies, entity: Entity, rule: model.Rule, name: str) -> Raw:
    where = where_of(entity, rule)
    function = f"{name}_rule_of_{entity.name}"
    return call(
        "Rule",
        name=name,
        check=bodies.condition(function, rule.check, where),
        error=str(rule.error),
        at=given(str(rule.at or "")),
        level=unless(str(rule.level), "error"),
        policy=given(str(rule.policy or "")),
        reads=given(_reads(bodies, rule, where)) if rule.policy else OMIT,
        each=given(str(rule.each or "")),
        when=bodies.condition(f"{function}_when", rule.when, where) if rule.when else OMIT,
    )


def _reads(bodies: Bodies, rule: model.Rule, where: Where) -> tuple[str, ...]:
    compiled = bodies.formulas.condition(rule.check, where)
    return compiled.depends if compiled else ()


def _named(rules: tuple[model.Rule, ...]) -> list[tuple[str, model.Rule]]:
    """Return rules with their names: given, or after the field they stand at."""
    found: dict[str, model.Rule] = {}
    for rule in rules:
        base = str(rule.name or (rule.at or rule.each or "record")).replace(".", "_")
        name, number = base, 1
        while name in found:
            number += 1
            name = f"{base}_{number}"
        found[name] = rule
    return list(found.items())
