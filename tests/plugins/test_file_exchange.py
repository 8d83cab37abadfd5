"""Packages on a real file system: numbered, signed, taken once and in order, else refused with a reason."""

import dataclasses
import io
import json
import zipfile
from datetime import datetime

import pytest

from app.core.plugin import Envelope, NotSent, Refused, Settings
from plugins import file_exchange
from plugins.file_exchange import package

SECRET = "a-secret-of-tests"


@pytest.fixture
def exchange(tmp_path):
    values = {"folder": str(tmp_path / "box"), "secret": SECRET, "settle": "0"}
    return file_exchange.create(Settings("interface_x", values))


def envelope(key, day=1, **values):
    paper = ("甲.pdf", b"%PDF-1")
    at = datetime(2026, 1, day)
    return Envelope(to="x", message="note", key=key, at=at, values=values, files=(paper,))


def bring(exchange, number, *items, name="", secret=SECRET, files=()):
    folder = exchange.folder / "in"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (name or f"{number:06}.zip")
    path.write_bytes(package(number, list(items), tuple(files), secret))
    return path


def answer(key):
    return {"key": key, "outcome": "done", "values": {"no": key}}


def refused(found):
    return [(one.name, one.reason) for one in found.refused]


def test_each_message_is_one_package_and_a_key_is_packed_once(exchange):
    assert exchange.send(envelope("a", text="一")).id == "000001.zip"
    assert exchange.send(envelope("b")).id == "000002.zip"
    again = exchange.send(envelope("a", text="一"))
    assert (again.id, again.duplicate) == ("000001.zip", True)
    assert sorted(path.name for path in (exchange.folder / "out").iterdir()) == [
        "000001.zip", "000002.zip",
    ]  # fmt: skip
    with zipfile.ZipFile(exchange.folder / "out" / "000001.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert archive.read("甲.pdf") == b"%PDF-1"
    assert manifest["items"] == [
        {"message": "note", "key": "a", "values": {"text": "一"}, "files": ["甲.pdf"]}
    ]


@pytest.mark.parametrize("names", [("a.pdf", "A.pdf"), ("manifest.json",), ("Manifest.SIG",)])
def test_what_no_package_can_tell_apart_is_refused_and_leaves_nothing(exchange, names):
    files = tuple((name, b"x") for name in names)
    message = dataclasses.replace(envelope("a"), files=files)
    with pytest.raises(Refused, match="附件中有重名"):
        exchange.send(message)
    assert list((exchange.folder / "out").iterdir()) == []
    assert exchange.send(envelope("b")).id == "000001.zip"


def test_two_files_of_one_name_in_a_list_are_not_taken(exchange):
    files = (("a.pdf", b"x"), ("b.pdf", b"x"))
    path = bring(exchange, 1, answer("a"), files=files)
    with zipfile.ZipFile(path) as archive:
        manifest = archive.read("manifest.json").replace(b"b.pdf", b"a.pdf")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", manifest)
        archive.writestr("manifest.sig", file_exchange.sign(manifest, SECRET))
        archive.writestr("a.pdf", b"x")
    assert refused(exchange.poll("")) == [("000001.zip", "清单中有两个名为 a.pdf 的文件")]


def test_what_the_carrier_took_away_is_not_packed_again(exchange):
    exchange.send(envelope("a"))
    (exchange.folder / "out" / "000001.zip").unlink()
    assert exchange.send(envelope("a")).duplicate
    assert exchange.send(envelope("b")).id == "000002.zip"


def test_what_is_forgotten_is_not_packed_again(exchange, monkeypatch):
    monkeypatch.setattr(file_exchange, "MOST_KEYS", 2)
    for day, key in enumerate("abcd", start=1):
        exchange.send(envelope(key, day))
    assert len(json.loads((exchange.folder / "state.json").read_text())["packed"]) == 2
    for day, key in ((1, "a"), (2, "b"), (2, "never seen")):
        with pytest.raises(Refused, match="是否装过包已无记录"):
            exchange.send(envelope(key, day))
    assert exchange.send(envelope("c", 3)).duplicate
    assert exchange.send(envelope("late", 3)).id == "000005.zip"


def test_what_was_noted_formerly_still_counts(exchange):
    exchange.send(envelope("a"))
    (exchange.folder / "out" / "000001.zip").unlink()
    (exchange.folder / "state.json").write_text('{"packed": {"a": 7}, "taken": {}}')
    assert exchange.send(envelope("a")).id == "000007.zip"
    assert exchange.send(envelope("b")).id == "000008.zip"


def test_a_package_that_somebody_removed_is_not_remembered(exchange):
    first = bring(exchange, 1, answer("a"))
    assert exchange.poll("").cursor == "1"
    first.unlink()
    exchange.poll("1")
    assert json.loads((exchange.folder / "state.json").read_text())["taken"] == {}


def test_what_no_carrier_brings_is_not_read_into_memory(exchange, monkeypatch):
    big = bring(exchange, 1, answer("a"))
    (big.parent / "folder.zip").mkdir()
    monkeypatch.setattr(file_exchange, "LARGEST_PACKAGE", 10)
    found = exchange.poll("")
    assert [name for name, _ in refused(found)] == ["000001.zip", "folder.zip"]
    assert "不是文件，或超过" in found.refused[0].reason
    monkeypatch.setattr(file_exchange, "MOST_PACKAGES", 1)
    bring(exchange, 1, answer("a"), name="a.zip")
    bring(exchange, 2, answer("b"), name="b.zip")
    with pytest.raises(NotSent, match="超过 1 个，请先清理"):
        exchange.poll("")


def test_many_packages_are_taken_in_several_goes(exchange, monkeypatch):
    for number in (1, 2, 3):
        bring(exchange, number, answer(str(number)))
    monkeypatch.setattr(file_exchange, "AT_ONCE", 1)
    first = exchange.poll("")
    assert ([one.key for one in first.items], first.cursor) == (["1"], "1")
    second = exchange.poll(first.cursor)
    assert ([one.key for one in second.items], second.cursor) == (["2"], "2")
    assert refused(first) == refused(second) == []


def test_the_cursor_of_another_transport_is_none_of_ours(exchange):
    bring(exchange, 1, answer("a"))
    assert exchange.poll("2026-11-24T00:00:00Z").cursor == "1"


def test_a_process_that_died_after_writing_leaves_no_number_twice(exchange):
    exchange.send(envelope("a"))
    (exchange.folder / "state.json").unlink()  # written, never noted
    assert exchange.send(envelope("b")).id == "000002.zip"
    assert exchange.send(envelope("a")).duplicate


def test_packages_are_taken_in_order_and_once(exchange):
    bring(exchange, 2, answer("b"))
    bring(exchange, 1, answer("a"))
    found = exchange.poll("")
    assert [one.key for one in found.items] == ["a", "b"]
    assert (found.cursor, found.refused) == ("2", ())
    assert [one.key for one in exchange.poll("").items] == [
        "a",
        "b",
    ]  # not noted by the product yet
    assert exchange.poll("2").items == ()
    assert sorted(p.name for p in (exchange.folder / "done").iterdir()) == [
        "000001.zip",
        "000002.zip",
    ]
    bring(exchange, 2, answer("b"))
    found = exchange.poll("2")
    assert (found.items, refused(found)) == ((), [("000002.zip", "第 2 包已经接收过")])


def test_a_gap_is_refused_until_what_is_missing_has_come(exchange):
    bring(exchange, 1, answer("a"))
    path = bring(exchange, 3, answer("c"))
    found = exchange.poll("")
    assert [one.key for one in found.items] == ["a"]
    assert refused(found) == [("000003.zip", "缺第 2 包，第 3 包须在它之后放入")]
    assert not path.exists()
    (text,) = (exchange.folder / "refused").glob("*.txt")
    assert text.read_text() == "缺第 2 包，第 3 包须在它之后放入\n"
    bring(exchange, 2, answer("b"))
    bring(exchange, 3, answer("c"))
    assert [one.key for one in exchange.poll("1").items] == ["b", "c"]


def torn(content):
    return content[: len(content) // 2]


def signed(more):
    """A package of the other side's own hand: the manifest is signed, whatever it says."""
    manifest = json.dumps({"format": 1, "number": 1, "items": [answer("a")]} | more).encode()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", manifest)
        archive.writestr("manifest.sig", file_exchange.sign(manifest, SECRET))
    return content.getvalue()


def altered(content):
    return content.replace(b"%PDF-1", b"%PDF-2")


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (torn, "不是完整的交换包"),
        (lambda content: b"", "不是完整的交换包"),
        (lambda content: package(1, [answer("a")], (), "another"), "清单的签名不正确"),
        (lambda content: package(1, [{"key": "a"}], (), SECRET), "清单的内容无法识别"),
        (lambda content: package(0, [answer("a")], (), SECRET), "清单的格式无法识别"),
        (lambda content: signed({"files": 7}), "清单的内容无法识别"),
        (lambda content: signed({"files": [{"name": "x.pdf"}]}), "清单的内容无法识别"),
        (lambda content: signed({"more": " " * (65 * 1024 * 1024)}), "清单过大"),
    ],
)
def test_what_is_broken_is_refused_and_the_right_one_taken_afterwards(exchange, spoil, reason):
    path = bring(exchange, 1, answer("a"), files=[("x.pdf", b"%PDF-1" * 50)])
    path.write_bytes(spoil(path.read_bytes()))
    found = exchange.poll("")
    assert (found.items, found.cursor, refused(found)) == ((), "", [("000001.zip", reason)])
    bring(exchange, 1, answer("a"))
    assert [one.key for one in exchange.poll("").items] == ["a"]


def test_a_file_that_was_changed_on_the_way_is_seen(exchange):
    whole = package(1, [answer("a")], (("x.pdf", b"%PDF-1"),), SECRET)
    folder = exchange.folder / "in"
    folder.mkdir(parents=True)
    with (
        zipfile.ZipFile(folder / "000001.zip", "w") as target,
        zipfile.ZipFile(io.BytesIO(whole)) as source,
    ):
        for name in source.namelist():
            target.writestr(name, altered(source.read(name)))
    assert refused(exchange.poll("")) == [("000001.zip", "文件 x.pdf 与清单不符")]


def test_what_is_still_being_copied_is_left_alone(exchange):
    slow = file_exchange.FileExchange(exchange.folder, SECRET, settle=3600)
    bring(exchange, 1, answer("a"))
    assert slow.poll("").items == ()
    assert [one.key for one in exchange.poll("").items] == ["a"]


def test_a_folder_that_cannot_be_written_holds_the_message_back(tmp_path):
    (tmp_path / "box").write_text("a file")
    values = {"folder": str(tmp_path / "box"), "secret": SECRET}
    with pytest.raises(NotSent, match="无法写入交换目录"):
        file_exchange.create(Settings("interface_x", values)).send(envelope("a"))


@pytest.mark.parametrize("flip", [0xFF, 0x01])
def test_whatever_byte_was_damaged_a_package_is_whole_or_refused(exchange, flip):
    whole = package(1, [answer("a")], (("x.pdf", b"%PDF-1" * 9),), SECRET)
    path = bring(exchange, 1)
    for at in range(len(whole)):
        damaged = bytearray(whole)
        damaged[at] ^= flip
        path.write_bytes(damaged)
        found = exchange.poll("")
        assert [one.key for one in found.items] == ([] if found.refused else ["a"]), at
        path.unlink(missing_ok=True)
