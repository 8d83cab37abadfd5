"""BM05: whoever begins an application is reminded of its guide, and finds all of them by business."""

from collections.abc import Callable
from typing import Any

import pytest

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from tests.harness.people import Browserlike

pytestmark = pytest.mark.functions("BM05")

REMINDER = "办理前请阅读办事指南"


def guide(key: str) -> Any:
    model: Any = registry.object("guide").model
    return session.query(model).filter(model.key == key).one()


@pytest.mark.musts("BM05.2")
def test_a_new_form_reminds_of_its_guide(client_for: Callable[..., Browserlike]) -> None:
    page = client_for("liaison").get("/PP17/new").text
    assert REMINDER in page
    with acting_as(SYSTEM), elevated():
        row = guide(registry.function("PP17").guide)
        assert row.papers[:7] in page
        assert row.attention[:10] in page


def test_a_guide_that_is_not_published_reminds_nobody(
    client_for: Callable[..., Browserlike],
) -> None:
    with acting_as(SYSTEM), elevated(), unit_of_work():
        guide(registry.function("PP17").guide).published = False
    assert REMINDER not in client_for("liaison").get("/PP17/new").text


@pytest.mark.musts("BM05.1")
def test_guides_are_found_by_business_and_by_word(client_for: Callable[..., Browserlike]) -> None:
    liaison = client_for("liaison")
    assert "因公出国任务申报指南" in liaison.get("/BM05/?q=任务申报").text
    by_business = liaison.get("/BM05/?f.business=trip").text
    assert "因公出国任务申报指南" in by_business
    assert "专办员备案办理指南" not in by_business
