"""The words that the reference shows are those that the checks know."""

import pytest

from generator import templates, vocabulary
from generator.check.effects import EFFECTS
from generator.cli import main
from generator.emit.screens import BASES
from generator.expression.functions import FUNCTIONS
from generator.manual import language
from generator.world import ACTIONS_OF_SCREEN
from tests.generator.projects import make


def test_every_word_is_shown_and_no_other():
    assert set(vocabulary.FUNCTIONS) == set(FUNCTIONS)
    assert set(vocabulary.EFFECTS) == set(EFFECTS)
    assert set(vocabulary.SCREENS) == set(ACTIONS_OF_SCREEN)
    assert set(BASES) <= set(vocabulary.SCREENS)
    assert set(vocabulary.TEMPLATE) == set(templates.KNOWN)
    assert set(vocabulary.FILTERS) == set(templates.FILTERS)


def test_the_reference_names_the_words_that_a_key_takes():
    page = language.render()["docs/reference/language.md"]
    assert "| `face` * | 属于申请人一侧，还是办理机关一侧。（`portal`、`office`） |" in page
    assert "（`all`、`any`）" in page  # one of several kinds of value


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
        ("permit", "binds room, note, guests"),
        ("longest", "called as policy.longest(用途)"),
    ],
)
def test_explain_knows_the_words_and_what_is_declared(tmp_path, capsys, name, said):
    assert main(["--root", str(make(tmp_path)), "explain", name]) == 0
    assert said in capsys.readouterr().out
