"""What was changed on screen stays through a release, the rest follows it, and screens tell both."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.core.declare import Input, Policy, PolicyRow, registry
from app.core.reference import (
    calendar_edits,
    dictionaries,
    dictionary_entries,
    policies,
    policy_edits,
    reference_data,
    workdays,
)
from app.messaging import wording
from app.security import roles
from app.upgrade import ship
from tests.harness.people import Browserlike

Put = Callable[[dict[str, Any], str, Any], None]
Check = Callable[[], None]


class Office:
    """The product with people who change it, and the releases that follow."""

    def __init__(self, client_for: Callable[..., Browserlike], put: Put, folder: Path) -> None:
        self.sign_in = client_for
        self.put = put
        self.folder = folder

    def upgrade(self) -> list[str]:
        """Do what an upgrade does about the defaults of the release that is declared now."""
        with acting_as(SYSTEM), unit_of_work():
            done = ship(session.connection())
        session.remove()
        dictionaries.refresh()
        return done


@pytest.fixture
def office(
    app: Flask,
    client_for: Callable[..., Browserlike],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Office:
    folder = tmp_path / "reference"
    shutil.copytree(reference_data.FOLDER, folder)
    monkeypatch.setattr(reference_data, "FOLDER", folder)
    return Office(client_for, monkeypatch.setitem, folder)


def of_roles(office: Office) -> Iterator[Check | None]:
    """Title and grants of a role; its purpose and other roles follow."""
    admin = office.sign_in("security_admin")
    declared, functions = registry.registry().roles, registry.registry().functions
    name, other = "fao_reception", "document_clerk"

    def role(wanted: str) -> roles.RoleProfile:
        session.expire_all()
        return next(one for one in roles.all_roles() if one.role.name == wanted)

    changed = role(name)
    pk, gone = changed.id, sorted(roles.pairs_of(changed))[0]
    page = f"/{_screen('runtime.roles')}/{pk}"
    form = {"title": "窗口岗", "reach": changed.reach, "face": changed.face}
    admin.post(f"{page}/edit", data={**form, "purpose": changed.purpose})
    rest = [f"{f}.{o}" for f, o in roles.pairs_of(changed) if (f, o) != gone]
    admin.post(f"{page}/grants", data={"grant": rest})
    yield None
    office.put(declared, name, replace(declared[name], title="预审岗", purpose="新的用途"))
    excludes = ("auditor",)
    office.put(declared, other, replace(declared[other], title="文书岗", excludes=excludes))
    more = functions["BM26"]
    grants = (*more.grants, (name, ("view",)), (other, ("view",)))
    office.put(functions, "BM26", replace(more, grants=grants))

    def check() -> None:
        kept, followed = role(name), role(other)
        assert kept.title == "窗口岗"
        assert gone not in roles.pairs_of(kept)
        assert kept.purpose == "新的用途"
        assert (followed.title, followed.excluded) == ("文书岗", {"auditor"})
        for one in (kept, followed):
            assert ("BM26", "view") in roles.pairs_of(one)
        assert not roles.difference(followed)
        text = admin.get(page).text
        assert "名称由“预审岗”改为“窗口岗”" in text
        assert "收回" in text

    yield check


def of_dictionaries(office: Office) -> Iterator[Check | None]:
    """Title, parent and state of an entry; attributes, order and other entries follow."""
    admin = office.sign_in("system_admin")
    declared = registry.registry().dictionaries
    name = "rank"
    first, second, third, *rest = declared[name].entries
    second = replace(second, parent=third.code)  # a tree: a flat list offers nothing to stand under
    office.put(declared, name, replace(declared[name], entries=(first, second, third, *rest)))
    office.upgrade()
    path = f"/{_screen('runtime.dictionaries')}/{name}"

    def row(code: str) -> dictionaries.DictionaryEntry:
        session.expire_all()
        found = dictionary_entries.by_code(name, code)
        assert found is not None
        return found

    pk, seen = row(first.code).id, dictionary_entries.stamp(row(first.code))
    form = {"title": "自定", "parent": third.code, "seen": seen}
    assert admin.post(f"{path}/{pk}/edit", data=form).status_code == 303
    admin.post(f"{path}/new", data={"code": "guest", "title": "特邀", "like": first.code})
    admin.post(f"{path}/{row(third.code).id}/disable")
    yield None
    released = (
        replace(second, title="次", parent=third.code, attributes={"level": 99}),
        replace(first, title="新默认", parent=second.code),
        replace(third, title="三", code="brand_new"),
        third,
        *rest,
    )
    office.put(declared, name, replace(declared[name], entries=released))

    def check() -> None:
        assert (row(first.code).title, row(first.code).parent) == ("自定", third.code)
        assert row(third.code).disabled
        assert (row(second.code).title, row(second.code).parent) == ("次", third.code)
        item = dictionaries.find(name, second.code)
        assert item is not None
        assert item.attributes == {"level": 99}
        listed = [one.code for one in dictionaries.all_entries(name)]
        assert listed == [*(one.code for one in released), "guest"]
        text = admin.get(f"{path}/{pk}").text
        assert "名称默认为“新默认”；上级默认为“次”" in text
        text = admin.get(f"{path}?under={third.code}").text
        assert "名称默认为“新默认”；上级默认为“次”" in text
        assert "，与默认不同 2" in text
        assert not dictionary_entries.line_of(row(second.code)).differences

    yield check


def of_order(office: Office) -> Iterator[Check | None]:
    """The order of a dictionary in which somebody moved an entry."""
    admin = office.sign_in("system_admin")
    declared = registry.registry().dictionaries
    name = "rank"
    path = f"/{_screen('runtime.dictionaries')}/{name}"
    codes = [one.code for one in declared[name].entries]
    moved = dictionary_entries.by_code(name, codes[1])
    assert moved is not None
    assert "顺序与默认不同" not in admin.get(path).text
    admin.post(f"{path}/{moved.id}/move/up")
    yield None
    *rest, last = declared[name].entries
    turned = (replace(last, title="末项"), *reversed(rest))
    office.put(declared, name, replace(declared[name], entries=turned))

    def check() -> None:
        listed = [one.code for one in dictionaries.all_entries(name)]
        assert listed == [codes[1], codes[0], *codes[2:]]
        assert dictionaries.title(name, codes[-1]) == "末项"
        assert "顺序与默认不同" in admin.get(path).text
        admin.post(f"{path}/order")
        dictionaries.refresh()
        assert [one.code for one in dictionaries.all_entries(name)] == codes[::-1]
        assert "顺序与默认不同" not in admin.get(path).text

    yield check


def of_messages(office: Office) -> Iterator[Check | None]:
    """The words of one message and the ways of another; what was not touched of both follows."""
    admin = office.sign_in("system_admin")
    declared = registry.registry().messages
    worded, sent, other = "liaison.opened", "liaison.sent_back", "liaison.rejected"
    path = f"/{_screen('runtime.message_templates')}"
    admin.post(
        f"{path}/{worded}/save", data={"text": "已开通", "sms": "1", "inbox": "1", "seen": "0"}
    )
    admin.post(
        f"{path}/{sent}/save",
        data={"text": declared[sent].text, "inbox": "1", "reason": "少打扰", "seen": "0"},
    )
    yield None
    for name in (worded, sent, other):
        office.put(declared, name, replace(declared[name], text="新默认：{name}", inbox=False))

    def check() -> None:
        def held(name: str) -> tuple[str, bool, bool]:
            now = wording.wording_of(declared[name])
            return now.text, now.sms, now.inbox

        assert held(worded) == ("已开通", True, False)
        assert held(other) == ("新默认：{name}", True, False)
        assert held(sent)[1:] == (False, True), "a message goes some way"
        assert held(sent)[0] == "新默认：{name}"
        page = admin.get(f"{path}/{worded}").text
        assert "系统默认内容在本模板修改之后有更新，现为：新默认：" in page
        assert "系统默认：短信" in admin.get(f"{path}/{sent}").text
        assert "默认内容已更新" in admin.get(path, follow_redirects=True).text

    yield check


def _policy(office: Office, name: str, rows: dict[str, Any], other: str, **now: Any) -> Any:
    """Change a policy, correct the shipped row of it and of another one; return what to check by."""
    admin = office.sign_in("fao_division_head")
    declared = registry.registry().policies
    path = f"/{_screen('runtime.policies')}/{name}"
    form = {"seen": policy_edits.stamp(name), "valid_from": clock.today().isoformat()}
    form |= {"level": declared[name].level, "source": "本办规定", **rows}
    assert admin.post(f"{path}/new", data=form).status_code == 303
    yield None
    for one in (name, other):
        row = replace(declared[one].rows[-1], **now)
        office.put(declared, one, replace(declared[one], rows=(*declared[one].rows[:-1], row)))
    yield admin.get, path


def of_thresholds(office: Office) -> Iterator[Check | None]:
    """One number; another number follows."""
    later = {
        "value": 11,
        "valid_from": clock.today().isoformat(),
    }  # a further row, not a correction
    steps = _policy(office, "group_size", {"value": "8"}, "trip_countries", **later)
    yield next(steps)
    get, path = next(steps)

    def check() -> None:
        assert policies.lookup("group_size", (), clock.today()).value == 8
        assert policies.lookup("trip_countries", (), clock.today()).value == 11
        text = get(path).text
        assert "与系统默认不同" in text
        assert '<span class="differs-text">11 人</span>' in text
        assert "默认有更新" in get(f"/{_screen('runtime.policies')}/").text

    yield check


def of_tables(office: Office) -> Iterator[Check | None]:
    """A table of numbers."""
    form = {"key0": ["1", "其他"], "value": ["4", "9"]}
    table = {"1": 15, "*": 16}
    steps = _policy(office, "trip_days", form, "lead_time", table=table)
    yield next(steps)
    get, path = next(steps)

    def check() -> None:
        assert policies.lookup("trip_days", (1,), clock.today()).value == 4
        assert policies.lookup("lead_time", (1,), clock.today()).value == 15
        assert '<span class="differs-text">15 天</span>' in get(path).text

    yield check


def of_decisions(office: Office) -> Iterator[Check | None]:
    """A decision table."""
    lines = (("< 10", "1"), (">= 10", "2"))
    row = PolicyRow(valid_from="2026-01-01", source="示例", profile="", lines=lines)
    takes = (Input(name="n", title="人数", kind="integer"),)
    for name in ("one_way", "another_way"):
        decision = Policy(
            name=name, title=name, returns="dict", of="sex", by=("人数",), takes=takes, rows=(row,)
        )
        office.put(registry.registry().policies, name, decision)
    assert "新增政策 2 条" in office.upgrade()
    form = {"key0": ["< 20", ">= 20"], "value": ["1", "2"]}
    now = (("< 10", "2"), (">= 10", "1"))
    steps = _policy(office, "one_way", form, "another_way", lines=now)
    yield next(steps)
    get, path = next(steps)

    def check() -> None:
        assert policies.lookup("one_way", (15,), clock.today()).value == "1"
        assert policies.lookup("another_way", (15,), clock.today()).value == "1"
        assert policies.lookup("another_way", (5,), clock.today()).value == "2"
        text = get(path).text
        assert "系统默认在 2026-01-01 起有更新" in text
        assert "没有这一行" in text

    yield check


def of_workdays(office: Office) -> Iterator[Check | None]:
    """Days of which the office said something; other days of the same year follow."""
    admin = office.sign_in("system_admin")
    path = f"/{_screen('runtime.workdays')}"
    kept, dropped = date(2026, 10, 1), date(2026, 10, 2)
    seen = calendar_edits.stamp(calendar_edits.one(kept))
    admin.post(f"{path}/{kept}/edit", data={"works": "1", "title": "值班", "seen": seen})
    yield None
    file = office.folder / "workdays.csv"
    text = file.read_text(encoding="utf-8").replace("10-01,0,国庆节", "10-01,0,新国庆")
    text = text.replace("10-05,0,国庆节", "10-05,1,调休上班")
    gone = next(line for line in text.splitlines() if line.startswith(str(dropped)))
    file.write_text(text.replace(f"{gone}\n", ""), encoding="utf-8")

    def check() -> None:
        assert workdays.is_workday(kept)
        assert workdays.is_workday(dropped), "a Friday of which nothing is said any more"
        assert calendar_edits.one(date(2026, 10, 5)).title == "调休上班"
        assert workdays.is_workday(date(2026, 10, 5))
        assert calendar_edits.one(date(2025, 10, 1)).special
        page = admin.get(f"{path}/{kept}").text
        assert "本单位调整" in page
        assert "系统默认：休息，新国庆" in page

    yield check


KINDS = (
    of_roles, of_dictionaries, of_order, of_messages, of_thresholds, of_tables, of_decisions,
    of_workdays,
)  # fmt: skip


def _screen(name: str) -> str:
    return next(one.id for one in registry.registry().functions.values() if one.screen == name)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_change_on_screen_stays_and_what_nobody_changed_follows(
    office: Office, kind: Callable[[Office], Iterator[Check | None]]
) -> None:
    steps = kind(office)
    next(steps)  # it is changed on screen
    assert office.upgrade() == [], "the same release again changes nothing"
    check = next(steps)  # another release is declared
    assert check is not None
    assert office.upgrade()
    assert office.upgrade() == []
    check()
