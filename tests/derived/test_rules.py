"""Every rule on both sides: a form that keeps it has no such fault, one that breaks it has, and is refused."""

import json
import re

import pytest

from app.core import binding, policies, records, registry, rules, types
from app.core.database import session
from app.core.entity import Entity
from app.core.env import make_env
from app.core.errors import Rejected
from tests.derived import values
from tests.derived.valid import Cannot, _known, own_objects, put

TRIES = 120
RULES = [(obj, rule) for obj in own_objects(rows=True) for rule in obj.rules]


def owner_of(obj):
    return registry.object(obj.parent) if obj.parent else obj


def verdicts(obj, rule, raw):
    """What the rule's own condition says, for each row that it is about; None where it does not apply."""
    owner = owner_of(obj)
    child = rule.each or next((c.name for c in owner.children if c.object == obj.name), "")
    row = binding.bind(owner, None, raw).row
    about = row._children.get(child, []) if obj.parent or rule.each else [row]
    found = []
    for this in about:
        env = rules._own_env(this, make_env(form=row))
        applies = rule.when is None or rule.when(this, env)
        found.append(rule.check(this, env) if applies else None)
    return found


class Search:
    """Changes a complete form until the rule says what is wanted."""

    def __init__(self, maker, obj, rule):
        self.maker, self.obj, self.rule = maker, obj, rule
        self.owner = owner_of(obj)
        self.text = f"{rule.check.__doc__ or ''} {(rule.when.__doc__ or '') if rule.when else ''}"
        self.literals = re.findall(r"'([^']+)'", self.text)
        self.words = re.findall(r"[a-z_]+", self.text)
        maker.most = 12

    def find(self, raw, wanted):
        """Return such a form, None where none was found."""
        for _ in range(TRIES):
            if wanted in verdicts(self.obj, self.rule, raw):
                return raw
            trial = json.loads(json.dumps(raw))
            for _ in range(self.maker.chance.choice((1, 1, 2, 3))):
                self.change(trial)
            raw = trial
        return None

    def change(self, raw):
        spots = list(dict.fromkeys(self.spots(raw)))
        if spots:
            path = self.maker.chance.choice(spots)
            self.maker._renew(self.owner, raw, path)
            self.say(raw, path)

    def spots(self, raw):
        """What the rule reads; now and then what decides whether that applies."""
        for word in self.words:
            yield from _known(self.owner, raw, "", word)
        if self.maker.chance.random() < 0.2:
            parts = (*self.owner.fields, *self.obj.fields, *self.owner.children)
            about = {*self.words, self.rule.each}
            for item in parts:
                named = item.name in about or getattr(item, "object", "") == self.obj.name
                for word in (
                    re.findall(r"[a-z_]+", item.when.__doc__ or "") if named and item.when else ()
                ):
                    yield from _known(self.owner, raw, "", word)

    def say(self, raw, path):
        """Put a word that the rule looks for where it may stand."""
        names = path.split(".")
        if not self.literals or len(names) == 2 or self.maker.chance.random() < 0.5:
            return
        holder, obj = raw, self.owner
        if len(names) == 3:
            holder = raw[names[0]][int(names[1])]
            obj = registry.object(next(c.object for c in self.owner.children if c.name == names[0]))
        kind = next((item.type for item in obj.fields if item.name == names[-1]), None)
        if type(kind) in (types.Text, types.String, types.Dict):
            holder[names[-1]] = self.maker.chance.choice(self.literals)


def names(item):
    obj, rule = item
    return f"{owner_of(obj).name}-{rule.name}"


@pytest.mark.parametrize("item", RULES, ids=names)
def test_it_is_kept_and_broken(world, item):
    obj, rule = item
    owner = owner_of(obj)
    for role in (world.maker_of(owner.name), "system"):
        with world.trial(), world.acting(role):
            maker = world.maker(names(item))
            maker.depth = 1
            search = Search(maker, obj, rule)
            try:
                kept = search.find(maker.raw(owner), True)
            except Cannot:
                continue
            if kept is None:
                continue
            if False not in verdicts(obj, rule, kept):
                assert not faults(owner, rule, kept, None)
            broken = search.find(kept, False)
            if broken is not None:
                assert_told(obj, rule, broken, None)
                return
            record = spoiled(maker, obj, rule)
            if record is not None:
                assert_told(obj, rule, {}, record)
                return
    pytest.skip(f"chance found no form that keeps and one that breaks: {search.text}")


def assert_told(obj, rule, raw, record):
    owner = owner_of(obj)
    level = policies.level_of(rule.policy, make_env().today).level if rule.policy else rule.level
    told = [f for f in faults(owner, rule, raw, record) if f.level == level]
    assert told, (rule.error, records.check(owner, record, raw, complete=True))
    if level == "error":
        with pytest.raises(Rejected):
            records.save(owner, record, raw, complete=True, engine=True)


def spoiled(maker, obj, rule):
    """A record that breaks a rule by what nobody types: numbers that flows write, states of others."""
    owner = owner_of(obj)
    record = maker.draft(owner)
    words = re.findall(r"[a-z_]+", rule.check.__doc__ or "")
    for item in owner.fields:
        if item.name not in words:
            continue
        if item.readonly and item.type.numeric:
            setattr(record, item.name, 10**6)
        target = getattr(record, item.name, None)
        if (
            "state" in words
            and isinstance(target, Entity)
            and registry.object_of(type(target)).flow
        ):
            flow = registry.flow_of(registry.object_of(type(target)).name)
            put(target, flow.steps[0].name)
    session.flush()
    row = binding.bind(owner, record, {}).row
    env = rules._own_env(row, make_env(form=row))
    applies = rule.when is None or rule.when(row, env)
    return record if applies and rule.check(row, env) is False else None


def faults(owner, rule, raw, record):
    """The faults that say what this rule says."""
    shape = re.escape(re.sub(r"\{[^}]*\}", "\0", rule.error)).replace("\0", ".*")
    found = records.check(owner, record, raw, complete=True)
    return [f for f in found if re.fullmatch(shape, f.message, re.DOTALL)]


def test_values_are_what_their_types_take(world):
    import random

    chance = random.Random("types")
    with world.trial(), world.acting("system"):
        for obj in own_objects(rows=True):
            for item in obj.fields:
                if isinstance(item.type, (types.Ref, types.DraftOf, types.Code)):
                    continue
                for _ in range(3):
                    given = values.of(item.type, chance)
                    assert given is None or item.type.dump(item.type.parse(given)), item
