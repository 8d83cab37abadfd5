"""What came back to the first step says so: in lists, on its page, on its form."""

import re

import pytest
from flask.testing import FlaskClient

from tests.app.web.desk.people import act, submitted
from tests.app.web.desk_fixtures import clerk, desk, liaison

__all__ = ["clerk", "desk", "liaison"]


def tag(client: FlaskClient, address: str) -> list[str]:
    return re.findall(
        r'<span class="tag[^"]*">([^<]*修改|填报|草稿|审核)</span>', client.get(address).text
    )


@pytest.fixture
def returned(liaison: FlaskClient, clerk: FlaskClient) -> int:
    pk = submitted(liaison)
    assert act(clerk, "/D02", pk, "send_back", comment="请写明地点").status_code == 200
    return pk


@pytest.fixture
def recalled(liaison: FlaskClient) -> int:
    pk = submitted(liaison, kind="online", link="http://x", room="")
    assert act(liaison, "/D01", pk, "recall").status_code == 200
    return pk


def test_a_list_tells_them_apart(liaison: FlaskClient, returned: int, recalled: int) -> None:
    submitted(liaison, kind="online", link="http://x", room="")
    assert sorted(tag(liaison, "/D01/")) == ["审核", "撤回修改", "退回修改"]


def test_the_workbench_tells_what_came_back_from_what_was_begun(
    liaison: FlaskClient, returned: int
) -> None:
    steps = re.findall(r'class="w-step"><span class="tag[^"]*">([^<]+)', liaison.get("/").text)
    assert steps[0] == "退回修改"


def test_the_page_says_who_why_and_what_to_do(liaison: FlaskClient, returned: int) -> None:
    page = liaison.get(f"/D01/{returned}").text
    assert tag(liaison, f"/D01/{returned}")[0] == "退回修改"
    assert re.search(r"退回</strong>：请写明地点", page)
    assert "改好后重新提交" in page
    assert re.search(r'class="btn btn-primary" href="/D01/\d+/edit"', page)


def test_after_taking_back_the_next_thing_to_do_stands_out(
    liaison: FlaskClient, recalled: int
) -> None:
    page = liaison.get(f"/D01/{recalled}").text
    assert tag(liaison, f"/D01/{recalled}")[0] == "撤回修改"
    assert "现在没有人办理这一件" in page
    assert re.findall(r'class="btn btn-primary"[^>]*>', page[: page.index('id="decide"')]) == [
        f'class="btn btn-primary" href="/D01/{recalled}/edit" data-key="e">'
    ]
    assert "撤回修改" in liaison.get(f"/D01/{recalled}/edit").text


def test_what_goes_on_again_reads_as_ever(liaison: FlaskClient, recalled: int) -> None:
    assert act(liaison, "/D01", recalled, "submit").status_code == 200
    assert tag(liaison, "/D01/") == ["审核"]
    assert "case-back" not in liaison.get(f"/D01/{recalled}").text
