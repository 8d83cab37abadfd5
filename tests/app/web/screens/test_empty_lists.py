"""A list without rows says what its function is for, and what was sent back has lists of its own."""

from collections.abc import Callable

import pytest
from markupsafe import escape

from app.core.declare import registry
from tests.harness.people import Browserlike


@pytest.mark.parametrize("role", ["liaison", "applicant"])
def test_an_empty_list_says_what_the_function_is_for(
    client_for: Callable[..., Browserlike], role: str
) -> None:
    person = client_for(role)
    seen = 0
    for function in registry.registry().functions.values():
        held = dict(function.grants).get(role, ())
        if function.screen not in ("apply", "rework") or "view" not in held:
            continue
        page = person.get(f"/{function.id}/").text
        if "data-rows" in page and "empty" not in page:
            continue
        assert str(escape(function.help or "有新的记录后会显示在这里。")) in page, function.id
        assert ("没有退回待处理的记录" in page) is (function.screen == "rework")
        seen += 1
    assert seen


@pytest.mark.functions("BM14")
def test_what_was_returned_of_a_filing_is_put_right_by_whoever_filed_it(
    client_for: Callable[..., Browserlike],
) -> None:
    liaison, applicant = client_for("liaison"), client_for("applicant")
    assert applicant.get("/BM14/").status_code == 200
    assert liaison.get("/BM14C/").status_code == 200
    assert "BM14C" in liaison.get("/").text
    assert "新建" in liaison.get("/BM10/").text, "where a change is begun"


def test_a_search_box_stands_only_where_a_search_finds_something(
    client_for: Callable[..., Browserlike],
) -> None:
    liaison = client_for("liaison")
    assert 'role="search" id="quick"' in liaison.get("/PP14/").text
    assert 'role="search" id="quick"' not in liaison.get("/PP10B/").text
