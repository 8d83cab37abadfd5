"""What can be done with a draft: deleted while nobody has seen it, called off afterwards; saved where it goes on."""

from flask.testing import FlaskClient

from tests.app.web.case.test_page import returned, text
from tests.app.web.desk.people import act, complete, send
from tests.app.web.desk_fixtures import clerk, desk, liaison

__all__ = ["clerk", "desk", "liaison"]


def test_a_draft_is_deleted_and_not_called_off(liaison: FlaskClient) -> None:
    made = send(liaison, "/D01/new", complete(liaison))
    assert made.location.endswith("/edit"), "its filling in goes on"
    assert "（未编号）" in text(liaison, "/D01/")
    page = text(liaison, made.location.removesuffix("/edit"))
    assert "删除草稿" in page
    assert 'data-ask="cancel"' not in page


def test_what_was_handed_in_once_is_called_off_and_not_deleted(
    liaison: FlaskClient, clerk: FlaskClient
) -> None:
    pk = returned(liaison, clerk)
    page = text(liaison, f"/D01/{pk}")
    assert "删除草稿" not in page
    assert 'data-ask="cancel"' in page
    assert act(liaison, "/D01", pk, "cancel", comment="不去了").status_code == 200
