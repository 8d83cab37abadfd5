"""BM19B: policies change from a day on, with their source, and never backwards."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.audit import history
from app.core.db.database import session, unit_of_work
from app.core.declare import Policy, registry
from app.core.records import service as records
from app.core.reference import policies, policy_edits, policy_versions, reference_data
from app.core.reference.policies import PolicyVersion
from tests.app.security.people import Statements
from tests.harness.people import Browserlike

pytestmark = pytest.mark.functions("BM19B")

TABLE = "trip_days"  # days by number of countries
SINGLE = "group_size"
DATED = "plan_open"
EDITOR = "fao_division_head"
SOURCE = "市委外办〔2026〕12号"


@pytest.fixture
def editor(client_for: Callable[..., Browserlike]) -> Browserlike:
    return client_for(EDITOR)


def form(name: str, **changes: Any) -> dict[str, Any]:
    session.remove()
    return {
        "seen": policy_edits.stamp(name),
        "valid_from": clock.today().isoformat(),
        "level": "warning",
        "source": SOURCE,
        "value": "8",
        **changes,
    }


def own(name: str) -> list[PolicyVersion]:
    session.remove()
    query = select(PolicyVersion).where(
        PolicyVersion.policy == name, PolicyVersion.shipped.is_(False)
    )
    return list(session.scalars(query.order_by(PolicyVersion.id)))


def value(name: str, *arguments: Any, on: date | None = None) -> Any:
    session.remove()
    return policies.lookup(name, arguments, on or clock.today()).value


@pytest.mark.both_databases
def test_a_version_holds_from_its_day_on_and_not_before(editor: Browserlike) -> None:
    today = clock.today()
    begins = today + timedelta(days=30)
    answer = editor.post(
        f"/BM19B/{SINGLE}/new", data=form(SINGLE, valid_from=begins.isoformat(), level="error")
    )
    assert answer.status_code == 303
    assert value(SINGLE) == 6
    assert value(SINGLE, on=begins - timedelta(days=1)) == 6
    assert value(SINGLE, on=begins) == 8
    assert policies.level_of(SINGLE, today).level == "warning"
    assert policies.level_of(SINGLE, begins).level == "error"
    page = editor.get(f"/BM19B/{SINGLE}").text
    assert "未生效" in page
    assert SOURCE in page
    assert "<strong>6 人</strong>" in page
    later = editor.get(f"/BM19B/{SINGLE}?on={begins}").text
    assert "<strong>8 人</strong>" in later
    assert '<span class="differs-text">6 人</span>' in later, "what is shipped stands beside it"
    listed = editor.get(f"/BM19B/?on={begins}").text
    assert "8 人" in listed
    assert "已调整" in listed
    assert "已调整" not in editor.get("/BM19B/").text


@pytest.mark.both_databases
def test_a_table_is_changed_line_by_line(editor: Browserlike) -> None:
    data = form(TABLE, key0=["1", "2", "其他", ""], value=["6", "9", "12", ""])
    assert editor.post(f"/BM19B/{TABLE}/new", data=data).status_code == 303
    assert [value(TABLE, n) for n in (1, 2, 7)] == [6, 9, 12]
    row = own(TABLE)[0]
    entry = history.changes_of(policy_versions.OBJECT, row.id)[0]
    assert "按出访国家数，1：6 天；2：9 天；其他：12 天" in entry.detail
    assert entry.actor_name
    assert entry.actor_name in editor.get(f"/BM19B/{TABLE}").text


@pytest.mark.both_databases
def test_versions_survive_an_upgrade_and_the_shipped_content_can_be_taken_up_again(
    editor: Browserlike,
) -> None:
    editor.post(f"/BM19B/{SINGLE}/new", data=form(SINGLE))
    assert value(SINGLE) == 8
    with acting_as(SYSTEM), unit_of_work():
        assert "政策" not in "".join(reference_data.seed())
    assert value(SINGLE) == 8
    again = editor.get(f"/BM19B/{SINGLE}/new?like=default").text
    assert 'value="6"' in again
    editor.post(f"/BM19B/{SINGLE}/new", data=form(SINGLE, value="6"))
    assert value(SINGLE) == 6
    assert len(own(SINGLE)) == 2, "nothing is overwritten"


def test_a_date_is_a_date(editor: Browserlike) -> None:
    data = form(DATED, key0=["2027", "其他"], value=["2026-10-15", "15.10.2026"])
    answer = editor.post(f"/BM19B/{DATED}/new", data=data)
    assert answer.status_code == 422
    assert "日期不正确" in answer.text
    data = form(DATED, key0=["2027", "其他"], value=["2026-10-15", "2026-10-20"])
    editor.post(f"/BM19B/{DATED}/new", data=data)
    assert value(DATED, 2027) == date(2026, 10, 15)


YESTERDAY = (date.today() - timedelta(days=2)).isoformat()


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        (SINGLE, {"valid_from": ""}, "请填写生效日期"),
        (SINGLE, {"valid_from": "2026-02-30"}, "日期不正确"),
        (SINGLE, {"valid_from": YESTERDAY}, "生效日期不能早于今天"),
        (SINGLE, {"valid_from": "9999-01-01"}, "生效日期不能晚于"),
        (SINGLE, {"level": "whatever"}, "请选择不符合时如何办理"),
        (SINGLE, {"source": " "}, "请写明依据"),
        (SINGLE, {"source": "文" * 501}, "不能超过 500 个字，现有 501 个"),
        (SINGLE, {"value": ""}, "请填写数值"),
        (SINGLE, {"value": "六"}, "请填写整数"),
        (SINGLE, {"value": "6.5"}, "请填写整数"),
        (SINGLE, {"value": "9" * 30}, "数值太大"),
        (TABLE, {"key0": ["1", "1"], "value": ["5", "6"]}, "“1”重复"),
        (TABLE, {"key0": ["", "1"], "value": ["5", "6"]}, "请填写出访国家数，其余情况写“其他”"),
        (TABLE, {"key0": [], "value": []}, "请至少填写一行"),
        (TABLE, {"key0": [str(n) for n in range(61)], "value": ["1"] * 61}, "不能超过 60 行"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_is_kept(
    editor: Browserlike, name: str, changes: dict[str, Any], said: str
) -> None:
    answer = editor.post(f"/BM19B/{name}/new", data=form(name, **changes))
    assert answer.status_code == 422
    assert said in answer.text
    if "source" not in changes:
        assert SOURCE in answer.text
    for text in changes.get("value", []) if isinstance(changes.get("value"), list) else ():
        assert f'value="{text}"' in answer.text
    assert own(name) == []


@pytest.fixture
def coded(monkeypatch: pytest.MonkeyPatch) -> str:
    """A policy whose table is asked about codes of a dictionary."""
    coded = Policy(
        name="by_flag", title="按是否", returns="integer", by=("是否",), codes="flag", unit="天"
    )
    monkeypatch.setitem(registry.registry().policies, coded.name, coded)
    return coded.name


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (["是", "否"], "没有规定：待核实；请补上，或加一行“其他”"),
        (["是", "火星", "其他"], "是否没有“火星”这一项"),
        (["是", "yes", "其他"], "“yes”重复"),
    ],
)
def test_a_table_speaks_of_every_code_and_of_no_other(
    editor: Browserlike, coded: str, keys: list[str], said: str
) -> None:
    data = form(coded, key0=keys, value=["1"] * len(keys))
    answer = editor.post(f"/BM19B/{coded}/new", data=data)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="是"' in answer.text
    assert own(coded) == []


@pytest.mark.parametrize("keys", [["是", "否", "待核实"], ["是", "其他"], ["yes", "*"]])
def test_codes_are_written_by_their_titles_and_kept_as_codes(
    editor: Browserlike, coded: str, keys: list[str]
) -> None:
    data = form(coded, key0=keys, value=["1", *["2"] * (len(keys) - 1)])
    assert editor.post(f"/BM19B/{coded}/new", data=data).status_code == 303
    assert (value(coded, "yes"), value(coded, "unknown")) == (1, 2)
    assert "按是否，是：1 天；" in editor.get(f"/BM19B/{coded}").text
    assert 'name="key0" value="是"' in editor.get(f"/BM19B/{coded}/new").text


def test_an_entry_added_later_is_said_to_be_unregulated(
    editor: Browserlike, coded: str, client_for: Callable[..., Browserlike]
) -> None:
    admin = client_for("system_admin")
    codes = {"key0": ["是", "否", "待核实"], "value": ["1", "2", "3"]}
    assert editor.post(f"/BM19B/{coded}/new", data=form(coded, **codes)).status_code == 303
    assert "没有规定" not in editor.get(f"/BM19B/{coded}").text
    entry = {"code": "later", "title": "以后再定"}
    assert admin.post("/BM26/flag/new", data=entry).status_code == 303
    assert "政策参数“按是否”没有规定“以后再定”" in admin.get("/BM26/flag").text
    for address in ("/BM19B/", f"/BM19B/{coded}"):
        text = editor.get(address).text
        assert "没有规定" in text and "以后再定" in text, address
    wide = form(coded, key0=["是", "其他"], value=["1", "2"])
    assert editor.post(f"/BM19B/{coded}/new", data=wide).status_code == 303
    assert "没有规定" not in editor.get(f"/BM19B/{coded}").text
    answer = admin.post("/BM26/flag/new", data={"code": "last", "title": "最后一项"})
    assert answer.status_code == 303
    assert "没有规定" not in admin.get("/BM26/flag").text


def test_two_who_add_a_version_at_once_hear_of_each_other(editor: Browserlike) -> None:
    first = form(SINGLE)
    second = dict(first, value="9")
    assert editor.post(f"/BM19B/{SINGLE}/new", data=first).status_code == 303
    late = editor.post(f"/BM19B/{SINGLE}/new", data=second)
    assert late.status_code == 409
    assert "刚被别人增加了版本" in late.text
    assert "现行规定：8 人" in late.text
    assert 'value="9"' in late.text
    assert [row.content for row in own(SINGLE)] == ['{"value": 8}']
    assert editor.post(f"/BM19B/{SINGLE}/new", data=first).status_code == 409, "sent twice"


@pytest.mark.both_databases
def test_only_a_version_that_has_not_begun_is_taken_back(editor: Browserlike) -> None:
    begins = clock.today() + timedelta(days=5)
    editor.post(f"/BM19B/{SINGLE}/new", data=form(SINGLE))
    editor.post(f"/BM19B/{SINGLE}/new", data=form(SINGLE, valid_from=begins, value="9"))
    running, coming = own(SINGLE)
    answer = editor.post(f"/BM19B/{SINGLE}/{running.id}/withdraw", follow_redirects=True)
    assert "已经生效的版本不能撤销" in answer.text
    answer = editor.post(f"/BM19B/{SINGLE}/{coming.id}/withdraw", follow_redirects=True)
    assert "已撤销" in answer.text
    assert value(SINGLE, on=begins) == 8
    answer = editor.post(f"/BM19B/{SINGLE}/{coming.id}/withdraw", follow_redirects=True)
    assert "这个版本已经撤销" in answer.text
    shipped = session.scalars(
        select(PolicyVersion.id).where(PolicyVersion.policy == SINGLE, PolicyVersion.shipped)
    ).first()
    answer = editor.post(f"/BM19B/{SINGLE}/{shipped}/withdraw", follow_redirects=True)
    assert "系统预置的版本不能撤销" in answer.text
    assert editor.post(f"/BM19B/{TABLE}/{coming.id}/withdraw").status_code == 404


def test_more_lines_come_without_losing_what_was_typed(editor: Browserlike) -> None:
    data = form(TABLE, key0=["1", "2"], value=["六", "9"], more="1")
    page = editor.post(f"/BM19B/{TABLE}/new", data=data)
    assert page.status_code == 200
    assert 'value="六"' in page.text
    assert page.text.count('name="key0"') == 7
    assert own(TABLE) == []


def test_the_setting_decides_whether_a_rule_refuses_or_warns(
    app: Flask, editor: Browserlike
) -> None:
    obj = registry.object("delegation")

    def level() -> str:
        session.remove()
        members = [{"post": str(n)} for n in range(7)]
        with acting_as(SYSTEM):
            raw = {"members": members, "nature": "controlled", "kind": "own"}
            faults = records.check(obj, None, raw, complete=True)
        rule = next(rule for rule in obj.rules if rule.policy == SINGLE)
        return next(f.level for f in faults if f.path.startswith(rule.at) and f.source)

    assert level() == "warning"
    editor.post(f"/BM19B/{SINGLE}/new", data=form(SINGLE, level="error", value="6"))
    assert level() == "error"


def test_each_operation_needs_its_grant(client_for: Callable[..., Browserlike]) -> None:
    reader, stranger = client_for("fao_handler"), client_for("auditor")
    page = reader.get(f"/BM19B/{SINGLE}")
    assert page.status_code == 200
    assert "新增版本</a>" not in page.text
    for client in (reader, stranger):
        assert client.get(f"/BM19B/{SINGLE}/new").status_code == 403
        assert client.post(f"/BM19B/{SINGLE}/new", data=form(SINGLE)).status_code == 403
        assert client.post(f"/BM19B/{SINGLE}/1/withdraw").status_code == 403
    for path in ("/BM19B/", f"/BM19B/{SINGLE}"):
        assert stranger.get(path).status_code == 403
    assert own(SINGLE) == []


@pytest.mark.parametrize("path", ["/BM19B/nothing", "/BM19B/nothing/new"])
def test_an_unknown_policy_is_said_to_be_unknown(editor: Browserlike, path: str) -> None:
    answer = editor.get(path)
    assert answer.status_code == 404
    assert "没有这项政策参数" in answer.text


def test_a_day_that_is_none_is_said_and_today_shown(editor: Browserlike) -> None:
    for path in ("/BM19B/?on=never", f"/BM19B/{SINGLE}?on=2026-02-30"):
        page = editor.get(path)
        assert page.status_code == 200
        assert "不是日期" in page.text


def test_a_page_costs_the_same_for_many_versions(app: Flask, editor: Browserlike) -> None:
    def cost(path: str) -> int:
        editor.get(path)
        with Statements(app) as ran:
            assert editor.get(path).status_code == 200
        return len(ran)

    paths = ("/BM19B/", f"/BM19B/{SINGLE}", f"/BM19B/{SINGLE}/new")
    few = [cost(path) for path in paths]
    for n in range(12):
        editor.post(f"/BM19B/{SINGLE}/new", data=form(SINGLE, value=str(n)))
    assert [cost(path) for path in paths] == few
    assert max(few) <= 8


def test_a_slip_on_the_way_does_not_hide_what_another_person_saved(editor: Browserlike) -> None:
    def seen_of(page: str) -> str:
        return re.search(r'name="seen" value="(\d+)"', page)[1]

    address = f"/BM19B/{SINGLE}/new"
    seen = seen_of(editor.get(address).text)
    assert editor.post(address, data=form(SINGLE, seen=seen, value="7")).status_code == 303
    slip = editor.post(address, data=form(SINGLE, seen=seen, source="长" * 501))
    assert slip.status_code == 422
    more = editor.post(address, data=form(SINGLE, seen=seen_of(slip.text), more="1"))
    late = editor.post(address, data=form(SINGLE, seen=seen_of(more.text)))
    assert late.status_code == 409
    assert len(own(SINGLE)) == 1
    assert editor.post(address, data=form(SINGLE, seen=seen_of(late.text))).status_code == 303


def test_rows_that_are_too_long_or_too_many_are_told_and_never_cut(editor: Browserlike) -> None:
    for name, typed, said in (
        (SINGLE, {"value": "0" * 400 + "5"}, "不能超过 200 个字，现有 401 个"),
        (TABLE, {"key0": "长" * 301, "value": "8"}, "长" * 301),
        (TABLE, {"key0": [""] * 85 + ["1"], "value": [""] * 85 + ["x"]}, "请填写整数"),
        (TABLE, {"key0": [str(n) for n in range(90)], "value": ["8"] * 90}, "不能超过 60 行"),
    ):
        answer = editor.post(f"/BM19B/{name}/new", data=form(name, **typed))
        assert answer.status_code == 422, typed
        assert said in answer.text, typed
        assert own(name) == []
