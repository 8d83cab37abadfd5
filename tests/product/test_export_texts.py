"""What an export reads from columns alone is what a list shows of the records."""

from typing import Any

import pytest
from flask import Flask

from app.core import display, registry, rows
from app.core.actor import SYSTEM, acting_as
from app.core.database import session
from app.web import standing
from app.web.views import columns, flat

pytestmark = pytest.mark.both_databases


def flattened() -> list[Any]:
    return [item for item in registry.registry().objects.values() if hasattr(item.model, "version")]


def test_both_ways_give_the_same_texts(demonstration: Flask) -> None:
    seen = 0
    with demonstration.app_context(), acting_as(SYSTEM):
        for obj in flattened():
            statement = rows.query(obj).order_by(obj.model.id).limit(700)
            paths = (*obj.columns, *(field.name for field in obj.fields), "created_at")
            every = [columns.column(obj, path) for path in paths if columns.known(obj, path)]
            shown = [one for one in every if flat.batches(obj, [one], statement, 1) is not None]
            found = flat.batches(obj, shown, statement, 300)
            assert found is not None
            query = statement.options(*rows.eager(obj, [c.path for c in shown]))
            records = session.scalars(query).all()
            came = standing.came_back(obj, records)
            lines = [line for batch in found for line in zip(*batch, strict=True)]
            for texts, record in zip(lines, records, strict=True):
                told = [
                    standing.of(obj, record.state, came.get(record.id, "")).title
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
        assert flat.batches(obj, [column], rows.query(obj), 100) is None
