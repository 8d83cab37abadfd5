"""What is said before a case is ended for good, and to whom a return is worded."""

import re

from flask import Flask
from flask.testing import FlaskClient

from tests.app.web.case.test_page import CHECKED, text
from tests.app.web.desk.people import act, browser, submitted
from tests.app.web.desk_fixtures import clerk, desk, liaison

__all__ = ["clerk", "desk", "liaison"]


def test_ending_a_case_is_asked_with_what_follows(
    desk: Flask, clerk: FlaskClient, liaison: FlaskClient
) -> None:
    pk = submitted(liaison)
    assert (
        "data-confirm"
        not in re.search(r'<button[^>]*data-act="pass"[^>]*>', text(clerk, f"/D02/{pk}"))[0]
    )
    act(clerk, "/D02", pk, "pass", **CHECKED)
    button = re.search(
        r'<button[^>]*data-act="grant"[^>]*>', text(browser(desk, "chief"), f"/D03/{pk}")
    )
    assert "批准后本件办结为“已批准”" in button[0]
    assert "办结后不能撤回。确定批准？" in button[0]


def test_a_return_is_worded_for_whom_it_goes_to(
    desk: Flask, clerk: FlaskClient, liaison: FlaskClient
) -> None:
    pk = submitted(liaison)
    mine = text(clerk, f"/D02/{pk}")  # leads to the applicants only
    assert '<span data-for="outside">会告知申请人</span>' in mine
    act(clerk, "/D02", pk, "pass", **CHECKED)
    page = text(browser(desk, "chief"), f"/D03/{pk}")
    assert re.findall(r'data-whose="(\w+)"', page) == ["inside", "outside"]
    assert '<span data-for="outside" hidden>会告知申请人</span>' in page
    assert '<span data-for="inside">会告知该环节的办理人</span>' in page
