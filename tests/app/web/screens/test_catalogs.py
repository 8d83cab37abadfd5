"""BM24, BM28, BM05E: countries, cities and guides are kept on screen; what is used or shipped stays."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from tests.harness.people import Browserlike


def put(object_name: str, **values: Any) -> int:
    model: Any = registry.object(object_name).model
    with acting_as(SYSTEM), elevated(), unit_of_work():
        row = model(**values)
        session.add(row)
        session.flush()
        return row.id


def exists(object_name: str, pk: int) -> bool:
    session.remove()
    with acting_as(SYSTEM), elevated():
        return session.get(registry.object(object_name).model, pk) is not None


def first(object_name: str) -> int:
    session.remove()
    model: Any = registry.object(object_name).model
    with acting_as(SYSTEM), elevated():
        return session.query(model).order_by(model.id).first().id


@pytest.fixture
def clerk(client_for: Callable[..., Browserlike]) -> Browserlike:
    return client_for("fao_handler")


FLAGS = (
    "visa_free",
    "schengen",
    "centrally_handled",
    "visa_on_arrival",
    "fingerprints",
    "interview",
)
COUNTRY = {"code": "XX", "name": "示例国", "name_en": "Example", "short": "示例"} | dict.fromkeys(
    FLAGS, "unknown"
)


@pytest.mark.functions("BM24")
@pytest.mark.both_databases
def test_what_was_added_by_mistake_is_deleted(clerk: Browserlike) -> None:
    pk = put("country", **COUNTRY)
    assert ">删除</button>" in clerk.get(f"/BM24/{pk}").text
    answer = clerk.post(f"/BM24/{pk}/delete", follow_redirects=True)
    assert "已删除" in answer.text
    assert not exists("country", pk)


@pytest.mark.functions("BM24")
@pytest.mark.both_databases
def test_what_is_used_stays_and_it_is_said_where(clerk: Browserlike) -> None:
    pk = put("country", **COUNTRY)
    put("city", kind="foreign", country_id=pk, name="示例城", code="XX-001")
    answer = clerk.post(f"/BM24/{pk}/delete", follow_redirects=True)
    assert "已被使用，不能删除，可以停用" in answer.text
    assert registry.object("city").title in answer.text
    assert exists("country", pk)


@pytest.mark.parametrize(
    ("function", "name"), [("BM24", "country"), ("BM28", "city"), ("BM05E", "guide")]
)
def test_what_shipped_is_only_disabled(clerk: Browserlike, function: str, name: str) -> None:
    pk = first(name)
    answer = clerk.post(f"/{function}/{pk}/delete", follow_redirects=True)
    assert "系统预置的资料不能删除，可以停用" in answer.text
    assert exists(name, pk)
    clerk.post(f"/{function}/{pk}/disable")
    assert exists(name, pk)


@pytest.mark.functions("BM24")
def test_deleting_needs_its_grant(client_for: Callable[..., Browserlike]) -> None:
    pk = put("country", **COUNTRY)
    reader = client_for("fao_reception")
    assert ">删除</button>" not in reader.get(f"/BM24/{pk}").text
    assert reader.post(f"/BM24/{pk}/delete").status_code == 403
    assert exists("country", pk)


def stored(object_name: str, **values: Any) -> Any:
    """Return the one row that has these values."""
    session.remove()
    with acting_as(SYSTEM), elevated():
        return session.query(registry.object(object_name).model).filter_by(**values).one()


def sent(client: Browserlike, address: str, values: dict[str, str]) -> Any:
    """Send a form as its page does."""
    token = re.search(r'name="_token" value="([^"]*)"', client.get(address).text)
    version = re.search(r'name="_version" value="([^"]*)"', client.get(address).text)
    assert token and version
    hidden = {"_token": token[1], "_version": version[1], "_do": "save"}
    return client.post(address, data={**values, **hidden})


def beside(page: str, field: str) -> str:
    """Return what stands beside a field."""
    found = re.search(rf'id="f-{field}" data-faults>(.*?)</ul>', page, re.S)
    assert found, field
    return re.sub(r"<[^>]+>|\s", "", found[1])


@pytest.mark.functions("BM24")
@pytest.mark.both_databases
@pytest.mark.musts("BM24.1", "BM24.2", "BM24.3")
def test_a_country_is_added_found_changed_and_taken_out_of_use(clerk: Browserlike) -> None:
    wrong = sent(clerk, "/BM24/new", {**COUNTRY, "code": "X1", "name": "", "schengen": "perhaps"})
    assert wrong.status_code == 422
    assert beside(wrong.text, "code") and beside(wrong.text, "schengen")
    assert beside(wrong.text, "name") == "请填写国家名称（全称）"
    assert 'value="Example"' in wrong.text, "what was typed is kept"
    taken = sent(clerk, "/BM24/new", {**COUNTRY, "code": "DE"})
    assert "已被登记过，不能重复" in beside(taken.text, "code")

    values = COUNTRY | {
        "visa_free": "yes", "short_en": "EX", "fingerprints": "yes", "fingerprint_address": "示例路1号",
    }  # fmt: skip
    assert sent(clerk, "/BM24/new", values).status_code == 303
    pk = stored("country", code="XX").id
    page = clerk.get(f"/BM24/{pk}").text
    for words in (
        "示例国",
        "Example",
        "EX",
        "因公护照免签",
        "申根国家",
        "统办国家",
        "落地签",
        "示例路1号",
        "面谈",
    ):
        assert words in page
    assert "示例" in clerk.get("/BM24/?q=示例&f.visa_free=yes").text
    assert "没有符合条件的记录" in clerk.get("/BM24/?q=示例国&f.visa_free=no").text

    kept = sent(clerk, f"/BM24/{pk}/edit", values | {"fingerprints": "no", "interview": "yes"})
    assert kept.status_code == 303
    row = stored("country", code="XX")
    assert (row.interview, row.fingerprint_address) == ("yes", None), "no fingerprints, no address"
    clerk.post(f"/BM24/{pk}/disable")
    city = {"kind": "foreign", "country": str(pk), "name": "示例城", "code": "XX-001"}
    assert "不可选用" in beside(sent(clerk, "/BM28/new", city).text, "country")
    clerk.post(f"/BM24/{pk}/enable")
    assert sent(clerk, "/BM28/new", city).status_code == 303


@pytest.mark.functions("BM28")
@pytest.mark.both_databases
@pytest.mark.musts("BM28.1", "BM28.2", "BM28.3")
def test_a_city_abroad_has_a_country_and_one_at_home_a_province(clerk: Browserlike) -> None:
    abroad = sent(clerk, "/BM28/new", {"kind": "foreign", "name": "示例城", "code": "DE-901"})
    assert beside(abroad.text, "country") == "请选择国家（地区）"
    home = sent(clerk, "/BM28/new", {"kind": "domestic", "name": "示例市", "code": "ab"})
    assert beside(home.text, "province") == "请填写省级行政区"
    assert beside(home.text, "code")

    germany = stored("country", code="DE").id
    values = {"kind": "foreign", "country": str(germany), "name": "示例城", "code": "DE-901"}
    assert sent(clerk, "/BM28/new", {**values, "province": "湖北省"}).status_code == 303
    row = stored("city", code="DE-901")
    assert (row.country_id, row.province) == (germany, None), "a city abroad keeps no province"
    values = {"kind": "domestic", "province": "湖北省", "name": "示例市", "code": "429999"}
    assert sent(clerk, "/BM28/new", values).status_code == 303
    assert "示例市" in clerk.get("/BM28/?f.kind=domestic&q=示例").text
    assert "示例城" not in clerk.get("/BM28/?f.kind=domestic&q=示例").text
    again = sent(clerk, "/BM28/new", {**values, "name": "又一个"})
    assert "已被登记过，不能重复" in beside(again.text, "code")

    pk = stored("city", code="429999").id
    assert sent(clerk, f"/BM28/{pk}/edit", {**values, "name": "示例新市"}).status_code == 303
    assert stored("city", code="429999").name == "示例新市"
    clerk.post(f"/BM28/{pk}/disable")
    assert "已停用" in clerk.get("/BM28/?q=示例新市").text
    assert "已删除" in clerk.post(f"/BM28/{pk}/delete", follow_redirects=True).text
    assert not exists("city", pk)


@pytest.mark.parametrize(("function", "role"), [("BM24", "liaison"), ("BM28", "liaison")])
def test_whoever_only_reads_keeps_nothing(
    client_for: Callable[..., Browserlike], function: str, role: str
) -> None:
    reader = client_for(role)
    assert reader.get(f"/{function}/").status_code == 200
    for answer in (reader.get(f"/{function}/new"), reader.post(f"/{function}/1/disable")):
        assert answer.status_code == 403
