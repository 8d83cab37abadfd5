"""BM26: dictionaries are extended, renamed, sorted and disabled without harm to what was filed."""

import html
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from app.core.access.actor import SYSTEM, acting_as
from app.core.audit import history
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.records import service as records
from app.core.reference import dictionaries, dictionary_entries, reference_data
from app.core.reference.dictionaries import DictionaryEntry, DictionaryVersion
from tests.app.security.people import Statements
from tests.harness.people import Browserlike

pytestmark = pytest.mark.functions("BM26")

NAME = "rank"
ADMIN = "system_admin"
READER = "fao_handler"


def row_of(code: str, name: str = NAME) -> DictionaryEntry:
    session.remove()
    found = dictionary_entries.by_code(name, code)
    assert found is not None, code
    return found


def told(pk: int) -> list[tuple[str, str]]:
    session.remove()
    return [(row.kind, row.detail) for row in history.changes_of(dictionary_entries.OBJECT, pk)]


def seen_of(page: str) -> str:
    return html.unescape(re.search(r'name="seen" value="([^"]*)"', page)[1])


@pytest.fixture
def admin(client_for: Callable[..., Browserlike]) -> Browserlike:
    return client_for(ADMIN)


@pytest.mark.both_databases
def test_an_entry_is_renamed_and_every_process_learns_of_it(admin: Browserlike) -> None:
    row = row_of("staff")
    before = session.scalar(select(DictionaryVersion.version)) or 0
    answer = admin.post(
        f"/BM26/{NAME}/{row.id}/edit", data={"title": "科员", "seen": dictionary_entries.stamp(row)}
    )
    assert answer.status_code == 303
    session.remove()
    assert session.scalar(select(DictionaryVersion.version)) == before + 1
    admin.get("/me")
    dictionaries._cache[NAME] = {}  # as another process remembers it
    admin.get("/me")
    assert dictionaries._cache[NAME] == {}, "nothing has changed since"
    dictionaries._seen_version = before
    admin.get("/me")
    assert dictionaries.title(NAME, "staff") == "科员"
    page = admin.get(f"/BM26/{NAME}").text
    assert "名称默认为“科员及以下”" in page
    assert told(row.id) == [("update", '{"title": ["科员及以下", "科员"]}')]
    assert "科员及以下" in admin.get(f"/BM26/{NAME}/{row.id}").text


@pytest.mark.both_databases
def test_changes_survive_an_upgrade_and_can_be_undone(admin: Browserlike) -> None:
    row = row_of("staff")
    admin.post(
        f"/BM26/{NAME}/{row.id}/edit", data={"title": "科员", "seen": dictionary_entries.stamp(row)}
    )
    admin.post(f"/BM26/{NAME}/{row.id}/disable")
    admin.post(f"/BM26/{NAME}/new", data={"code": "guest", "title": "特邀", "like": "none"})
    with acting_as(SYSTEM), unit_of_work():
        reference_data.seed()
    row = row_of("staff")
    assert (row.title, row.disabled, row.shipped_title) == ("科员", True, "科员及以下")
    assert row_of("guest").title == "特邀"
    admin.post(f"/BM26/{NAME}/{row.id}/restore")
    row = row_of("staff")
    assert (row.title, row.disabled) == ("科员及以下", False)
    assert [kind for kind, _ in told(row.id)] == ["update", "disable", "restore"]


@pytest.mark.both_databases
@pytest.mark.musts("BM26.2")
def test_a_disabled_entry_stays_with_old_records_and_is_offered_to_no_new_one(
    app: Flask, admin: Browserlike
) -> None:
    from tests.harness.people import organisation

    obj = registry.object(registry.project().organisation)
    field = next(item for item in obj.fields if getattr(item.type, "of", "") == "unit_nature")
    with acting_as(SYSTEM):
        old = organisation(**{field.name: "hospital"}).id
    assert dictionary_entries.used("unit_nature", ["hospital", "party"]) == {"hospital": 1}
    row = row_of("hospital", "unit_nature")
    assert "已停用“医疗卫生机构”" in admin.post(
        f"/BM26/unit_nature/{row.id}/disable", follow_redirects=True
    ).text.replace("&#34;", '"')
    session.remove()
    assert "hospital" not in [item.code for item in dictionaries.entries("unit_nature")]
    with acting_as(SYSTEM):
        record = records.find(obj, old)
        raw = records.raw_of(obj, record)
        assert raw[field.name] == "hospital"
        faults = records.check(obj, record, raw, complete=False)
        assert [fault for fault in faults if fault.path == field.name] == []
        fresh = records.check(obj, None, {"name": "新单位", field.name: "hospital"}, complete=False)
        assert "已停用" in next(fault.message for fault in fresh if fault.path == field.name)
    assert dictionaries.title("unit_nature", "hospital") == "医疗卫生机构"
    admin.post(f"/BM26/unit_nature/{row.id}/enable")
    session.remove()
    assert "hospital" in [item.code for item in dictionaries.entries("unit_nature")]


@pytest.mark.both_databases
def test_the_last_entry_in_use_cannot_be_disabled(admin: Browserlike) -> None:
    for code in ("1", "2"):
        row = row_of(code, "sex")
        answer = admin.post(f"/BM26/sex/{row.id}/disable", follow_redirects=True)
    assert "最后一个在用的条目" in answer.text
    assert [item.code for item in dictionaries.entries("sex")] == ["2"]


@pytest.mark.both_databases
def test_entries_are_sorted_and_brought_back_to_their_order(admin: Browserlike) -> None:
    def order() -> list[str]:
        session.remove()
        return [line.entry.code for line in dictionary_entries.lines("sex")]

    assert order() == ["1", "2"]
    first, second = row_of("1", "sex").id, row_of("2", "sex").id
    assert admin.post(f"/BM26/sex/{second}/move/up").status_code == 303
    assert order() == ["2", "1"]
    admin.post(f"/BM26/sex/{first}/move/down")
    assert order() == ["2", "1"], "the last one stays where it is"
    with unit_of_work():
        for line in dictionary_entries.lines("sex"):
            line.entry.position = 3
    assert order() == ["1", "2"]
    admin.post(f"/BM26/sex/{second}/move/up")
    assert order() == ["2", "1"], "places that two share are told apart"
    admin.post("/BM26/sex/order")
    assert order() == ["1", "2"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": ""}, "请填写名称"),
        ({"title": "  "}, "请填写名称"),
        ({"title": "长" * 101}, "名称不能超过 100 个字，现有 101 个"),
        ({"title": "正处级"}, "已有名为“正处级”的条目"),
        ({"title": "新级", "code": "a b"}, "代码由字母、数字、点、横线组成"),
        ({"title": "新级", "code": "staff"}, "代码“staff”已被使用"),
        ({"title": "新级", "code": "汉字"}, "代码由字母、数字、点、横线组成"),
        ({"title": "新级", "like": ""}, "请选择照哪个条目办理"),
        ({"title": "新级", "parent": "nowhere"}, "上级条目不存在"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(
    admin: Browserlike, typed: dict[str, str], said: str
) -> None:
    number = len(dictionary_entries.lines(NAME))
    answer = admin.post(f"/BM26/{NAME}/new", data={"like": "staff", **typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{typed["title"].strip()}"' in answer.text
    session.remove()
    assert len(dictionary_entries.lines(NAME)) == number


def test_a_hostile_title_is_only_text(admin: Browserlike) -> None:
    admin.post("/BM26/sex/new", data={"title": "<script>alert(1)</script>", "code": "x"})
    page = admin.get("/BM26/sex").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.both_databases
def test_two_who_edit_one_entry_do_not_overwrite_each_other(admin: Browserlike) -> None:
    row = row_of("staff")
    seen = dictionary_entries.stamp(row)
    address = f"/BM26/{NAME}/{row.id}/edit"
    assert admin.post(address, data={"title": "科员甲", "seen": seen}).status_code == 303
    late = admin.post(address, data={"title": "科员乙", "seen": seen})
    assert late.status_code == 409
    assert "刚被别人修改过" in late.text
    assert 'value="科员乙"' in late.text, "what was typed is kept"
    assert "当前名称：科员甲" in late.text
    assert row_of("staff").title == "科员甲"


def test_a_slip_on_the_way_does_not_hide_what_another_person_saved(admin: Browserlike) -> None:
    row = row_of("staff")
    address = f"/BM26/{NAME}/{row.id}"
    seen = seen_of(admin.get(address).text)
    assert admin.post(f"{address}/edit", data={"title": "科员甲", "seen": seen}).status_code == 303
    slip = admin.post(f"{address}/edit", data={"title": " ", "seen": seen})
    assert slip.status_code == 422
    late = admin.post(f"{address}/edit", data={"title": "科员乙", "seen": seen_of(slip.text)})
    assert late.status_code == 409
    assert row_of("staff").title == "科员甲"
    slip = admin.post(f"{address}/edit", data={"title": "", "seen": seen_of(late.text)})
    told = admin.post(f"{address}/edit", data={"title": "科员乙", "seen": seen_of(slip.text)})
    assert told.status_code == 303, "who was told goes on from there"
    assert row_of("staff").title == "科员乙"


@pytest.mark.musts("BM26.3")
def test_what_filings_choose_from_is_configured_here(
    admin: Browserlike, client_for: Callable[..., Browserlike]
) -> None:
    liaison = client_for("liaison")
    listed = admin.get("/BM26/").text
    for name, title in (
        ("passport_kind", "护照类型"),
        ("sex", "性别"),
        ("rank", "职级"),
        ("post", "职务"),
    ):
        assert f"/BM26/{name}" in listed and title in listed, name
        wrong = admin.post(f"/BM26/{name}/new", data={"title": "", "code": "example"})
        assert wrong.status_code == 422, name
        entry = {"title": f"示例{title}", "code": "example"}
        declared = registry.registry().dictionaries[name]
        if declared.attributes:
            entry["like"] = declared.entries[0].code
        assert admin.post(f"/BM26/{name}/new", data=entry).status_code == 303, name
        session.remove()
        offered = liaison.get(f"/api/v1/dictionaries/{name}").get_json()["entries"]
        assert f"示例{title}" in [entry["title"] for entry in offered], name
    form = liaison.get("/PP11/new").text
    for title in ("性别", "职级", "职务"):
        assert f"示例{title}" in form, title


def test_the_same_form_sent_twice_adds_one_entry(admin: Browserlike) -> None:
    data = {"title": "其他性别", "code": "9"}
    assert admin.post("/BM26/sex/new", data=data).status_code == 303
    assert admin.post("/BM26/sex/new", data=data).status_code == 422
    assert [line.entry.code for line in dictionary_entries.lines("sex")].count("9") == 1


def test_only_an_own_entry_that_nothing_uses_is_deleted(app: Flask, admin: Browserlike) -> None:
    from tests.harness.people import organisation

    shipped = row_of("party", "unit_nature")
    answer = admin.post(f"/BM26/unit_nature/{shipped.id}/delete", follow_redirects=True)
    assert "系统预置的条目不能删除" in answer.text
    admin.post("/BM26/unit_nature/new", data={"title": "驻外机构", "code": "away"})
    own = row_of("away", "unit_nature")
    obj = registry.object(registry.project().organisation)
    field = next(item for item in obj.fields if getattr(item.type, "of", "") == "unit_nature")
    unit = organisation(**{field.name: "away"}).id
    answer = admin.post(f"/BM26/unit_nature/{own.id}/delete", follow_redirects=True)
    assert "已有 1 处使用这个条目" in answer.text
    page = admin.get(f"/BM26/unit_nature/{own.id}").text
    assert re.search(rf"{obj.title}</td><td>{field.title}</td><td class=\"num\">1", page)
    with acting_as(SYSTEM), unit_of_work():
        setattr(session.get(obj.model, unit), field.name, "party")
    answer = admin.post(f"/BM26/unit_nature/{own.id}/delete", follow_redirects=True)
    assert "已删除“驻外机构”" in answer.text
    assert admin.get(f"/BM26/unit_nature/{own.id}").status_code == 404
    assert told(own.id)[-1][0] == "delete"


@pytest.mark.both_databases
def test_a_tree_is_walked_level_by_level(admin: Browserlike) -> None:
    with acting_as(SYSTEM), unit_of_work():
        for code, title, parent in (
            ("42", "湖北省", None), ("4201", "武汉市", "42"), ("420102", "江岸区", "4201"),
            ("43", "湖南省", None),
        ):  # fmt: skip
            session.add(
                DictionaryEntry(
                    dictionary="flag", code=code, title=title, parent=parent, position=9,
                    disabled=False,
                )
            )  # fmt: skip
        dictionaries.changed()
    top = admin.get("/BM26/flag").text
    assert "1 条 ›" in top
    assert "江岸区" not in top
    below = admin.get("/BM26/flag?under=4201").text
    assert "江岸区" in below
    assert "湖南省" not in below
    assert "湖北省" in below, "the way up"
    assert "江岸区" in admin.get("/BM26/flag?entry=江岸").text
    assert (
        admin.post("/BM26/flag/new", data={"title": "江汉区", "code": "420103", "parent": "4201"})
        .headers["Location"]
        .endswith("?under=4201")
    )
    city = row_of("4201", "flag")
    into_itself = admin.post(
        f"/BM26/flag/{city.id}/edit",
        data={"title": "武汉市", "parent": "420102", "seen": dictionary_entries.stamp(city)},
    )
    assert into_itself.status_code == 422
    assert "不能放在自己或自己的下级之下" in into_itself.text
    same = admin.post("/BM26/flag/new", data={"title": "江汉区", "parent": "4201"})
    assert "已有名为“江汉区”" in same.text
    elsewhere = admin.post("/BM26/flag/new", data={"title": "江汉区", "parent": "43"})
    assert elsewhere.status_code == 303, "another level may have the same name"
    assert dictionaries.path_title("flag", "420103") == "湖北省武汉市江汉区"


def test_the_workbook_holds_what_the_screen_shows(admin: Browserlike) -> None:
    row = row_of("1", "sex")
    admin.post(
        f"/BM26/sex/{row.id}/edit", data={"title": "=男", "seen": dictionary_entries.stamp(row)}
    )
    sheet = load_workbook(io.BytesIO(admin.get("/BM26/sex/export").data)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:3] == ("字典", "代码", "名称")
    assert rows[1] == ("性别", "1", "=男", None, "在用", "系统预置", "男")
    assert sheet["C2"].data_type == "s", "no formula comes of it"
    everything = load_workbook(io.BytesIO(admin.get("/BM26/export").data)).active
    assert everything.max_row > 300


def test_whoever_may_only_look_can_only_look(client_for: Callable[..., Browserlike]) -> None:
    reader, stranger = client_for(READER), client_for("document_clerk")
    row = row_of("staff")
    page = reader.get(f"/BM26/{NAME}")
    assert page.status_code == 200
    for word in ("新增条目", "停用</button>", "导出全部", "/move/"):
        assert word not in page.text, word
    assert ">保存</button>" not in reader.get(f"/BM26/{NAME}/{row.id}").text
    looks = [f"/BM26/{NAME}/new", f"/BM26/{NAME}/export", "/BM26/export"]
    writes = [f"/BM26/{NAME}/new", f"/BM26/{NAME}/order"] + [
        f"/BM26/{NAME}/{row.id}/{way}"
        for way in ("edit", "move/up", "disable", "enable", "restore", "delete")
    ]
    for client in (reader, stranger):
        assert {client.get(path).status_code for path in looks} == {403}
        assert {client.post(path).status_code for path in writes} == {403}
    assert stranger.get(f"/BM26/{NAME}").status_code == 403
    assert row_of("staff").title == "科员及以下"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/BM26/nothing", 404),
        (f"/BM26/{NAME}/999999", 404),
        ("/BM26/sex/new?under=%00", 400),
        ("/BM26/?q=%25%27%3C", 200),
    ],
)
def test_addresses_that_make_no_sense_are_answered_in_words(
    admin: Browserlike, path: str, status: int
) -> None:
    answer = admin.get(path)
    assert answer.status_code == status
    assert "Traceback" not in answer.text


def test_a_page_costs_the_same_for_many_entries(app: Flask, admin: Browserlike) -> None:
    def cost(path: str) -> int:
        admin.get(path)
        with Statements(app) as ran:
            assert admin.get(path).status_code == 200
        return len(ran)

    few = cost("/BM26/sex"), cost("/BM26/sex/used")
    with acting_as(SYSTEM), unit_of_work():
        session.add_all(
            DictionaryEntry(
                dictionary="sex", code=f"c{n}", title=f"第{n}种", position=n, disabled=False
            )
            for n in range(200)
        )
        dictionaries.changed()
    assert (cost("/BM26/sex"), cost("/BM26/sex/used")) == few
    assert max(few) <= 12


def test_the_search_finds_dictionaries_by_their_entries(admin: Browserlike) -> None:
    page: Any = admin.get("/BM26/?q=正处级").text
    listed = re.findall(r'<span class="grow">([^<]+)</span>', page)
    assert "职级" in listed
    assert "性别" not in listed
    assert "没有符合的字典" in admin.get("/BM26/?q=并无此词").text
