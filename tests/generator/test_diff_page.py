"""`diff --html`: the comparison as a page of its own, for a review."""

from html.parser import HTMLParser
from pathlib import Path

from generator.cli import main
from generator.compare_screens import Element, aligned
from tests.generator.projects import apply, make

ROOM = "metadata/desk/room.yaml"
BOOKING = "metadata/desk/booking.yaml"
CHECK = "    check: {title: 核对, by: host, within: 2 workdays, labels: label, skip: days <= 1}\n"


class Page(HTMLParser):
    """The texts of a page by its sections, the classes of what stands there, and what it would load."""

    def __init__(self, file):
        super().__init__()
        self.texts, self.classes, self.loads, self.at, self.mark = {}, {}, [], "", []
        self.feed(file.read_text("utf-8"))

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        self.at = told["id"] if tag == "section" else self.at
        self.last = told.get("class", "").split()
        if {"entry", "chip", "tag"} & set(self.last):
            self.mark = self.last
        self.loads += [told[k] for k in ("src", "href") if not (told.get(k) or "#").startswith("#")]
        self.loads += [tag] if tag in ("script", "link", "iframe", "img", "object") else []

    def handle_data(self, data):
        if text := " ".join(data.split()):
            self.texts.setdefault(self.at, []).append(text)
            self.classes.setdefault((self.at, text), set()).update(self.last + self.mark)

    def said(self, section):
        return " ".join(self.texts[section])


def reviewed(tmp_path, capsys, *changes):
    """The page about the base project and what it is with changes; accounts are the product's own."""
    folders = []
    for name in ("old", "new"):
        changed = changes if name == "new" else ()
        own = {"file": "metadata/runtime/account.yaml", "delete": True}
        folders.append(make(tmp_path / name, [own, *changed]))
    file = tmp_path / "review.html"
    capsys.readouterr()
    assert main(["--root", str(folders[1]), "diff", str(folders[0]), "--html", str(file)]) == 0
    assert capsys.readouterr().out == f"wrote {file}\n"
    return Page(file)


def change(file, old, new):
    return {"file": file, "old": old, "new": new}


def test_every_part_is_shown_before_and_after(tmp_path, capsys):
    page = reviewed(
        tmp_path,
        capsys,
        change(ROOM, "  open: {type: boolean, title: 开放, default: true}\n", ""),
        change(ROOM, "usable: open\n", ""),
        change(ROOM, "filters: [open], ", "filters: [name], "),
        change(ROOM, "clerk: [view]", "clerk: [view, add]"),
        change(BOOKING, "host: [view, export]", "host: [view]"),
        change(BOOKING, CHECK, CHECK + "    second: {title: 复核<b>, by: host}\n"),
        change(BOOKING, "from: check, to: next", "from: [check, second], to: next"),
        change(BOOKING, "steps: [check, decide]", "steps: [check, second, decide]"),
        change(BOOKING, "    recall: {title: 撤回, from: check, to: draft, until: opened}\n", ""),
        change(BOOKING, "submit, recall]", "submit]"),
        change(BOOKING, "required: days > 1, accept", "required: days > 2, accept"),
        change(BOOKING, "columns: [code, topic, room.door, days]", "columns: [topic, code, days]"),
        change(
            BOOKING,
            "    filters: [unit, room, state]\n",
            "    filters: [unit, room, state]\n    where: days > 1\n",
        ),
        change(BOOKING, "  people: {type", "  note: {type: text, title: 备注}\n  people: {type"),
    )
    assert page.loads == []  # it is sent around as one file
    assert {"lost"} <= page.classes["screens", "开放"]
    assert {"gained"} <= page.classes["screens", "备注"]
    assert {"lost"} <= page.classes["screens", "门牌"]
    assert {"moved"} & {
        mark for text in ("编号 ↔", "主题 ↔") for mark in page.classes.get(("screens", text), ())
    }
    assert "gained" in page.classes["permissions", "＋新增"]
    assert "lost" in page.classes["permissions", "－导出"]
    assert "会议室" in page.texts["permissions"] and "办事员" in page.texts["permissions"]
    assert "added" in page.classes["flows", "复核<b>"]  # what people write is text, never markup
    assert page.texts["flows"].count("新增") == 2  # in the picture after, and in the list
    assert "删除列 desk_room.open（开放），连同其中的值" in page.said("tables")
    assert "ALTER TABLE desk_booking ADD COLUMN note TEXT" in page.said("tables")
    assert "元数据没有确认，migrate 会拒绝" in page.said("risks")
    assert {"RoomValues.open", "BookingToWrite.note"} <= set(page.texts["api"])
    assert "可能不兼容" in page.texts["api"]
    assert "必填的条件变了" in page.said("risks") and "变为必填" not in page.said("risks")
    assert "不再接受 recall" in page.said("api")  # an action that callers knew
    assert "lost" in page.classes["permissions", "－撤回"]
    assert "去掉" in page.texts["flows"]
    assert {"只看哪些行", "days > 1"} <= set(
        page.texts["others"]
    )  # of a function, and on no picture
    assert "columns" not in page.texts["others"]


def test_a_page_about_nothing(tmp_path, capsys):
    page = reviewed(tmp_path, capsys)
    for section, words in (
        ("screens", "页面没有变化"), ("permissions", "授权没有变化"), ("flows", "流程没有变化"),
        ("tables", "数据表没有变化"), ("api", "接口没有变化"), ("risks", "没有。"),
    ):  # fmt: skip
        assert words in page.said(section)


def test_a_state_that_was_wrong_itself_has_no_interface_to_compare(tmp_path, capsys):
    old, new = make(tmp_path / "old"), make(tmp_path / "new")
    apply(old, change(ROOM, "title: 座位,", "titel: 座位,"))
    file = tmp_path / "review.html"
    assert main(["--root", str(new), "diff", str(old), "--html", str(file)]) == 0
    assert "problems itself" in capsys.readouterr().err
    assert "之前的状态不能整体编译或不能运行，接口没有对照" in Page(file).said("api")


def test_what_cannot_be_written(tmp_path, capsys):
    folder = make(tmp_path / "p")
    own = ["--root", str(folder), "diff", str(folder), "--html", str(tmp_path / "none" / "x.html")]
    assert main(own) == 2
    assert "cannot write" in capsys.readouterr().err
    apply(folder, change(ROOM, "title: 座位,", "titel: 座位,"))
    assert main(["--root", str(folder), "diff", str(folder), "--html", str(tmp_path / "x")]) == 1
    assert "E008" in capsys.readouterr().err and not Path(tmp_path / "x").exists()


def test_what_stands_elsewhere_is_moved_and_nothing_is_lost():
    before = [Element(name, name) for name in "abcd"]
    after = [Element("d", "d"), Element("a", "a"), Element("c", "C"), Element("e", "e")]
    marks = [
        (p.before.key if p.before else "", p.after.key if p.after else "", p.mark)
        for p in aligned(before, after)
    ]
    assert marks == [
        ("", "d", "moved"), ("a", "a", "same"), ("b", "", "lost"), ("c", "c", "changed"),
        ("d", "", "moved"), ("", "e", "gained"),
    ]  # fmt: skip
