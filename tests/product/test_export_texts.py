"""What an export reads from columns alone is what a list shows of the records."""

from typing import Any

import pytest
from flask import Flask

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session
from app.core.declare import registry
from app.core.records import display, queries
from app.web.page import case_status
from app.web.views import column_texts, columns

pytestmark = pytest.mark.both_databases


def flattened() -> list[Any]:
    return [item for item in registry.registry().objects.values() if hasattr(item.model, "version")]


def test_both_ways_give_the_same_texts(demonstration: Flask) -> None:
    seen = 0
    with demonstration.app_context(), acting_as(SYSTEM):
        for obj in flattened():
            statement = queries.query(obj).order_by(obj.model.id).limit(700)
            paths = (*obj.columns, *(field.name for field in obj.fields), "created_at")
            every = [columns.column(obj, path) for path in paths if columns.known(obj, path)]
            shown = [
                one for one in every if column_texts.batches(obj, [one], statement, 1) is not None
            ]
            found = column_texts.batches(obj, shown, statement, 300)
            assert found is not None
            query = statement.options(*queries.eager(obj, [c.path for c in shown]))
            records = session.scalars(query).all()
            came = case_status.came_back(obj, records)
            lines = [line for batch in found for line in zip(*batch, strict=True)]
            for texts, record in zip(lines, records, strict=True):
                told = [
                    case_status.of(obj, record.state, came.get(record.id, "")).title
                    if c.state
                    else display.text_of(obj, record, c.path, masked=True)
                    for c in shown
                ]
                assert list(texts) == told, (obj.name, record.id)
                seen += 1
    assert seen > 500


def test_a_list_within_a_row_needs_the_record(demonstration: Flask) -> None:
    with demonstration.app_context(), acting_as(SYSTEM):
        obj = next(item for item in flattened() if item.children)
        column = columns.column(obj, obj.children[0].name)
        assert column_texts.batches(obj, [column], queries.query(obj), 100) is None
