"""BM03: what people see of roles, and what leaves as a workbook."""

import io
import re
from collections.abc import Callable

import pytest
from openpyxl import load_workbook
from sqlalchemy import event

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.security import roles
from tests.harness.people import Browserlike

pytestmark = pytest.mark.functions("BM03")


def test_roles_are_told_apart_by_number_and_name(client_for: Callable[..., Browserlike]) -> None:
    page = client_for("security_admin").get("/BM03/").text
    body = page[page.index("<tbody>") :]
    shown = re.sub(r"<[^>]+>", " ", body[: body.index("</tbody>")])
    for role in registry.registry().roles.values():
        assert role.title in shown
        assert role.name not in shown, "the name that programs use is no word for people"


def test_a_role_more_costs_the_pages_of_roles_no_statement(
    client_for: Callable[..., Browserlike],
) -> None:
    admin = client_for("security_admin")
    pages = ("/BM03/", "/BM03/export", "/BM03/who?function=PP20")
    few = [_statements(admin, page) for page in pages]
    with acting_as(SYSTEM), unit_of_work():
        for number in range(3):
            roles.create(
                {"title": f"岗位{number}", "reach": "all", "face": "office", "purpose": ""}
            )
    admin.get("/BM03/")  # what the change made everybody forget
    assert [_statements(admin, page) for page in pages] == few


def _statements(person: Browserlike, page: str) -> int:
    session.remove()
    seen: list[str] = []
    listen = lambda conn, cursor, statement, *rest: seen.append(statement)  # noqa: E731
    event.listen(session.get_bind(), "before_cursor_execute", listen)
    assert person.get(page).status_code == 200
    event.remove(session.get_bind(), "before_cursor_execute", listen)
    return len(seen)


def test_the_workbook_of_grants_has_numbers_and_chinese_names(
    client_for: Callable[..., Browserlike],
) -> None:
    answer = client_for("security_admin").get("/BM03/export")
    head, *rows = load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True)
    assert head == ("角色 ID", "角色名称", "功能编号", "功能名称", "权限 ID", "权限名称")
    known = {
        (role.role.id, pair)
        for role in roles.all_roles()
        for _function, _operation, pair in roles.numbered_pairs(role)
    }
    assert {(row[0], row[4]) for row in rows} == known
    assert not [row for row in rows if row[5].isascii()]


def test_who_may_do_something_begins_with_what_the_page_is_for(
    client_for: Callable[..., Browserlike],
) -> None:
    admin = client_for("security_admin")
    assert "选择一项功能" in admin.get("/BM03/who").text
    found = admin.get("/BM03/who?function=PP20").text
    assert "选择一项功能" not in found
    assert "处室负责人" in found
