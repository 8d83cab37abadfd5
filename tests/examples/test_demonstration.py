"""Demonstration records that refer to an abstract object: whichever record extends it, found and stored as such."""

import pytest
from sqlalchemy import select

from app.core.access.actor import SYSTEM, acting_as
from app.core.db import abstract_views
from app.core.db.database import elevated, session
from app.core.declare import registry
from app.demo.closures import Wrong
from app.demo.load import load

WORDS = """
newcomer: clerk
clerk: office
people:
  - {username: office, name: 经办人, roles: [officer], post: 经办}
  - {username: apart, name: 专办员, roles: [clerk], post: 专办}
"""
LIFE = "life: {start: '=date(2026, 1, 5)', by: office, ends: {stored: 1}}"
PASSPORTS = f"""
object: passport
size: {{small: 3, city: 3}}
values:
  unit: "=some('bureau')"
  number: "=['E12345670', 'E12345671', 'E12345672'][index]"
  holder: "=['甲', '乙', '丙'][index]"
  kind: "=weighted({{'service': 1}})"
  valid_until: "=date(2035, 1, 1)"
{LIFE}
"""
PASSES = f"""
object: travel_pass
size: {{small: 2, city: 2}}
values:
  unit: "=some('bureau')"
  number: "=['C00000001', 'C00000002'][index]"
  holder: "=['丁', '戊'][index]"
  valid_until: "=date(2035, 1, 1)"
{LIFE}
"""
CHECKS = """
object: paper_check
for: paper
where: "=owner.state == 'stored'"
values:
  paper: "=owner"
  checked_on: "=date(2026, 6, 1)"
  sound: "=some('paper', number=owner.number).variant in ('passport', 'travel_pass')"
"""


@pytest.fixture
def recipes(tmp_path):
    folder = tmp_path / "demo"
    folder.mkdir()
    parts = {"00_words": WORDS, "10_passport": PASSPORTS, "11_pass": PASSES, "20_check": CHECKS}
    for name, text in parts.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return folder


def test_a_reference_to_an_abstract_object_is_stored_whole(world, recipes):
    made = load(session.get_bind(), "small", recipes)
    session.remove()
    assert (made["passport"], made["travel_pass"], made["paper_check"]) == (3, 2, 5)
    with acting_as(SYSTEM), elevated():
        checks = session.scalars(select(registry.object("paper_check").model)).all()
        seen = {}
        for check in checks:
            own, pk = abstract_views.concrete(registry.object("paper"), check.paper_id)
            key = abstract_views.key_of(type(check), "paper", own)
            assert getattr(check, key) == pk
            assert (
                sum(getattr(check, name) is not None for name in abstract_views.keys(type(check)))
                == 1
            )
            assert check.paper.number == check.number == session.get(own.model, pk).number
            assert check.sound
            seen.setdefault(own.name, set()).add(check.paper.holder)
    session.remove()
    assert seen == {"passport": {"甲", "乙", "丙"}, "travel_pass": {"丁", "戊"}}


def test_a_recipe_of_an_abstract_object_is_refused_by_name(world, recipes):
    (recipes / "30_paper.yaml").write_text("object: paper\nsize: {small: 1}\n", "utf-8")
    with pytest.raises(Wrong, match=r"'paper' has no table; write recipes of .*passport"):
        load(session.get_bind(), "small", recipes)
