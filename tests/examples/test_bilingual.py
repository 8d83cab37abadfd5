"""A text in two languages: both stand on the form, both are found, both can be printed."""

from app.core.db.database import session
from app.core.declare import registry
from app.core.records import service as records
from app.core.records.display import text_of
from tests.app.web.desk.people import hidden
from tests.examples.deeds import save


def funds(world):
    for name, english in (("培训费", "Training"), ("出访费", "Journeys")):
        raw = {"unit": str(world.bureaus["east"]), "name": name, "name_en": english}
        save(world, "fund", raw | {"granted": "10"}, who="officer")


def test_both_are_on_the_form_and_kept(world, client):
    officer = client("officer")
    form = officer.get("/FU01/new").get_data(as_text=True)
    assert 0 < form.index('name="name"') < form.index('name="name_en"')
    assert "名称（英文）" in form
    typed = {"unit": str(world.bureaus["east"]), "name": "培训费", "name_en": "Training"}
    data = hidden(officer, "/FU01/new") | typed | {"granted": "10", "_do": "save"}
    assert officer.post("/FU01/new", data=data).status_code == 303
    with world.acting("officer"):
        found = session.query(registry.object("fund").model).one()
        assert (found.name, found.name_en) == ("培训费", "Training")


def test_either_finds_the_record(world, client):
    funds(world)
    officer = client("officer")
    for word in ("培训", "Training", "trainin"):
        page = officer.get(f"/FU01/?q={word}").get_data(as_text=True)
        assert "培训费" in page
        assert "出访费" not in page


def test_the_english_may_be_left_out_and_reads_like_any_field(world):
    raw = {"unit": str(world.bureaus["east"]), "name": "杂费", "granted": "10"}
    pk = save(world, "fund", raw, who="officer")
    obj = registry.object("fund")
    with world.acting("officer"):
        fund = records.find(obj, pk)
        assert text_of(obj, fund, "name_en") in ("", "—")
        assert obj.field("name_en").title == "名称（英文）"
