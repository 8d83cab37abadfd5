"""A file that somebody hands in: judged first, taken once, within the person's reach, and taken back."""

import io
import re
from dataclasses import replace
from datetime import date

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from app.core.access.actor import SYSTEM, acting_as
from app.core.audit import verification
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.errors import Fault, Refused, Rejected
from app.core.expressions.env import make_env
from app.core.files import attachments
from app.core.records import derived_values
from app.core.records.service import TakenOver, bind_over, insert
from app.core.types import Type
from app.intake import uploaded_sources
from app.intake.models import HandedIn, TakenRow
from app.web.screens import intake
from tests.app.security.people import open_person, post, sign_in
from tests.examples import legacy, stations
from tests.harness.statements import heard

PATH = "/HK14/"


def holder(world, number, unit="east"):
    """File a person, as an older system's would be."""
    obj, no = registry.object("holder"), legacy.card_no(number)
    raw = {
        "name": f"人{number}", "card_no": no, "sex": "1", "born": "1970-01-01",
        "phone": "13800000000", "unit": str(world.bureaus[unit]),
    }  # fmt: skip
    with acting_as(SYSTEM), unit_of_work():
        insert(obj, [bind_over(obj, None, raw, make_env()).row], TakenOver("filed"))
    session.remove()
    return no


@pytest.fixture
def clerk(world, client):
    """The clerk of the eastern bureau, signed in, with two persons of hers and one of the western."""
    world.cards = [holder(world, 1), holder(world, 2), holder(world, 3, "west")]
    return client("clerk", world.bureaus["east"])


def words(page):
    """Return what a page says, without its marks."""
    body = page.partition("<main")[2].partition("</main>")[0] or page
    return re.sub(r"\s+", " ", re.sub(r"<svg.*?</svg>|<[^>]+>", " ", body, flags=re.DOTALL))


def hand_in(clerk, content, name="站.zip"):
    """Hand a file in and return the page of its check."""
    answer = post(clerk, PATH, file=(io.BytesIO(content), name))
    assert answer.status_code == 303, answer.text
    session.remove()
    return answer.location


def take(clerk, where):
    """Click a second time."""
    answer = post(clerk, f"{where}/take")
    session.remove()
    return answer


def taken(clerk, content):
    return take(clerk, hand_in(clerk, content))


def captures(name="holder_capture"):
    model = registry.object(name).model
    with acting_as(SYSTEM):
        found = session.scalars(select(model).order_by(model.id)).unique().all()
    return found


def ledger():
    return session.scalar(select(func.count()).select_from(TakenRow))


def good(world, **more):
    rows = [
        (world.cards[0], "20210501", "DEV-1", "照片/1.jpg"),
        (world.cards[1], "2021.5.2", "ｄｅｖ-1", "照片/2.jpg"),
    ]
    pictures = {"照片/1.jpg": stations.picture(), "照片/2.jpg": stations.picture("red")}
    return stations.package(rows, pictures, **more)


def test_a_package_is_judged_first_and_taken_by_a_second_click(world, clerk):
    where = hand_in(clerk, good(world))
    page = words(clerk.get(where).text)
    assert "全部检查通过，可以载入。现在还没有写入任何数据" in page
    assert not captures() and not ledger()
    assert take(clerk, where).status_code == 303
    first, second = captures()
    assert (first.card_no, str(first.taken_on), str(second.taken_on)) == (
        world.cards[0], "2021-05-01", "2021-05-02"
    )  # fmt: skip
    assert first.unit_id == second.unit_id == world.bureaus["east"]
    (device,) = captures("capture_device")
    assert first.device_id == second.device_id == device.id
    stored = session.get(attachments.File, first.portrait_id)
    with attachments.open_file(stored) as stream:
        assert stream.read() == stations.picture()
    batch = session.scalars(select(HandedIn)).one()
    assert batch.note == "采集设备共 1 行：已载入 1；采集记录共 2 行：已载入 2"
    assert not list(verification.verify())


def test_the_same_file_twice_changes_nothing(world, clerk):
    taken(clerk, good(world))
    before = [(one.id, one.version, one.portrait_id) for one in captures()]
    where = hand_in(clerk, good(world))
    assert "以前都已载入，没有新的内容" in words(clerk.get(where).text)
    assert "以前都已载入" in take(clerk, where).text
    assert [(one.id, one.version, one.portrait_id) for one in captures()] == before
    assert session.scalar(select(func.count()).select_from(HandedIn)) == 1


def test_another_picture_under_the_same_name_is_new_data(world, clerk):
    taken(clerk, good(world))
    before = captures()[0].portrait_id
    rows = [(world.cards[0], "20210501", "DEV-1", "照片/1.jpg")]
    taken(clerk, stations.package(rows, {"照片/1.jpg": stations.picture("green")}))
    assert captures()[0].portrait_id != before


def test_each_fault_is_said_beside_its_cell_and_good_rows_are_taken(world, clerk):
    rows = [
        (world.cards[0], "20210501", "DEV-1", "1.jpg"),
        (world.cards[1], "2021-13-01", "DEV-1", "2.jpg"),
        (world.cards[2], "20210501", "DEV-1", "1.jpg"),
        (legacy.card_no(9), "20210501", "DEV-9", "9.jpg"),
    ]
    pictures = {"1.jpg": stations.picture(), "2.jpg": b"no picture at all"}
    where = hand_in(clerk, stations.package(rows, pictures))
    page = words(clerk.get(where).text)
    for said in (
        "没有这一天", "内容无法识别", "包里没有文件“9.jpg”", f"身份证号为“{Type().mask(world.cards[2])}”",
        "设备编号为“DEV-9”", "第 3 行",
    ):  # fmt: skip
        assert said in page, said
    assert world.cards[2] not in page, "a number that lists mask is masked here too"
    assert take(clerk, where).status_code == 303
    (one,) = captures()
    assert one.card_no == world.cards[0]


def test_rows_of_other_units_are_refused(world, clerk, client):
    other = client("officer")  # reaches everything, but is not granted the screen
    assert other.get(PATH).status_code == 403
    obj = registry.object("capture_device")
    raw = {"no": "DEV-1", "model": "乙型", "unit": str(world.bureaus["west"])}
    with acting_as(SYSTEM), unit_of_work():
        insert(obj, [bind_over(obj, None, raw, make_env()).row])
    session.remove()
    page = words(clerk.get(hand_in(clerk, good(world))).text)
    assert "属于其他单位，不在您的范围内" in page
    (device,) = captures("capture_device")
    assert device.model == "乙型"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no zip", "文件不是 zip 压缩包，或已损坏"),
        (stations.packed({"../采集.csv": b"x"}), "不安全的文件名"),
        (stations.packed({"a.txt": b"x"}), "没有数据表"),
        (stations.packed({"设备.csv": "设备编号,型号\n".encode(), "采集.csv": b"\0" * 9_000_000}), "异常大"),
        (stations.package([("1",)], {}, heads=("编号",)), "数据表“采集”没有列：身份证号、采集日期、设备编号、照片"),
        (stations.packed({"设备.csv": "设备编号,型号\n".encode()}), "没有数据表“采集”"),
    ],
)  # fmt: skip
def test_what_is_no_package_is_said(world, clerk, content, said):
    page = words(clerk.get(hand_in(clerk, content)).text)
    assert said in page
    assert not captures() and not ledger()


def test_another_kind_of_file_is_refused_at_once(world, clerk):
    answer = post(clerk, PATH, file=(io.BytesIO(b"x"), "站.docx"))
    assert answer.status_code == 409 and "请交 .zip 文件" in answer.text
    nothing = post(clerk, PATH)
    assert nothing.status_code == 409 and "请选择要交的文件" in nothing.text


def undo(clerk):
    pk = session.scalars(select(HandedIn.id).order_by(HandedIn.id.desc()).limit(1)).one()
    answer = post(clerk, f"{PATH}{pk}/undo")
    session.remove()
    return answer


def test_what_was_taken_is_taken_back_and_may_come_again(world, clerk):
    taken(clerk, good(world))
    assert undo(clerk).status_code == 303
    assert not captures() and not captures("capture_device") and not ledger()
    assert "这一批已经撤回" in undo(clerk).text
    taken(clerk, good(world))
    assert len(captures()) == 2
    assert not list(verification.verify())


def test_what_is_taken_back_is_looked_through_together(world, clerk):
    def asked(number):
        devices = [(f"dev-{number}-{one}", "甲型") for one in range(number)]
        taken(clerk, stations.package([], {}, devices=devices))
        assert len(captures("capture_device")) == number
        with heard() as said:
            assert undo(clerk).status_code == 303
        assert not captures("capture_device")
        of_the_ledger = re.compile(
            r"SELECT (?!sys_handed_in).*FROM (sys_taken_row|\S*capture_device)", re.DOTALL
        )
        return sum(bool(of_the_ledger.match(one)) for one in said)

    few = asked(3)
    assert asked(30) == few


def test_what_was_changed_since_or_rewritten_hinders(world, clerk):
    taken(clerk, good(world))
    with acting_as(SYSTEM), unit_of_work():
        model = registry.object("holder_capture").model
        session.scalars(select(model)).first().taken_on = date(2021, 1, 1)
    session.remove()
    assert "载入后已有人修改" in undo(clerk).text
    assert len(captures()) == 2 and ledger() == 3


def test_a_file_that_rewrote_records_is_not_taken_back(world, clerk):
    taken(clerk, good(world))
    rows = [(world.cards[0], "20210601", "DEV-1", "1.jpg")]
    taken(clerk, stations.package(rows, {"1.jpg": stations.picture("green")}))
    assert str(captures()[0].taken_on) == "2021-06-01"
    assert "改写了原有的记录" in undo(clerk).text
    first = session.scalars(select(HandedIn.id)).first()
    assert "后来由另一个文件改写" in post(clerk, f"{PATH}{first}/undo").text
    assert len(captures()) == 2


@pytest.mark.parametrize("error", [Rejected([Fault("", "数太大")]), Refused("数太大")])
def test_a_row_that_fails_after_it_was_written_leaves_nothing_and_others_stay(
    world, clerk, monkeypatch, error
):
    taken(clerk, good(world))
    settled = derived_values.settled

    def fails(record):
        settled(record)
        if getattr(record, "card_no", "") == world.cards[0]:
            raise error

    monkeypatch.setattr(derived_values, "settled", fails)
    rows = [(card, "20210601", "DEV-1", "1.jpg") for card in world.cards[:2]]
    where = hand_in(clerk, stations.package(rows, {"1.jpg": stations.picture("green")}))
    assert "数太大" in words(clerk.get(where).text)
    assert take(clerk, where).status_code == 303
    first, second = captures()
    assert (str(first.taken_on), str(second.taken_on)) == ("2021-05-01", "2021-06-01")
    assert first.portrait_id != second.portrait_id
    assert not list(verification.verify())


def test_a_new_row_that_fails_after_it_was_written_takes_no_other_with_it(
    world, clerk, monkeypatch
):
    settled = derived_values.settled

    def fails(record):
        settled(record)
        if getattr(record, "card_no", "") == world.cards[0]:
            raise Rejected([Fault("", "数太大")])

    monkeypatch.setattr(derived_values, "settled", fails)
    where = hand_in(clerk, good(world))
    assert "数太大" in words(clerk.get(where).text)
    assert take(clerk, where).status_code == 303
    assert [one.card_no for one in captures()] == [world.cards[1]]
    assert not list(verification.verify())


def test_what_has_become_different_since_the_check_stops_it(world, clerk):
    where = hand_in(clerk, good(world))
    taken(clerk, good(world))
    job = take(clerk, where)
    assert "检查之后情况有变，没有写入任何数据" in clerk.get(job.location).text
    assert len(captures()) == 2


def test_only_who_handed_in_sees_it(app, world, clerk):
    where = hand_in(clerk, good(world))
    open_person(app, "clerk-2", "clerk", org_id=world.bureaus["east"])
    colleague = app.test_client()
    sign_in(colleague, "clerk-2")
    assert colleague.get(where).status_code == 404
    assert post(colleague, f"{where}/take").status_code == 404
    take(clerk, where)
    assert "站.zip" in clerk.get(PATH).text and "站.zip" not in colleague.get(PATH).text
    assert "没有这一批" in undo(colleague).text
    assert len(captures()) == 2


@pytest.fixture
def mode(monkeypatch):
    """Let the maps of the package be of another mode or kind of file."""
    real = uploaded_sources.maps

    def change(only="", **other):
        found = [replace(one, **other) for one in real("station_package")]
        monkeypatch.setattr(
            uploaded_sources, "maps", lambda _: [o for o in found if only in o.name]
        )

    return change


def half(world, day="2021-13-01"):
    rows = [(world.cards[0], "20210501", "DEV-1", "1.jpg"), (world.cards[1], day, "DEV-1", "1.jpg")]
    return stations.package(rows, {"1.jpg": stations.picture()})


def test_all_or_nothing(world, clerk, mode):
    mode(mode="all")
    where = hand_in(clerk, half(world))
    assert "必须全部正确才载入" in words(clerk.get(where).text)
    assert "必须全部正确才载入" in take(clerk, where).text
    assert not captures() and not captures("capture_device") and not ledger()


def test_bad_rows_wait_until_they_come_corrected(world, clerk, mode, monkeypatch):
    mode(mode="quarantine")
    taken(clerk, half(world))
    assert len(captures()) == 1
    assert "待更正的行" in clerk.get(PATH).text and "没有这一天" in clerk.get(PATH).text
    assert "1 行；改正后" in clerk.get(PATH).text
    with monkeypatch.context() as small:
        small.setattr(intake, "SHOWN", 0)
        assert "1 行，这里列出前 0 行；" in clerk.get(PATH).text, "what has no room is counted"
    taken(clerk, half(world, "2021-12-01"))
    assert len(captures()) == 2 and ledger() == 3
    assert "待更正的行" not in clerk.get(PATH).text


def test_a_cell_beyond_any_table_is_said_with_its_line(world, clerk, mode):
    mode("devices", file="csv")
    content = "设备编号,型号\nd-1," + "x" * 140_000 + "\n"
    where = hand_in(clerk, content.encode(), "设备.csv")
    assert "“设备.csv”第 2 行有一格超过 131,072 个字符" in words(clerk.get(where).text)


def test_a_table_of_values_is_a_file_too(world, clerk, mode):
    mode("devices", file="csv")
    where = hand_in(clerk, "设备编号,型号\nd-1,甲型\nd-2,乙型\n".encode("gb18030"), "设备.csv")
    take(clerk, where)
    assert [one.no for one in captures("capture_device")] == ["D-1", "D-2"]


def workbook(*rows):
    book = Workbook()
    book.active.title = "设备"
    for row in (("设备编号", "型号"), *rows):
        book.active.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def test_a_workbook_is_a_file_too_and_its_numbers_are_texts(world, clerk, mode):
    mode("devices", file="xlsx")
    where = hand_in(clerk, workbook(("d-1", "甲型"), (20045, "乙型"), ("", "丙型")), "设备.xlsx")
    assert "共 3 行" in words(clerk.get(where).text)
    take(clerk, where)
    assert [(one.no, one.model) for one in captures("capture_device")] == [
        ("20045", "乙型"), ("D-1", "甲型"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"PK\x03\x04 torn", "文件已损坏或不是标准的 .xlsx"), (b"no workbook", "这不是 Excel 工作簿")],
)
def test_what_is_no_workbook_is_said(world, clerk, mode, content, said):
    mode("devices", file="xlsx")
    where = hand_in(clerk, content, "设备.xlsx")
    assert said in words(clerk.get(where).text)
    take(clerk, where)
    assert not captures("capture_device") and not ledger()
