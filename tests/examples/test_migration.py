"""What an older system holds becomes records: cleaned, merged, or listed with the reason; and once only."""

import json
import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from app.core.access.actor import SYSTEM, acting_as
from app.core.audit import verification
from app.core.audit.history import Change
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.errors import UserError
from app.core.jobs import background
from app.flow.models import Case
from app.intake import corrections, reconciliation, runner
from app.intake.models import TakenRow
from app.web.screens.migrations import MigrationsScreen
from tests.examples import legacy
from tests.harness.statements import heard


@pytest.fixture
def source(world, tmp_path, monkeypatch):
    """Make the older system's file of these persons and trips."""
    place = tmp_path / "legacy.db"

    def make(persons, trips=()):
        monkeypatch.setenv("MIGRATION_LEGACY", legacy.make(place, persons, list(trips)))
        return place

    with acting_as(SYSTEM):
        yield make


def run(name, **how):
    session.remove()
    job = runner.put(runner.find(name), **how)
    job = background.work_now(job.id, "test")
    session.remove()
    return job


def rows(name="old_holders", part=""):
    query = select(TakenRow).where(TakenRow.migration == name, TakenRow.part == part)
    return {row.key: row for row in session.scalars(query)}


def holders():
    model = registry.object("holder").model
    return session.scalars(select(model).order_by(model.id)).unique().all()


def reasons(row):
    return [message for _, _, message in json.loads(row.reasons or "[]")]


def test_rows_are_cleaned_and_rest_where_the_older_system_left_them(source):
    old = legacy.card_no(7, 1965)
    source(
        [
            legacy.person(
                7, SFZH=f" {old[:6]}{old[8:17]} ", XM=" 买买提•艾力 ", XB="M", CSRQ="1965.1.1",
                DW_ID="D2", SJ="１３９ ００００ ００００", YJ="￥1200元", BZ="无", BH="外备1号",
            ),
            legacy.person(8, XB="不详", CSRQ="0000-00-00", SJ="无", YJ=""),
        ],
        [(1, 7, "新加坡", "20050401", "5天"), (2, 7, "法国", "2006-01-02", "")],
    )  # fmt: skip
    assert run("old_bureaus").note == "共 3 行：已载入 3"
    assert run("old_holders").note == "共 2 行：已载入 2"
    first, second = holders()
    assert (first.name, first.card_no, first.sex) == ("买买提·艾力", old, "1")
    assert (str(first.born), first.phone, first.deposit) == ("1965-01-01", "13900000000", 120000)
    assert (first.unit.name, first.remark, first.code) == ("西局", None, "外备1号")
    assert [(row.place, str(row.left_on), row.days) for row in first.trips] == [
        ("新加坡", "2005-04-01", 5), ("法国", "2006-01-02", None)
    ]  # fmt: skip
    # what the older system did not know stays empty: today's rules ask for a telephone
    assert (second.sex, str(second.born), second.phone) == ("2", "1970-01-01", None)
    case = session.scalars(
        select(Case).where(Case.record_id == first.id, Case.object == "holder")
    ).one()
    assert (first.state, case.state, case.code) == ("filed", "filed", "外备1号")
    assert case.ended_at and not case.tasks
    kinds = select(Change.kind, Change.detail).where(
        Change.object == "holder", Change.record_id == first.id
    )
    found = dict(session.execute(kinds).all())
    assert json.loads(found["taken"])["from"] == "旧系统人员（T_RYXX）"
    assert not list(verification.verify())


def test_bad_rows_are_listed_with_the_reason_corrected_and_taken(source):
    place = source(
        [
            legacy.person(1),
            legacy.person(2, SFZH="420106197001010000", DW_ID="D9"),
            legacy.person(3, CSRQ="1970-13-45"),
            legacy.person(4, SFZH=""),
            legacy.person(5),
        ],
        [(1, 5, "法国", "20200230", "3"), (2, 99, "德国", "20200101", "3")],
    )
    run("old_bureaus")
    job = run("old_holders")
    assert job.note == "共 5 行：已载入 1，待更正 4；另有 1 行子表没有所属的行"
    bad = {key: reasons(row) for key, row in rows().items() if row.reasons}
    assert sorted(bad["2"]) == [
        "“旧系统单位”中没有键为“D9”的行，或还没有迁移",
        "身份证号码的校验位不正确，请核对是否输错",
    ]
    assert bad["3"] == ["没有这一天"]
    assert bad["4"] == ["没有身份证号，分不清是不是同一条"]
    assert bad["5"] == ["没有这一天"]
    assert reasons(rows(part="trips")["2"]) == ["“T_RYXX”中没有键为它的行"]
    with unit_of_work():
        assert corrections.correct(rows()["2"], {"sfzh": legacy.card_no(2), "dw_id": "D3"})
        assert corrections.correct(rows()["4"], {"sfzh": legacy.card_no(4)})
        assert corrections.correct(rows(part="trips")["1"], {"cjrq": "20200229"})
    legacy.change(place, "update T_RYXX set CSRQ = '19700101' where RY_ID = 3")
    assert run("old_holders").note.startswith("共 5 行：已载入 4，以前已处理 1")
    assert len(holders()) == 5
    assert {row.outcome for row in rows().values()} == {"loaded"}
    assert rows()["2"].texts is None, "what the source says is kept only while a row waits"


def test_the_same_person_twice_is_one_record(source):
    source(
        [
            legacy.person(1, SJ="", BZ=""),
            legacy.person(2, SFZH=legacy.card_no(1), SJ="13811112222", XM="别名", BZ="后来的"),
        ],
        [
            (1, 1, "法国", "20200101", "3"),
            (2, 2, "法国", "20200101", "3"),
            (3, 2, "德国", "20200201", "4"),
        ],
    )
    run("old_bureaus")
    said = "共 2 行：已载入 1，已合并 1；其中 1 行与已有记录不同，没有采用"  # the name
    assert run("old_holders").note == said
    (one,) = holders()
    assert (one.name, one.phone, one.remark) == ("人1", "13811112222", "后来的")
    assert sorted(row.place for row in one.trips) == ["德国", "法国"]
    ids = {row.record_id for row in rows().values()}
    assert ids == {one.id}
    (other,) = reconciliation.reconcile(runner.find("old_holders")).differences
    assert (other.key, other.title, other.source, other.target) == ("2", "姓名", "别名", "人1")


def trips():
    """The rows of lists: key in the source, record, and what the record says."""
    found = {row.id: (row.place, row.days) for one in holders() for row in one.trips}
    return {key: (row.record_id, found[row.record_id]) for key, row in rows(part="trips").items()}


def test_rows_of_lists_that_say_the_same_are_as_many_as_in_the_source(source):
    france = ("法国", "20200101", "3")
    source(
        [legacy.person(1), legacy.person(2, SFZH=legacy.card_no(1))],
        [(1, 1, *france), (2, 1, *france), (3, 2, *france), (4, 2, *france), (5, 2, *france)],
    )
    run("old_bureaus")
    run("old_holders")
    (one,) = holders()
    assert [row.place for row in one.trips] == ["法国"] * 3
    ids = [pk for pk, _ in trips().values()]
    assert len(set(ids[:2])) == 2 and len(set(ids[2:])) == 3


def test_a_row_of_a_list_that_says_more_now_is_not_there_twice(source):
    place = source(
        [legacy.person(1)], [(1, 1, "法国", "20200101", ""), (2, 1, "法国", "20200101", "")]
    )
    run("old_bureaus")
    run("old_holders")
    before = trips()
    legacy.change(place, "update T_CGJL set TS = '3' where ID = 2")
    assert run("old_holders").note == "共 1 行：已载入 1"
    assert [pk for pk, _ in trips().values()] == [pk for pk, _ in before.values()]
    assert [said for _, said in trips().values()] == [("法国", None), ("法国", 3)]
    assert len(holders()[0].trips) == 2


def test_all_that_is_merged_in_one_batch_is_filled_in(source):
    place = source([legacy.person(1, SJ="", BZ="")])
    run("old_bureaus")
    run("old_holders")
    for pk, more in ((2, {"SJ": "13811112222"}), (3, {"BZ": "后来的"})):
        same = {"SFZH": legacy.card_no(1), "XM": "人1", "SJ": "", "BZ": ""}
        row = legacy.person(pk, **same | more)
        legacy.change(place, legacy.PERSON, *row)
    assert run("old_holders").note == "共 3 行：已合并 2，以前已处理 1"
    (one,) = holders()
    assert (one.phone, one.remark) == ("13811112222", "后来的")


def test_rows_that_are_merged_are_looked_up_together(source):
    def read(number):
        place = source([legacy.person(pk, SJ="") for pk in range(number)])
        run("old_bureaus")
        run("old_holders")
        legacy.change(place, "update T_RYXX set SJ = '13811112222'")
        with heard() as said:
            assert run("old_holders").note == f"共 {number} 行：已载入 {number}"
        assert {one.phone for one in holders()} == {"13811112222"}
        return [one for one in said if one.lstrip().startswith("SELECT")]

    few = len(read(5))
    assert len(read(50)) - few <= 2 * 45, "the end of its history, and whether its key is free"


def snapshot():
    """Everything that is stored of holders, cases and history."""
    return [
        [tuple(row) for row in session.execute(select(table).order_by(table.c.id))]
        for table in (
            registry.object("holder").model.__table__,
            registry.object("holder_trip").model.__table__,
            Case.__table__,
            Change.__table__,
        )
    ]


def test_run_again_nothing_changes(source):
    persons, wrong, again = legacy.dirty(450)
    source(persons)
    run("old_bureaus")
    run("old_holders")
    outcomes = {int(key): row.outcome for key, row in rows().items()}
    assert {pk for pk, outcome in outcomes.items() if outcome == "quarantined"} == wrong
    assert {pk for pk, outcome in outcomes.items() if outcome == "merged"} == set(again)
    assert len(holders()) == 450 - len(wrong) - len(again)
    before = snapshot()
    assert run("old_holders").state == "done"
    assert snapshot() == before


def test_a_rehearsal_says_what_would_be_and_writes_nothing(source):
    persons, wrong, again = legacy.dirty(450)
    source(persons)
    run("old_bureaus")
    job = run("old_holders", rehearse=True)
    good = 450 - len(wrong) - len(again)
    assert f"已载入 {good}，已合并 {len(again)}，待更正 {len(wrong)}" in job.note
    assert (holders(), rows()) == ([], {})
    listed = background.file_of(job.id, runner.BAD).read_text("utf-8-sig").splitlines()
    refused = {int(line.split(",")[1]) for line in listed[1:] if "没有采用" not in line}
    assert refused == wrong


def test_the_quality_of_a_source_is_counted_column_by_column(source):
    source(
        [
            legacy.person(1),
            legacy.person(2, SJ="无", CSRQ="去年"),
            legacy.person(3, SJ="１３８００００００００"),
        ]
    )
    found = {
        one.title: one
        for one in reconciliation.quality(runner.find("old_holders"))
        if one.table == "T_RYXX"
    }
    phone, born = found["手机"], found["出生日期"]
    assert (phone.total, phone.empty, phone.mended, phone.bad) == (3, 1, 1, 0)
    assert (born.bad, born.examples, found["押金"].distinct) == (1, ["去年"], 1)


def test_accounts_balance_until_something_differs_and_name_the_row(source):
    source(
        [legacy.person(1, YJ="100"), legacy.person(2, YJ="50.5"), legacy.person(3, SFZH="")],
        [(1, 1, "法国", "20200101", "3"), (2, 9, "法国", "20200101", "3")],
    )
    run("old_bureaus")
    run("old_holders")
    spec = runner.find("old_holders")
    account = reconciliation.reconcile(spec)
    assert account.balanced
    assert account.tables == [
        ("T_RYXX", 3, {"已载入": 2, "待更正": 1}, 2),
        ("T_CGJL", 2, {"已载入": 1, "待更正": 1}, 1),
    ]
    money = next(one for one in account.fields if one.title == "押金")
    assert (money.equal, money.source_sum, money.target_sum) == (2, 15050, 15050)
    first = holders()[0]
    with unit_of_work():
        session.merge(first).deposit = 9900
    (wrong,) = reconciliation.reconcile(spec).differences
    assert (wrong.key, wrong.record_id, wrong.title) == ("1", first.id, "押金")
    assert (wrong.source, wrong.target) == ("100.00", "99.00")


def test_on_screen_a_bad_row_is_corrected_beside_the_reason_and_taken(source, client):
    source([legacy.person(1), legacy.person(2, SFZH="1", XM="李<四>")])
    run("old_bureaus")
    run("old_holders")
    office = client("officer")
    assert "旧系统人员" in office.get("/MG01/").text
    page = office.get("/MG01/old_holders").text
    assert "身份证号码应为 18 位" in page
    assert 'class="notice warning"' in page
    pk = rows()["2"].id
    form = office.get(f"/MG01/old_holders/rows/{pk}").text
    assert "李&lt;四&gt;" in form
    assert re.search(r'name="ry_id"[^>]* readonly', form)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
    sent = {"sfzh": legacy.card_no(2), "csrf_token": token[1] if token else ""}
    assert office.post(f"/MG01/old_holders/rows/{pk}", data=sent).status_code == 303
    assert "已更正，待载入" in office.get("/MG01/old_holders").text
    assert office.post("/MG01/old_holders/run", data=sent).status_code == 303
    session.remove()
    with acting_as(SYSTEM):
        assert background.work_once("test")
    page = office.get("/MG01/old_holders").text
    assert "已载入 1，以前已处理 1" in page
    page = office.get("/MG01/old_holders").text  # what was said once is gone
    assert 'class="notice success"' in page and 'class="notice warning"' not in page
    assert office.get(f"/MG01/old_holders/rows/{pk}").status_code == 404


def test_nobody_else_sees_what_waits(source, client, world):
    source([legacy.person(1, SFZH="1")])
    run("old_bureaus")
    run("old_holders")
    clerk = client("clerk", world.bureaus["east"])
    for path in ("", "old_holders", f"old_holders/rows/{rows()['1'].id}"):
        assert clerk.get(f"/MG01/{path}").status_code == 403


def test_all_or_none_writes_nothing_while_a_row_is_bad(source, monkeypatch):
    place = source([legacy.person(1), legacy.person(2, SFZH="1")])
    run("old_bureaus")
    known = registry.registry().migrations
    monkeypatch.setitem(known, "old_holders", replace(known["old_holders"], mode="all"))
    job = run("old_holders")
    assert job.state == "failed"
    assert "按“全部或不载”没有写入任何数据" in job.note
    assert (holders(), rows()) == ([], {})
    assert "身份证号码应为 18 位" in background.file_of(job.id, runner.BAD).read_text("utf-8-sig")
    legacy.change(place, "update T_RYXX set SFZH = ? where RY_ID = 2", legacy.card_no(2))
    assert run("old_holders").note == "共 2 行：已载入 2"


def test_rows_that_wait_are_corrected_in_a_file(source, tmp_path):
    source([legacy.person(1, SFZH="1"), legacy.person(2, YJ="=1+1")])
    run("old_bureaus")
    run("old_holders")
    spec, place = runner.find("old_holders"), tmp_path / "bad.csv"
    assert corrections.write(spec, place) == 2
    text = place.read_text("utf-8-sig")
    assert ",'=1+1," in text, "a spreadsheet must not calculate what a source says"
    place.write_text(
        text.replace(",旧0001,1,", f",旧0001,{legacy.card_no(1)},").replace("'=1+1", "2"), "utf-8"
    )
    assert corrections.read(spec, place) == 2
    assert run("old_holders").note == "共 2 行：已载入 2"
    with pytest.raises(UserError, match="没有待更正的来源行"):
        corrections.read(spec, place)


def test_a_file_of_corrections_that_cannot_be_read_says_where(source, tmp_path):
    place = tmp_path / "bad.csv"
    place.write_text(f"{corrections.PART},{corrections.KEY}\n" + "x" * 140_000, "utf-8")
    with pytest.raises(UserError, match=r"文件 bad.csv 第 2 行有一格超过 131,072 个字符"):
        corrections.read(runner.find("old_holders"), place)


def test_a_long_number_by_which_rows_are_told_apart_survives_a_spreadsheet(source, tmp_path):
    source([(420106199001011234, *legacy.person(1, SFZH="1")[1:])])
    run("old_bureaus")
    run("old_holders")
    spec, place = runner.find("old_holders"), tmp_path / "bad.csv"
    corrections.write(spec, place)
    text = place.read_text("utf-8-sig")
    assert ",'420106199001011234," in text  # as a number its last digits would be lost
    assert corrections.read(spec, place) == 0
    place.write_text(text.replace("'420106199001011234", "420106199001011234"), "utf-8")
    assert corrections.read(spec, place) == 0


def test_a_text_of_several_lines_that_is_left_alone_in_a_form_is_no_correction(source):
    source([legacy.person(1, SFZH="1", XM="第一行\r\n第二行")])
    run("old_bureaus")
    run("old_holders")
    shown = {"xm": "第一行第二行"}  # a field of one line has no line ends
    with acting_as(SYSTEM), unit_of_work():
        assert not corrections.correct(rows()["1"], shown)
        assert corrections.correct(rows()["1"], {"xm": "第一行，第二行"})


def test_who_may_only_view_sees_no_numbers_of_persons(source, app, client, monkeypatch):
    card = legacy.card_no(1)
    source([(420106199001011234, *legacy.person(1, DW_ID=card)[1:])])
    run("old_bureaus")
    run("old_holders")
    office = client("officer")
    assert "420106199001011234" in office.get("/MG01/old_holders").text
    may = MigrationsScreen.may
    monkeypatch.setattr(
        MigrationsScreen, "may", lambda self, word: word != "edit" and may(self, word)
    )
    page = office.get("/MG01/old_holders").text
    assert "420106********1234" in page and "420106199001011234" not in page
    assert card not in page
