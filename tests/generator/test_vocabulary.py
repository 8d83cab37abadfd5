"""The words that the reference shows are those that the checks know."""

import re
from functools import partial

import pytest

from app.web import screens
from generator import keys, templates, vocabulary
from generator.check import effects, ledgers, stock, upserts
from generator.check.effects import EFFECTS
from generator.cli import main
from generator.emit.screens import BASES
from generator.expression.functions import FUNCTIONS
from generator.manual import language
from generator.reader import slots
from generator.world import ACTIONS_OF_SCREEN
from tests.generator.projects import make


def test_every_word_is_shown_and_no_other():
    assert set(vocabulary.FUNCTIONS) == set(FUNCTIONS)
    assert set(vocabulary.EFFECTS) == set(EFFECTS)
    assert set(vocabulary.SCREENS) == set(ACTIONS_OF_SCREEN)
    assert set(BASES) <= set(vocabulary.SCREENS)
    assert set(vocabulary.TEMPLATE) == set(templates.KNOWN)
    assert set(vocabulary.FILTERS) == set(templates.FILTERS)


def test_the_reference_names_every_key_of_an_effect():
    keys = {**effects.KEYS, **stock.KEYS, **ledgers.KEYS, "upsert": upserts._KEYS}
    for kind, names in keys.items():
        form, said = vocabulary.EFFECTS[kind]
        lacking = [name for name in names if not re.search(rf"\b{name}\b", f"{form} {said}")]
        assert lacking == [], kind


def test_the_reference_names_the_words_that_a_key_takes():
    page = language.render()["docs/reference/language.md"]
    assert "| `face` * | `portal`、`office` | 属于申请人一侧，还是办理机关一侧。 |" in page
    assert "| `countersign` | `all`、`any` 或 整数 |" in page  # one of several kinds of value


def test_the_reference_says_how_the_value_of_a_key_is_written():
    page = language.render()["docs/reference/language.md"]
    for said in (
        "| `rules` | `[Rule, …]` |",
        "| `blocks` | `{名称: Block}` |",
        "| `fill` | `{名称: 词}` |",
        "| `within` | `2 workdays` |",
        "| `required` | `true`（不写时）、`false` 或 表达式 |",  # a material
        "| `unique` | `[[词, …], …]` |",
    ):
        assert said in page
    silent = {
        f"{part.__name__}.{slot.key}"
        for _, part in keys.parts()
        for slot in slots(part)
        if not keys.shape(slot)
        and not part.__name__.startswith("Recipe")  # recipes take expressions
    }
    values = {"Field.default", "Parameter.default", "PolicyRow.value"}
    assert silent == {"Object.use"} | values  # their meaning says it


def test_screens_of_administrators_are_shown_with_what_they_grant():
    screens.load()
    granted = {
        name: {
            method._permission_name
            for method in map(partial(getattr, cls), dir(cls))
            if hasattr(method, "_permission_name")
        }
        for name, cls in screens.SCREENS.items()
        if name not in vocabulary.SCREENS
    }
    assert {name: set(can) for name, (can, _) in vocabulary.RUNTIME.items()} == granted


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("notify", "effect notify"),
        ("workdays_between", "function workdays_between"),
        ("issued", "screen issued"),
        ("state", "name state"),
        ("seal", "{{ seal }}"),
        ("org_owned", "mixins: [org_owned]"),
        ("change", "use: [change: {…}], with"),
        ("purpose", "dictionary purpose"),
        ("booking.guests", "list booking.guests  来宾"),
        ("booking.plan", "material booking.plan  会议方案"),
        ("booking.decide", "beside: [material.plan]"),
        ("booking.recall", "action booking.recall  撤回"),
        ("accounts", "screen runtime.accounts"),
        ("runtime.outbox", "can grant: view, resend"),
        ("countersign", "key countersign of Step"),
        ("step", "  within         2 workdays："),
        ("permit", "binds room, note, guests"),
        ("longest", "called as policy.longest(用途)"),
    ],
)
def test_explain_knows_the_words_and_what_is_declared(tmp_path, capsys, name, said):
    assert main(["--root", str(make(tmp_path)), "explain", name]) == 0
    assert said in capsys.readouterr().out
