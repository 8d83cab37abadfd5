"""What refuses a form that is sent is said by the page that comes back, and by every live answer after it.

A page that is refused says why, asks at once what the form is worth, and puts the answer in the place of the
words: what that answer does not know would be gone after a blink. So both are asked about the same input.
"""

import json
from contextlib import suppress

import pytest

from app.core.db.database import unit_of_work
from app.core.declare import registry
from app.core.errors import Rejected, UserError
from app.web.form import live
from app.web.form.filing import Filing
from tests.derived.standing import maker_of
from tests.derived.valid import Cannot, own_objects

ROUNDS = 9
ADDING = [
    function
    for obj in own_objects()
    for function in registry.functions_of(obj.name)
    if function.screen in ("apply", "catalog")
    and any(r == maker_of(obj.name) and "add" in words for r, words in function.grants)
]


def spoil(world, maker, obj, raw, number):
    """Another form: as it is, with other values here and there, with something left out, with what blocks it."""
    trial = json.loads(json.dumps(raw))
    if number < 2:
        return trial if number else {}
    if number % 4 == 0:
        block(world, maker, obj)
        return trial
    names = [name for name in trial if not isinstance(trial[name], dict)]
    for name in maker.chance.sample(names, min(len(names), maker.chance.choice((1, 1, 2, 4)))):
        if number % 2:
            trial[name] = (
                []
                if isinstance(trial[name], list)
                else maker.chance.choice(("", "0", "甲", "1900-01-01"))
            )
        else:
            with suppress(Cannot, StopIteration):
                maker._renew(obj, trial, name)
    return trial


def words_of(path, message, **_more):
    """What is said, and where; of a paper that is missing the page has words of its own."""
    return path, "" if path.startswith("material.") else message


def block(world, maker, obj):
    """Rows of other objects, of which chance makes some that stand against the form."""
    for one in obj.blocks:
        by = registry.object(one.object)
        with suppress(Cannot), world.acting("system"), unit_of_work():
            maker.finished(by)


@pytest.mark.parametrize(
    "function", ADDING, ids=lambda function: f"{function.object}-{function.id}"
)
def test_what_refuses_is_said_for_good(world, function):
    obj, role = registry.object(function.object), maker_of(function.object)
    refused = 0
    for number in range(ROUNDS):
        with (
            world.trial(),
            world.app.test_request_context(f"/{function.id}/new"),
            world.acting(role, function.id),
        ):
            maker = world.maker(f"{function.id} preview {number}")
            maker.depth = 1
            filing = Filing(function)
            try:
                filing.take(spoil(world, maker, obj, maker.raw(obj), number))
            except Cannot:
                continue
            filing.token = f"{function.id}{number}"
            actions = [a.name for a in filing.submits()]
            try:
                with unit_of_work():
                    filing.save(action=actions[0] if actions else "")
            except Rejected as error:
                refused += 1
                page = filing.page(filing.refused(error, actions[0] if actions else ""))
                answered = {
                    words_of(**f) for f in (*live.answer(filing)["faults"], *page.kept_faults)
                }
                wanted = {words_of(f.path, f.message) for f in error.faults if f.level == "error"}
                assert wanted and wanted <= answered, (wanted - answered, filing.raw)
            except UserError:
                continue
    assert refused, "no form was refused"
