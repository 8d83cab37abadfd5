"""A felling permit as its author expected it: what is counted, what is paid, which way it takes."""

from io import BytesIO
from types import SimpleNamespace

import pytest
from PIL import Image
from sqlalchemy import select

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.errors import Refused, Rejected
from app.core.expressions.env import make_env
from app.core.files import attachments
from app.core.records import materials, slots
from app.core.records import service as records
from app.flow import engine
from app.flow.execution.cases import case_of
from app.web.form.filing import Filing
from app.web.views.listing import ListView

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def save(world, name, raw, who):
    with world.acting(who), unit_of_work():
        return records.save(registry.object(name), None, raw, complete=False).id


def tree(world, number, species, girth):
    raw = {"number": number, "unit": str(world.org), "species": species, "girth": girth}
    more = {"street": "中山路", "checked_on": "2026-11-01"}
    return save(world, "tree", raw | more, "ranger")


def felling(world, trees, **changes):
    items = [{"tree": str(pk), "girth": girth, "way": way} for pk, girth, way in trees]
    raw = {"name": "拓宽工程", "reason": "danger", "start_on": "2027-03-01", "items": items}
    return save(world, "felling", raw | {"finish_on": "2027-03-20"} | changes, "estate_clerk")


def picture():
    made = BytesIO()
    Image.new("RGB", (40, 30), "green").save(made, "PNG")
    return BytesIO(made.getvalue())


def read(world, name, pk, *fields):
    with acting_as(SYSTEM):
        record = session.get(registry.object(name).model, pk)
        found = tuple(getattr(record, field) for field in fields)
    session.remove()
    return found


def test_totals_and_the_way_follow_from_the_list(world):
    plane, ginkgo = tree(world, "A1", "plane", "30"), tree(world, "A2", "ginkgo", "20")
    pk = felling(world, [(plane, "30", "fell"), (ginkgo, "20", "move")])
    found = read(world, "felling", pk, "trees", "precious", "cost", "path")
    assert found == (2, 1, 1200_00, "expert")  # 30 cm at 40 yuan; what is moved costs nothing
    other = tree(world, "A3", "plane", "30")  # A1 stands in one application already
    pk = felling(world, [(other, "30.5", "fell")])
    assert read(world, "felling", pk, "trees", "cost", "path") == (1, 1220_00, "simple")


def test_a_list_prints_a_decimal_as_people_read_it(world):
    """It is kept in tenths; what a template names is 30.5, not 305."""
    pk = felling(world, [(tree(world, "A1", "plane", "30"), "30.5", "fell")])
    with acting_as(SYSTEM):
        record = session.get(registry.object("felling").model, pk)
        found = registry.registry().documents["site_list"].bind(record, make_env())
    session.remove()
    assert [row["girth"] for row in found["items"]] == ["30.5"]


def test_a_lot_makes_every_tag_and_knows_how_many_are_left(world):
    pk = save(world, "tag_lot", {"first": "T0098", "last": "T0102"}, "storekeeper")
    with world.acting("storekeeper"), unit_of_work():
        engine.act(case_of(records.find(registry.object("tag_lot"), pk)), "submit")
    assert read(world, "tag_lot", pk, "state", "tags", "left") == ("stored", 5, 5)
    again = save(world, "tag_lot", {"first": "T0102", "last": "T0103"}, "storekeeper")
    with pytest.raises(Rejected), world.acting("storekeeper"), unit_of_work():
        engine.act(case_of(records.find(registry.object("tag_lot"), again)), "submit")
    assert read(world, "tag_lot", again, "tags") == (0,)


def test_the_list_is_divided_by_where_a_case_can_rest(world):
    screen = SimpleNamespace(declared=registry.function("TR27"), flow=registry.flow_of("felling"))
    names = [tab.name for tab in ListView.tabs(screen)]
    assert "survey" in names and not {"site", "ward"} & set(names)


def test_a_step_that_opens_some_fields_opens_no_material(world):
    with acting_as(SYSTEM), unit_of_work():
        slots.make_all()
        slot = session.scalars(select(registry.object("visit_slot").model.id)).all()[-1]
    trees = [(tree(world, "A1", "plane", "30"), "30", "fell")]
    pk, obj = felling(world, trees, slot=str(slot)), registry.object("felling")
    with world.acting("estate_clerk"), unit_of_work():
        photo = attachments.store(picture(), "树.png", ("png",), 10**6).id
        opened = Filing(
            registry.registry().functions["TR20"], session.get_one(obj.model, pk)
        ).open()
        opened.files = {"photos": [photo]}
        opened.save(action="submit")
    with world.acting("permit_clerk"), unit_of_work():
        form = Filing(registry.registry().functions["TR21"], session.get_one(obj.model, pk)).open()
        assert form.closed_materials == {"plan", "photos", "consent"}
        form.files = {"photos": []}
        with pytest.raises(Refused, match="“树木照片”在当前环节不能修改"):
            form.save()
        session.rollback()
    with acting_as(SYSTEM):
        assert [row.file_id for row in materials.current(obj, pk)["photos"]] == [photo]
    session.remove()
