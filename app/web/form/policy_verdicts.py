"""What the policies say of a form or a record, good verdicts too, each with its source."""

from collections.abc import Iterable

from app.core.declare import Object, Rule, registry
from app.core.expressions.env import make_env
from app.core.records import display
from app.core.records.typed_row import Row, own_env
from app.core.reference import policies
from app.web.form.page import Note
from app.web.form.source import Source
from app.web.page.menu import address_of


def notes(source: Source, names: set[str]) -> tuple[Note, ...]:
    """Return what the policies say of the fields of a panel."""
    return tuple(note for note in verdicts(source.obj, source.row) if note.path in names)


def verdicts(obj: Object, row: Row) -> tuple[Note, ...]:
    """Return what the policies say of the record as it stands; rules of single rows stand beside these."""
    asked = [rule for rule in obj.rules if rule.policy and not rule.each]
    wrong = _wrong(obj, row) if asked else set()
    found = [_verdict(obj, row, rule, wrong) for rule in asked]
    return tuple(note for note in found if note is not None)


def _verdict(obj: Object, row: Row, rule: Rule, wrong: set[str]) -> Note | None:
    env = own_env(row, make_env())
    if rule.when is not None and not rule.when(row, env):
        return None
    verdict = rule.check(row, env)
    in_force = policies.level_of(rule.policy, env.policy.on, env.policy.known)
    if verdict is None or (verdict and not in_force.source):
        return None  # nothing is known yet, or no policy is in force
    grounds = _grounds(obj, (rule.at, *rule.reads))
    value = display.text_of(obj, row, rule.at)
    if not value or wrong & grounds or (verdict and not all(_is_there(row, n) for n in grounds)):
        return None  # nothing is praised or blamed for what is not there or cannot be
    title = registry.registry().policies[rule.policy].title
    good = f"{display.label_of(obj, rule.at)} {value}：符合“{title}”"
    return Note(
        text=good if verdict else display.render(rule.error, obj, row),
        level="ok" if verdict else in_force.level,
        source=in_force.source,
        href=policy_link(rule.policy),
        path=rule.at,
    )


def _wrong(obj: Object, row: Row) -> set[str]:
    """Return the fields that plain rules of the record find impossible as they stand."""
    env = own_env(row, make_env())
    return {
        rule.at
        for rule in obj.rules
        if not rule.policy
        and not rule.each
        and (rule.when is None or rule.when(row, env))
        and rule.check(row, env) is False
    }


def _grounds(obj: Object, names: Iterable[str]) -> set[str]:
    """Return these fields and everything that the computed ones among them are computed from."""
    fields = {item.name: item for item in obj.fields}
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            item = fields.get(name)
            waiting += item.depends if item is not None and item.value is not None else ()
    return found


def _is_there(row: Row, name: str) -> bool:
    """Tell whether a field or a child list holds something; what was computed as 0 came from nothing."""
    if name in row._children:
        return bool(row._children[name])
    item = next((item for item in row._object.fields if item.name == name), None)
    if item is None:
        return True
    value = row._values.get(name)
    return bool(value) if item.value is not None else value not in (None, "", [])


def policy_link(name: str) -> str:
    """Return where the text of a policy can be read, empty where no screen shows it."""
    for function in registry.registry().functions.values():
        if function.screen == "runtime.policies" and (place := address_of(function.id)):
            return f"{place}#{name}"
    return ""
