"""BM03/why: who asks may, what is asked wrongly is said, and of a record nothing is told but the verdict."""

import html
import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask

from app.core import clock
from app.core import settings as installation
from app.core.access.actor import SYSTEM, acting_as
from app.core.audit import history
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.flow.people import deputies
from app.ops import logs
from app.security import accounts, request_identity, roles
from tests.harness.people import Browserlike, open_person, organisation

pytestmark = pytest.mark.functions("BM03")

UNIT = registry.project().organisation
ADMIN, AUDITOR = "security_admin", "auditor"


def told(answer: Any) -> str:
    """The words of a page without its marks."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text)))


def ask(client: Browserlike, **question: object) -> Any:
    return client.get("/BM03/why", query_string={k: str(v) for k, v in question.items()})


def username(pk: int) -> str:
    return accounts.get(pk).user.username


@contextmanager
def logging_to_files() -> Iterator[None]:
    """The log of this process goes where that of a server goes."""
    handlers = logging.root.handlers[:]
    logs.configure(installation.folder("log"), "test")
    try:
        yield
    finally:
        for handler in set(logging.root.handlers) - set(handlers):
            handler.close()
        logging.root.handlers[:] = handlers


def reaching_a_district() -> None:
    """Whoever administers rights does so in their district from now on."""
    with acting_as(SYSTEM), unit_of_work():
        profile = next(one for one in roles.all_roles() if one.role.name == ADMIN)
        profile.reach = "district"


@pytest.fixture
def admin(client_for: Callable[..., Browserlike]) -> Browserlike:
    return client_for(ADMIN)


@pytest.mark.both_databases
def test_the_verdict_comes_first_with_the_values_that_decide_and_the_line(
    app: Flask, admin: Browserlike
) -> None:
    theirs, mine = organisation(name="江岸外贸公司"), organisation(name="汉阳机械公司")
    person = open_person("liaison", org=mine, name="王小洋")
    other = told(ask(admin, who=username(person), object=UNIT, number=theirs.id))
    assert "王小洋不能看到" in other
    assert "不在账户的数据范围内" in other
    assert "记录属于“江岸外贸公司”，账户属于“汉阳机械公司”" in other
    assert re.search(r"metadata/base/unit\.yaml:\d+", other)
    end_of_a_code = told(ask(admin, who="王小洋", object=UNIT, number=f"0{mine.id}"))
    assert "没有这条记录" in end_of_a_code
    own = told(ask(admin, who="王小洋", object=UNIT, number=mine.id))
    assert "王小洋能看到" in own


def test_what_is_missing_names_the_roles_that_would_grant_it(
    app: Flask, admin: Browserlike
) -> None:
    person = open_person("liaison", name="李登山")
    said = told(ask(admin, who=username(person), page="http://127.0.0.1:8080/BM02/?q=1"))
    assert "李登山不能打开“用户管理信息”，因为账户的角色“专办员”不授予" in said
    assert "给账户分配“系统管理员”" in said
    assert re.search(r"metadata/base/functions\.yaml:\d+", said)


def test_a_closed_and_a_locked_account_are_said_to_be(app: Flask, admin: Browserlike) -> None:
    person = open_person("liaison", name="周关门")
    with acting_as(SYSTEM), unit_of_work():
        accounts.get(person).user.active = False
    assert "周关门打不开任何页面：账户已关闭" in told(
        ask(admin, who=username(person), page="/BM26/")
    )


def test_what_is_done_for_somebody_else_says_for_whom(app: Flask, admin: Browserlike) -> None:
    head = open_person("fao_division_head", name="郑外出")
    deputy = open_person("fao_reception", name="孙代办")
    today = clock.today()
    with acting_as(request_identity.actor_of(head)), unit_of_work():
        deputies.name(head, deputy, today, today, "开会")
    said = told(ask(admin, who=username(deputy), page="/PP20/"))
    assert "孙代办能打开“任务审批”" in said
    assert "代郑外出行使的“处室负责人”" in said
    assert "今天代郑外出办理" in said


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ({"who": "查无此人", "page": "/BM26/"}, "没有这个账户"),
        ({"who": "", "page": "/BM26/"}, "请填写姓名或用户名"),
        ({"who": "{known}", "page": "/nowhere/7"}, "这不是本系统的页面地址"),
        ({"who": "{known}", "page": "javascript:alert(1)"}, "这不是本系统的页面地址"),
        ({"who": "{known}", "page": "http://[fe80/PP14/"}, "这不是本系统的页面地址"),
        ({"who": "{known}", "page": "/PP14/99999999999999999999"}, "这不是本系统的页面地址"),
        ({"who": "{known}", "page": "/open/nothing/1"}, "这不是本系统的页面地址"),
        ({"who": "{known}", "page": f"/open/{UNIT}/987654321"}, "没有这条记录"),
        ({"who": "{known}", "page": "0BADF00D"}, "日志里没有这个编号"),
        ({"who": "{known}", "object": "nothing", "number": "1"}, "请选择业务"),
        ({"who": "{known}", "object": UNIT, "number": "第九号"}, "没有这条记录"),
        ({"who": "{known}", "object": UNIT, "number": ""}, "请填写页面地址"),
    ],
)
def test_a_question_that_leads_nowhere_is_answered_beside_its_field_and_kept(
    app: Flask, admin: Browserlike, question: dict[str, str], words: str
) -> None:
    known = username(open_person("liaison"))
    asked = {key: value.replace("{known}", known) for key, value in question.items()}
    answer = ask(admin, **asked)
    assert answer.status_code == 422
    assert words in told(answer)
    for value in (asked[key] for key in asked if key != "object"):  # there is no such choice
        assert not value or html.escape(value) in answer.text


def test_of_several_people_of_one_name_one_is_chosen(app: Flask, admin: Browserlike) -> None:
    first, second = (open_person("liaison", name="刘重名") for _ in range(2))
    answer = ask(admin, who="刘重名", page="/PP17/")
    assert answer.status_code == 200
    assert "有几个账户符合" in told(answer)
    for pk in (first, second):
        assert f"?account={pk}&" in answer.text
    chosen = ask(admin, account=second, who="刘重名", page="/PP17/")
    assert "刘重名能打开“任务申报”" in told(chosen)
    assert admin.get("/BM03/why/accounts?q=刘重名").json["rows"][0]["title"].startswith("刘重名（")


def test_nobody_else_may_ask(app: Flask, client_for: Callable[..., Browserlike]) -> None:
    person = username(open_person("liaison"))
    for role in registry.registry().roles:
        client = client_for(role)
        status = 200 if role in (ADMIN, AUDITOR) else 403
        assert ask(client, who=person, page="/PP17/").status_code == status, role
        assert client.get("/BM03/why/accounts?q=a").status_code == status, role


def test_that_somebody_asked_stands_in_the_history_and_not_on_the_record(
    app: Flask, admin: Browserlike, client_for: Callable[..., Browserlike]
) -> None:
    unit = organisation(name="硚口器材公司")
    person = open_person("liaison", org=unit, name="何被问")
    ask(admin, who=username(person), object=UNIT, number=unit.id)
    ask(admin, who=username(person), page="/BM02/")
    session.remove()
    (entry,) = [one for one in history.changes_of(UNIT, unit.id) if one.kind == history.ASKED]
    assert json.loads(entry.detail) == {"whom": "何被问"}
    assert entry.function == "BM03"
    assert [one.kind for one in history.changes_of("account", person)][-1] == history.ASKED
    page = told(client_for(AUDITOR).get("/BM19A/?tab=views"))
    assert "追查权限" in page
    assert "何被问" in page


def test_who_administers_a_district_asks_about_that_district_only(
    app: Flask, client_for: Callable[..., Browserlike]
) -> None:
    field = registry.project().organisation_district
    near = organisation(name="近处公司", **{field: "420102"})
    far = organisation(name="远处公司", **{field: "420103"})
    people = {unit.id: open_person("liaison", org=unit) for unit in (near, far)}
    reaching_a_district()
    client = client_for(ADMIN, district="420102")
    assert (
        ask(client, who=username(people[near.id]), object=UNIT, number=near.id).status_code == 200
    )
    unknown = ask(client, who=username(people[far.id]), object=UNIT, number=near.id)
    assert "没有这个账户，或不在您的管理范围内" in told(unknown)
    hidden = ask(client, who=username(people[near.id]), object=UNIT, number=far.id)
    missing = ask(client, who=username(people[near.id]), object=UNIT, number=99999)
    words = "没有这条记录，或不在您的管理范围内"
    assert words in told(hidden)
    assert words in told(missing)
    assert "远处公司" not in hidden.text


def test_the_number_of_a_refused_page_leads_to_its_reason(
    app: Flask, admin: Browserlike, client_for: Callable[..., Browserlike]
) -> None:
    with logging_to_files():
        unit = organisation()
        person = client_for("liaison", org=unit, name="吴来电")
        refused = person.get("/BM02/")
        away = person.get(f"/open/{UNIT}/{unit.id + 5000}")
        nowhere = person.get("/XX01/7")
    for page in (refused, away):
        assert "确需查看或办理的，请把编号" in told(page)
        assert page.headers["X-Request-Id"] in page.text
    said = told(ask(admin, page=refused.headers["X-Request-Id"].lower()))
    assert "吴来电不能打开“用户管理信息”" in said
    assert "这次请求当时的应答是 403" in said
    assert "没有这条记录" in told(ask(admin, page=away.headers["X-Request-Id"]))
    said = told(ask(admin, page=nowhere.headers["X-Request-Id"]))
    assert "当时打开的是 /XX01/7，本系统没有这个页面" in said
    said = told(ask(admin, number=refused.headers["X-Request-Id"]))  # in the other box
    assert "吴来电不能打开“用户管理信息”" in said
    other = username(open_person("liaison", name="吕旁人"))
    said = told(ask(admin, who=other, page=refused.headers["X-Request-Id"]))
    assert "吕旁人不能打开“用户管理信息”" in said
    assert "当时的应答" not in said  # which was not theirs


def test_a_request_of_somebody_who_is_administered_elsewhere_is_as_unknown_as_none(
    app: Flask, client_for: Callable[..., Browserlike]
) -> None:
    far = organisation(name="远处公司", **{registry.project().organisation_district: "420103"})
    with logging_to_files():
        refused = client_for("liaison", org=far, name="石远人").get("/BM02/")
    reaching_a_district()
    client = client_for(ADMIN, district="420102")
    near = username(open_person("liaison", district="420102"))
    for who_is_asked_about in ("", near):
        page = ask(client, who=who_is_asked_about, page=refused.headers["X-Request-Id"])
        missing = ask(client, who=who_is_asked_about, page="0BADF00D")
        assert "日志里没有这个编号" in told(page)
        assert told(page) == told(missing)
        assert re.findall('id="why-who" .*', page.text) == re.findall(
            'id="why-who" .*', missing.text
        )


def test_a_refused_record_and_a_missing_one_are_told_alike(
    app: Flask, client_for: Callable[..., Browserlike]
) -> None:
    mine, theirs = organisation(), organisation()
    person = client_for("liaison", org=mine)
    pages = []
    for pk in (theirs.id, theirs.id + 5000):
        answer = person.get(f"/open/{UNIT}/{pk}")
        assert answer.status_code == 404
        pages.append(re.sub(r"[0-9A-F]{8}", "", told(answer)))
    assert pages[0] == pages[1]


def test_more_records_cost_a_question_no_statement(app: Flask, admin: Browserlike) -> None:
    from tests.app.web.screens.test_roles import _statements

    unit = organisation()
    person = username(open_person("liaison", org=unit))
    page = f"/BM03/why?who={person}&object={UNIT}&number={unit.id}"
    _statements(admin, page)
    few = _statements(admin, page)
    for _ in range(3):
        organisation()
    with acting_as(SYSTEM), elevated():
        assert _statements(admin, page) == few
