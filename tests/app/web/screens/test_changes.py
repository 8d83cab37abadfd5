"""BM19A: the history tells who changed what, and tells when somebody has tampered with it."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import delete, func, insert, select, update

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.audit import history, verification
from app.core.audit.history import Change
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.jobs import outbox
from app.messaging import templates
from app.upgrade import upgrade
from tests.app.security.people import Statements
from tests.harness.people import Browserlike, open_person, organisation

pytestmark = pytest.mark.functions("BM19A")

AUDITOR = "auditor"
UNIT = registry.project().organisation


@pytest.fixture
def auditor(client_for: Callable[..., Browserlike]) -> Browserlike:
    return client_for(AUDITOR)


def rename(pk: int, name: str) -> None:
    model: Any = registry.object(UNIT).model
    with acting_as(SYSTEM), elevated(), unit_of_work():
        session.get(model, pk).name = name
    session.remove()


def entries_of(pk: int) -> list[Change]:
    session.remove()
    return history.changes_of(UNIT, pk)


def rows_of(page: str) -> int:
    _, found, table = page.partition("changes-list")
    return table.split("<tbody>")[1].split("</tbody>")[0].count("<tr>") if found else 0


@pytest.mark.both_databases
def test_it_tells_who_changed_which_field_from_what_to_what(
    app: Flask, auditor: Browserlike, as_actor: Callable[..., Any]
) -> None:
    pk = organisation(name="东湖示例集团").id
    model: Any = registry.object(UNIT).model
    with as_actor("system_admin", function="BM26", name="周管"), elevated(), unit_of_work():
        session.get(model, pk).name = "东湖示例控股集团"
    page = auditor.get(f"/BM19A/?object={UNIT}&record={pk}").text
    assert "<del>东湖示例集团</del>" in page
    assert "<ins>东湖示例控股集团</ins>" in page
    assert "周管" in page
    assert "数据字典" in page, "the function in which it was done"
    assert rows_of(page) == 2


def test_the_way_that_a_message_goes_is_told_like_its_words(
    app: Flask, auditor: Browserlike, as_actor: Callable[..., Any]
) -> None:
    message = next(iter(registry.registry().messages.values()))
    with as_actor("system_admin"), elevated(), unit_of_work():
        templates.save(message, message.text, sms=not message.sms, inbox=True, reason="短信太多")
    page = auditor.get(f"/BM19A/?object={templates.OBJECT}").text
    assert rows_of(page) == 1
    told = re.sub(r"<[^>]+>|\s+", " ", page.partition("changes-list")[2])
    assert message.title in told and "发短信" in told
    assert "<del>是</del>" in page and "<ins>否</ins>" in page
    assert "关闭原因" in told and "短信太多" in told


@pytest.mark.both_databases
def test_it_tells_who_looked_at_the_telephone_of_an_account(
    auditor: Browserlike, client_for: Callable[..., Browserlike]
) -> None:
    looked_at = open_person("auditor")
    assert client_for("system_admin").get(f"/BM02/{looked_at}").status_code == 200
    page = auditor.get("/BM19A/?object=account")
    assert page.status_code == 200
    assert "联系电话" in page.text


@pytest.mark.musts("BM19.2")
def test_it_is_narrowed_by_what_people_remember(auditor: Browserlike) -> None:
    first, second = organisation(name="甲示例单位").id, organisation(name="乙示例单位").id
    rename(first, "丙示例单位")
    base = f"/BM19A/?object={UNIT}"
    assert rows_of(auditor.get(base).text) >= 3
    assert rows_of(auditor.get(f"{base}&record={second}").text) == 1
    assert rows_of(auditor.get(f"{base}&q=丙示例单位").text) == 1
    assert rows_of(auditor.get(f"{base}&q=%25").text) == 0, "a sign of the database is only a sign"
    assert rows_of(auditor.get(f"{base}&who=没有这个人").text) == 0
    today = clock.today()
    assert rows_of(auditor.get(f"{base}&since={today}&until={today}").text) >= 3
    assert rows_of(auditor.get(f"{base}&until={today - timedelta(days=1)}").text) == 0
    assert rows_of(auditor.get(f"{base}&tab=steps").text) == 0
    assert rows_of(auditor.get(f"{base}&tab=fields").text) == 1
    assert rows_of(auditor.get(f"{base}&tab=made").text) >= 2


def test_what_cannot_be_asked_is_said_and_left_out(auditor: Browserlike) -> None:
    page = auditor.get("/BM19A/?since=2026-13-01&object=nothing&before=x&record=-1&tab=no")
    assert page.status_code == 200
    assert "开始日期“2026-13-01”" in page.text
    assert "业务“nothing”" in page.text
    page = auditor.get("/BM19A/?since=2026-02-01&until=2026-01-01")
    assert "结束日期早于开始日期" in page.text


def many(number: int) -> None:
    with acting_as(SYSTEM), unit_of_work():
        for n in range(number):
            history.note("account", 10_000 + n, "open", {"closed_at": ["-", None]})


@pytest.mark.both_databases
def test_older_entries_follow_page_by_page_without_a_gap(auditor: Browserlike) -> None:
    many(45)
    seen: list[str] = []
    path = "/BM19A/?object=account&tab=rights"
    for _ in range(6):
        page = auditor.get(path).text
        seen += [part.split("&amp;")[0] for part in page.split("record=")[1:]]
        if 'rel="next"' not in page:
            break
        path = "/BM19A/" + page.split('<a href="?')[-1].split('"')[0].join(["?", ""]).replace(
            "&amp;", "&"
        )
    assert (
        len(set(seen))
        == len(seen)
        == session.scalar(
            select(func.count(Change.id)).where(Change.object == "account", Change.kind == "open")
        )
    )


def test_a_page_costs_the_same_for_many_records(app: Flask, auditor: Browserlike) -> None:
    organisation(name="一家")

    def cost() -> int:
        auditor.get(f"/BM19A/?object={UNIT}")
        with Statements(app) as ran:
            assert auditor.get(f"/BM19A/?object={UNIT}").status_code == 200
        return len(ran)

    few = cost()
    for n in range(15):
        rename(organisation(name=f"单位{n}").id, f"改名{n}")
    assert cost() == few
    assert few <= 10


def test_masked_fields_stay_masked(auditor: Browserlike) -> None:
    obj, field = next(
        (obj, field)
        for obj in registry.registry().objects.values()
        for field in obj.fields
        if field.mask and type(field.type).__name__ == "ResidentId"
    )
    with acting_as(SYSTEM), unit_of_work():
        history.note(obj.name, 1, "update", {field.name: [None, "420106199001014527"]})
    page = auditor.get(f"/BM19A/?object={obj.name}").text
    assert "420106199001014527" not in page
    assert field.title in page


def test_the_workbook_has_a_line_for_every_field(auditor: Browserlike) -> None:
    pk = organisation(name="甲示例单位").id
    rename(pk, "=HYPERLINK(1)")
    book = load_workbook(io.BytesIO(auditor.get(f"/BM19A/export?object={UNIT}&record={pk}").data))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0][:4] == ("时间", "办理人", "操作", "业务")
    changed = next(row for row in rows if row[2] == "修改")
    assert changed[6:9] == (
        registry.object(UNIT).field("name").title,
        "甲示例单位",
        "=HYPERLINK(1)",
    )
    assert all(cell.data_type != "f" for line in book.active for cell in line)


def test_too_much_for_one_workbook_is_refused_in_words(
    auditor: Browserlike, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.web.screens import changes

    many(6)
    monkeypatch.setattr(changes, "MOST", 5)
    answer = auditor.get("/BM19A/export?object=account")
    assert answer.status_code == 409
    assert "请缩小时间范围" in answer.text


def test_a_workbook_of_several_batches_is_whole(
    auditor: Browserlike, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.web.screens import changes

    many(25)
    monkeypatch.setattr(changes, "BATCH", 10)
    book = load_workbook(io.BytesIO(auditor.get("/BM19A/export?object=account&tab=rights").data))
    numbers = [row[5] for row in book.active.iter_rows(min_row=2, values_only=True)]
    assert {10_000 + n for n in range(25)} <= set(numbers)
    assert len(numbers) == len(set(numbers))


# -- whole or not ----------------------------------------------------------------------------------------


def verified(auditor: Browserlike) -> str:
    answer = auditor.post("/BM19A/verify")
    assert answer.status_code == 303
    return auditor.get("/BM19A/verify").text


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("tamper", "where"),
    [
        (
            lambda rows: update(Change).where(Change.id == rows[1].id).values(actor_name="别人"),
            (2, "内容与校验值不符"),
        ),
        (
            lambda rows: update(Change).where(Change.id == rows[0].id).values(detail="{}"),
            (1, "内容与校验值不符"),
        ),
        (lambda rows: delete(Change).where(Change.id == rows[1].id), (3, "缺少第 2 条")),
        (
            lambda rows: insert(Change).values(
                object=UNIT, record_id=rows[0].record_id, seq=4, at=rows[2].at, kind="update",
                detail="{}", mac="0" * 64,
            ),
            (4, "内容与校验值不符"),
        ),
    ],
)  # fmt: skip
def test_whatever_is_done_behind_its_back_is_found_and_located(
    auditor: Browserlike, tamper: Callable[[list[Change]], Any], where: tuple[int, str]
) -> None:
    pk = organisation(name="甲示例单位").id
    rename(pk, "乙示例单位")
    rename(pk, "丙示例单位")
    assert "全部完好" in verified(auditor)
    statement = tamper(entries_of(pk))
    session.execute(statement.execution_options(synchronize_session=False))
    session.commit()
    page = verified(auditor)
    seq, what = where
    assert what in page
    assert f'<td class="num">{seq}</td><td><span class="tag red">{what}' in page
    assert "丙示例单位" in page, "which record it is"
    assert f"object={UNIT}&amp;record={pk}" in page
    assert "处与校验值不符" in auditor.get("/BM19A/").text
    checks = verification.latest()
    assert [bool(row.broken) for row in checks] == [True, False]


def test_a_large_history_is_verified_by_the_worker(
    auditor: Browserlike, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation(name="甲示例单位")
    monkeypatch.setattr(verification, "AT_ONCE", 0)
    page = verified(auditor)
    assert "等待校验" in page
    assert 'hx-trigger="every 3s"' in page
    verified(auditor)
    session.remove()
    assert len(verification.latest()) == 1, "asked twice, done once"
    with acting_as(SYSTEM):
        while outbox.work_once("test"):
            pass
    page = auditor.get("/BM19A/verify").text
    assert "全部完好" in page
    assert "every 3s" not in page


def test_a_verification_that_fails_says_so(
    auditor: Browserlike, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> Any:
        raise outbox.Refused("读不到密钥")

    monkeypatch.setattr(verification, "verify", fail)
    page = verified(auditor)
    assert "未能完成" in page
    assert "读不到密钥" in page


def test_each_operation_needs_its_own_grant(client_for: Callable[..., Browserlike]) -> None:
    stranger = client_for("system_admin")
    for path in ("/BM19A/", "/BM19A/export", "/BM19A/verify"):
        assert stranger.get(path).status_code == 403
    assert stranger.post("/BM19A/verify").status_code == 403
    assert verification.latest() == []


@pytest.mark.both_databases
def test_an_upgrade_adds_the_index_to_a_history_that_was_there_before(own_database: str) -> None:
    import dataclasses

    from sqlalchemy import inspect, text

    from app import settings

    name = "ix_sys_history_at"
    with unit_of_work():
        session.execute(text(f"DROP INDEX {name}"))
    session.remove()
    upgrade(dataclasses.replace(settings.load(), database_url=own_database))
    found = inspect(session.get_bind()).get_indexes("sys_history")
    assert name in [index["name"] for index in found]
