"""Dashboards: tiles counted as by hand, in a fixed number of statements, each figure with its records."""

import re
from datetime import date
from urllib.parse import unquote

import pytest

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.reports import board
from app.reports.table import tables, text
from tests.examples.test_reports import put
from tests.harness.statements import heard

ALL = (None, None)


def put_papers():
    """Two passports and a pass, of which two are with their holders."""
    papers = (
        ("passport", "east", "person"), ("passport", "west", "counter"), ("travel_pass", "west", "person"),
    )  # fmt: skip
    with acting_as(SYSTEM), unit_of_work():
        units = {row.name: row.id for row in session.query(registry.object("bureau").model)}
        for number, (kind, unit, place) in enumerate(papers):
            session.add(
                registry.object(kind).model(
                    number=f"N{number}", holder=f"持证人{number}", unit_id=units[unit],
                    place=place, state="stored", valid_until=date(2030, 1, 1),
                )
            )  # fmt: skip
    session.remove()


def drawn(world, who, within=ALL):
    with world.acting(who) as actor, acting_as(actor, "RP02"):
        return {
            one.tile.name: one for one in board.drawn(registry.report_model("journeys"), within)
        }


def values(one):
    return {head.title: text(one.measure, value) for head, value in one.values}


def test_each_tile_shows_what_counting_by_hand_gives(world):
    put(world)
    put_papers()
    found = drawn(world, "officer")
    wholes = {name: text(one.measure, one.whole) for name, one in found.items()}
    assert wholes["persons"] == "7"
    assert wholes["journeys"] == "4"
    assert wholes["mean"] == "3.0"
    assert wholes["heads"] == "2"
    assert wholes["papers"] == "2"  # of both kinds of paper
    assert values(found["course"]) == {"2027-03": "5", "2027-04": "2"}
    assert values(found["lengths"]) == {"三天以上": "2", "三天以内": "2"}
    assert values(found["grades"]) == {"其他人员": "4", "主要负责人": "2", "副职": "1"}
    assert values(found["places"]) == {"北城": "3", "南城": "3", "海滨": "2", "（空）": "1"}
    assert values(found["bureaus"]) == {"east": "5"}
    assert found["bureaus"].table.rows_cut == 1
    cells = {
        (row.title, side.title): value
        for row, line in found["when"].cells
        for side, value in line
        if value
    }
    assert cells == {
        ("北城", "2027-03"): 2, ("北城", "2027-04"): 1, ("南城", "2027-03"): 3,
        ("海滨", "2027-03"): 2, ("（空）", "2027-04"): 1,
    }  # fmt: skip
    assert [found["when"].depth(value) for value in (0, 1, 2, 3)] == [0, 2, 4, 6]


def test_everybody_sees_figures_of_what_they_may_see(world):
    put(world)
    put_papers()
    found = drawn(world, "clerk")
    assert found["persons"].whole == 5
    assert found["papers"].whole == 1
    assert values(found["bureaus"]) == {"east": "5"}
    assert found["bureaus"].table.rows_cut == 0
    with acting_as(world.actors["clerk"], "EX04"):  # not granted: reaches nothing
        model = registry.report_model("journeys")
        assert all(not one.whole for one in board.drawn(model, ALL))


def test_days_limit_all_tiles_but_those_that_say_no(world):
    put(world)
    put_papers()
    found = drawn(world, "officer", (date(2027, 4, 1), date(2027, 4, 30)))
    assert found["persons"].whole == 2
    assert found["heads"].whole == 2  # undated
    assert found["papers"].whole == 2  # its model has no date
    assert values(found["course"]) == {"2027-04": "2"}


def test_a_line_has_no_gap_where_nothing_was(world):
    put(world)
    put(world, [("east", 11, 1, (), ("head",))])
    months = values(drawn(world, "officer")["course"])
    assert list(months) == [f"2027-{month:02}" for month in range(3, 12)]
    assert months["2027-07"] == "0"
    assert months["2027-11"] == "1"


def test_spans_are_whole_months_and_years():
    day = date(2027, 2, 14)
    assert board.limits("year", day) == (date(2027, 1, 1), date(2027, 12, 31))
    assert board.limits("month", day) == (date(2027, 2, 1), date(2027, 2, 28))
    assert board.limits("twelve", day) == (date(2026, 3, 1), date(2027, 2, 28))
    assert board.limits("twelve", date(2027, 12, 1))[0] == date(2027, 1, 1)
    assert board.limits("all", day) == ALL


def test_more_tiles_cost_no_more_statements(world):
    put(world)
    model = registry.report_model("journeys")
    with world.acting("officer") as actor, acting_as(actor, "RP02"):
        board.drawn(model, ALL)  # dictionaries are read once
        with heard() as ran:
            found = board.drawn(model, ALL)
        questions = [
            one.table.asked for one in found if one.model is model and not one.tile.undated
        ]
        with heard() as twice:
            tables(questions * 3, [board.Room()] * len(questions) * 3)
    # the tiles of the model, those that no days limit, those of another model; the names of units
    assert len(ran) == 4
    assert len(twice) == 2


@pytest.fixture
def office(world, client):
    put(world)
    put_papers()
    clock.set_clock(None)
    return client("officer")


def links(page):
    return {link.replace("&amp;", "&") for link in re.findall(r'<a href="(/RP02/rows[^"]+)"', page)}


def test_every_figure_opens_exactly_its_records(office):
    page = office.get("/RP02/?span=all").text
    found = links(page)
    assert len(found) > 20
    for link in found:
        shown = re.search(
            re.escape(link.replace("&", "&amp;")) + r'"[^>]*>(?:[^<\d]*<span class="count">)?([\d,.]+)%?<', page
        )[1]  # fmt: skip
        behind = office.get(link).text
        lines = len(re.findall(r'<td class="first', behind))
        if "of=mean" in link:
            assert lines == 4  # an average leads to what it was taken of
        elif "of=head_share" in link:  # … and a share to the whole that it is a share of
            heads, whole = (
                len(
                    re.findall(
                        r'<td class="first', office.get(link.replace("head_share", name)).text
                    )
                )
                for name in ("heads", "persons")
            )
            assert lines == whole
            assert shown == f"{100 * heads / whole:.1f}"
        else:
            assert lines == int(shown), unquote(link)
        assert "不认识" not in behind
        assert 'href="/RP02/"' in behind


def test_records_of_another_model_have_columns_of_their_own(office):
    page = office.get("/RP02/rows?model=papers&of=papers").text
    assert "持证人0" in page
    assert "持证人1" not in page
    assert office.get("/RP02/rows?model=other&of=papers").status_code == 404
    assert office.get("/RP02/rows/export?model=papers&of=papers").status_code == 200


def test_the_wall_and_the_tiles_alone_show_the_same_figures(office):
    whole = office.get("/RP02/?span=all").text
    wall = office.get("/RP02/wall?span=all").text
    tiles = office.get("/RP02/tiles?span=all").text
    for page in (whole, wall, tiles):
        assert len(re.findall(r'data-tile="', page)) == 12
        assert re.search(
            r'data-tile="persons".*?kpi-value"><a [^>]+>7</a><small>人次</small>', page, re.S
        )
    assert "<html" not in tiles
    assert 'data-refresh="60"' in wall
    assert "data-keeps" not in wall  # an officer may do more than look
    assert "没有符合条件的记录" in office.get("/RP02/?span=year").text


def test_it_is_denied_without_a_grant(client):
    director = client("director")
    for path in ("/RP02/", "/RP02/wall", "/RP02/tiles", "/RP02/figures", "/RP02/rows?of=persons"):
        assert director.get(path).status_code == 403


def test_the_workbench_shows_the_numbers_of_a_dashboard(office, client):
    assert 'data-cockpit="/RP02/figures"' in office.get("/").text
    figures = office.get("/RP02/figures?span=all").text
    numbers = [
        tile for tile in registry.report_model("journeys").dashboard.tiles if tile.form == "number"
    ]
    assert re.findall(r'data-tile="(\w+)"', figures) == [tile.name for tile in numbers]
    assert re.search(
        r'data-tile="persons".*?kpi-value"><a [^>]+>7</a><small>人次</small>', figures, re.S
    )
    assert "data-cockpit" not in client("director").get("/").text


def test_a_clerk_may_look_and_not_export(world, client):
    put(world)
    clerk = client("clerk", world.bureaus["east"])
    assert re.search(r'data-tile="persons".*?>5</a>', clerk.get("/RP02/?span=all").text, re.S)
    assert clerk.get("/RP02/rows/export?of=persons").status_code == 403
