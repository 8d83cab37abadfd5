"""What the policies say of a form or a record, good verdicts too, each with its source."""

from app.core import binding, display, policies, registry, rules
from app.core.declare import Object, Rule
from app.core.env import make_env
from app.web.form_page import Note
from app.web.form_source import Source
from app.web.menu import address_of


def notes(source: Source, names: set[str]) -> tuple[Note, ...]:
    """Return what the policies say of the fields of a panel."""
    return tuple(note for note in verdicts(source.obj, source.row) if note.path in names)


def verdicts(obj: Object, row: binding.Row) -> tuple[Note, ...]:
    """Return what the policies say of the record as it stands; rules of single rows stand beside these."""
    found = [_verdict(obj, row, rule) for rule in obj.rules if rule.policy and not rule.each]
    return tuple(note for note in found if note is not None)


def _verdict(obj: Object, row: binding.Row, rule: Rule) -> Note | None:
    env = rules._own_env(row, make_env())
    if rule.when is not None and not rule.when(row, env):
        return None
    verdict = rule.check(row, env)
    in_force = policies.level_of(rule.policy, env.policy._on)
    if verdict is None or (verdict and not in_force.source):
        return None  # nothing is known yet, or no policy is in force
    title = registry.registry().policies[rule.policy].title
    value = display.text_of(obj, row, rule.at)
    good = f"{display.label_of(obj, rule.at)} {value}：符合“{title}”"
    return Note(
        text=good if verdict else display.render(rule.error, obj, row),
        level="ok" if verdict else in_force.level,
        source=in_force.source,
        href=policy_link(rule.policy),
        path=rule.at,
    )


def policy_link(name: str) -> str:
    """Return where the text of a policy can be read, empty where no screen shows it."""
    for function in registry.registry().functions.values():
        if function.screen == "runtime.policies" and (place := address_of(function.id)):
            return f"{place}#{name}"
    return ""
