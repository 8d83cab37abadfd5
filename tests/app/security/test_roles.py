"""Roles on screen, and the separation of powers that no screen can get around."""

import pytest
from flask_appbuilder.security.sqla.models import Role

from app.core.access.actor import SYSTEM, acting_as
from app.core.audit import history
from app.core.db.database import session, unit_of_work
from app.core.errors import Conflict
from app.security import accounts, roles
from tests.app.security.people import account, open_person, post, sign_in
from tests.app.security.test_shipped import role_named


@pytest.fixture
def people(app):
    return {
        name: open_person(app, name, role)
        for name, role in (
            ("secure1", "security_admin"),
            ("secure2", "security_admin"),
            ("system1", "system_admin"),
            ("clerk1", "clerk"),
            ("new1", None),
        )
        if role
    } | {"free": open_person(app, "free")}


@pytest.fixture
def admin(app, client, people):
    sign_in(client, "secure1")
    return client


def names(app, pk):
    with app.app_context():
        return sorted(role.name for role in account(pk).user.roles)


def pk_of(app, name):
    with app.app_context():
        return role_named(name).id


def test_the_matrix_names_functions_and_operations_in_words(app, admin):
    page = admin.get(f"/T04/{pk_of(app, 'system_admin')}?all=1").text
    for words in ("用户管理", "重置密码", "移交", "基础 / 模块", "作用域"):
        assert words in page


def test_assigning_works_at_once_and_is_written_down(app, admin, people):
    free = app.test_client()
    sign_in(free, "free")
    assert free.get("/T02/").status_code == 403
    answer = post(admin, f"/T04/people/{people['free']}", role=["clerk", "liaison"])
    assert answer.status_code == 302
    assert names(app, people["free"]) == ["clerk", "liaison"]
    assert free.get("/T02/").status_code == 200
    with app.app_context():
        entry = history.changes_of("account", people["free"])[-1]
        assert entry.kind == "roles"
        assert entry.actor_id == people["secure1"]
        assert "经办人" in entry.detail


def test_roles_that_exclude_each_other_do_not_meet(app, admin, people):
    answer = post(admin, f"/T04/people/{people['free']}", role=["system_admin", "security_admin"])
    assert answer.status_code == 422
    assert "不能由同一人持有" in answer.text
    assert names(app, people["free"]) == []
    answer = post(admin, f"/T04/people/{people['free']}", role=["clerk", "auditor"])
    assert answer.status_code == 422


def test_nobody_assigns_to_himself(app, admin, people):
    answer = post(admin, f"/T04/people/{people['secure1']}", role=["security_admin", "liaison"])
    assert answer.status_code == 403
    assert names(app, people["secure1"]) == ["security_admin"]


def test_nobody_changes_a_role_that_he_holds(app, admin, people):
    pk = pk_of(app, "security_admin")
    post(admin, f"/T04/{pk}/grants", grant=["T04.view", "T04.edit", "T04.assign", "T03.view"])
    with app.app_context():
        assert ("T03", "view") not in roles.pairs_of(role_named("security_admin"))
    answer = post(admin, f"/T04/{pk}/edit", title="另名", reach="all", face="office")
    assert answer.status_code == 403


def test_a_copy_of_ones_own_role_cannot_be_made(app, admin):
    pk = pk_of(app, "security_admin")
    answer = post(admin, "/T04/new", copy=pk, title="另一个", reach="all", face="office")
    assert answer.status_code == 403


def test_the_last_who_can_assign_roles_keeps_that(app, admin, people):
    with app.app_context(), acting_as(SYSTEM), unit_of_work():
        accounts.close(accounts.get(people["secure1"]), "离职")
    with app.app_context(), acting_as(SYSTEM):
        with pytest.raises(Conflict, match="没有人能够分配角色"), unit_of_work():
            roles.assign(accounts.get(people["secure2"]), [])
        with pytest.raises(Conflict, match="没有人能够分配角色"), unit_of_work():
            roles.set_grants(role_named("security_admin"), [("T04", "view")])
    assert names(app, people["secure2"]) == ["security_admin"]


def test_the_last_who_can_open_accounts_is_not_closed(app, people):
    other = open_person(app, "system2", "system_admin")
    client = app.test_client()
    sign_in(client, "system2")
    assert post(client, f"/T03/{people['system1']}/close", why="离职").status_code == 302
    with app.app_context():
        assert account(people["system1"]).user.active is False
    with app.app_context(), acting_as(SYSTEM), pytest.raises(Conflict, match="开通账户"):
        _close_with_care(other)
    assert client.get("/T03/").status_code == 200


def _close_with_care(pk):
    with unit_of_work(), roles.administrators_kept():
        accounts.close(accounts.get(pk), "离职")


def test_grants_are_saved_and_the_difference_from_the_default_is_shown(app, admin, people):
    pk = pk_of(app, "clerk")
    answer = post(admin, f"/T04/{pk}/grants", grant=["T02.view", "T01.view"])
    assert answer.status_code == 302
    page = admin.get(f"/T04/{pk}").text
    assert "与系统默认不同" in page
    assert "增加 立户 · 查看" in page
    assert "收回 审批 · 通过" in page
    clerk = app.test_client()
    sign_in(clerk, "clerk1")
    assert post(clerk, "/T02/1/do/pass").status_code == 403
    post(admin, f"/T04/{pk}/reset")
    assert post(clerk, "/T02/1/do/pass").status_code == 200
    assert "与系统默认不同" not in admin.get(f"/T04/{pk}").text


def test_a_grant_that_does_not_exist_is_refused(app, admin):
    pk = pk_of(app, "clerk")
    post(admin, f"/T04/{pk}/grants", grant=["T02.view", "T02.everything"])
    with app.app_context():
        assert roles.pairs_of(role_named("clerk")) == {("T02", "view"), ("T02", "pass")}


@pytest.mark.musts("BM03.3")
def test_a_role_is_made_changed_found_and_deleted(app, admin, people):
    answer = post(
        admin, "/T04/new", title="查阅岗", reach="district", face="office", purpose="只看"
    )
    assert answer.status_code == 302
    with app.app_context():
        made = next(role for role in roles.all_roles() if role.title == "查阅岗")
        pk = made.id
        assert (made.reach, made.shipped) == ("district", False)
    assert "查阅岗" in admin.get("/T04/?q=只看").text
    assert (
        post(admin, f"/T04/{pk}/edit", title="查阅", reach="all", face="office").status_code == 302
    )
    post(admin, f"/T04/people/{people['free']}", role=[_name(app, pk)])
    post(admin, f"/T04/{pk}/delete")
    with app.app_context():
        assert session.get(Role, pk) is not None  # somebody holds it
    post(admin, f"/T04/people/{people['free']}", role=[])
    post(admin, f"/T04/{pk}/delete")
    with app.app_context():
        assert session.get(Role, pk) is None


def _name(app, pk):
    with app.app_context():
        return session.get(Role, pk).name


def test_a_shipped_role_is_not_deleted(app, admin):
    pk = pk_of(app, "liaison")
    post(admin, f"/T04/{pk}/delete")
    assert pk_of(app, "liaison") == pk


def test_a_role_needs_a_title_of_its_own(app, admin):
    answer = post(admin, "/T04/new", title="经办人", reach="all", face="office")
    assert answer.status_code == 422
    assert "已有同名角色" in answer.text
    assert post(admin, "/T04/new", title="", reach="all", face="office").status_code == 422
    assert post(admin, "/T04/new", title="x", reach="moon", face="office").status_code == 422


def test_excluding_roles_that_one_person_already_holds_is_refused(app, admin, people):
    post(admin, f"/T04/people/{people['free']}", role=["clerk", "liaison"])
    pk = pk_of(app, "liaison")
    answer = post(
        admin, f"/T04/{pk}/edit", title="专办员", reach="unit", face="portal", excludes=["clerk"]
    )
    assert answer.status_code == 409
    with app.app_context():
        assert role_named("liaison").excluded == frozenset()


def test_roles_that_exclude_each_other_say_so_on_both_sides(app, admin, people):
    """One of the two declares it; whoever assigns reads it beside either."""
    one, other = pk_of(app, "liaison"), pk_of(app, "clerk")
    post(admin, f"/T04/{one}/edit", title="专办员", reach="unit", face="portal", excludes=["clerk"])
    page = admin.get(f"/T04/people/{people['free']}").text
    for pk, excluded in ((one, "经办人"), (other, "专办员")):
        row = page.split(f'for="role-{pk}"')[1].split("</tr>")[0]
        assert excluded in row.split("<td")[-1]
    assert "专办员" in admin.get(f"/T04/{other}").text.split("不能同时持有")[1].split("</dl>")[0]


@pytest.mark.musts("BM03.2")
def test_who_may_do_something_is_told_with_roles_and_people(app, admin, people):
    page = admin.get("/T04/who?function=T02&operation=pass").text
    assert "经办人" in page
    assert "clerk1" in page
    assert "system1" not in page
    assert "立户申请人" in admin.get("/T04/who?function=T01&operation=edit").text
    post(admin, f"/T04/{pk_of(app, 'newcomer')}/grants", grant=["T01.view"])
    assert "没有任何角色能做" in admin.get("/T04/who?function=T01&operation=edit").text


def test_reach_decides_how_far_a_person_sees(app, people):
    from app.security.request_identity import actor_of

    with app.app_context():
        assert actor_of(people["clerk1"]).reach("T02") == "all"
        with acting_as(SYSTEM), unit_of_work():
            values = {
                "title": "经办人",
                "reach": "unit",
                "face": "office",
                "purpose": "",
                "excludes": "",
            }
            roles.change(role_named("clerk"), values)
        assert actor_of(people["clerk1"]).reach("T02") == "unit"
        assert actor_of(people["clerk1"]).reach("T01") == ""
