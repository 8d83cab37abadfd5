"""Keeping the calendar of working days: single days, a whole yearly notice, and back to what shipped."""

import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice, repeat
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import select

from app.core.audit import history
from app.core.db.database import elevated, session
from app.core.errors import Fault, Rejected, Stale
from app.core.files import delimited_text
from app.core.files.workbooks import Book
from app.core.reference import reference_data
from app.core.reference.dictionaries import changed
from app.core.reference.workdays import Workday

OBJECT = "workday"  # of the history; a record's number is the day as 20261001
FIRST_YEAR, LAST_YEAR = 2000, 2099
MOST_ROWS = 400
LARGEST = 2 * 1024 * 1024  # bytes of a notice
_WORKS = {
    "休": False, "休息": False, "放假": False, "假": False, "假日": False, "0": False, "否": False,
    "班": True, "上班": True, "调休上班": True, "补班": True, "工作日": True, "1": True, "是": True,
}  # fmt: skip
_COLUMNS = {
    "day": ("日期", "day"),
    "works": ("安排", "类型", "上班或休息", "works"),
    "title": ("名称", "节日", "title"),
    "source": ("依据", "来源", "source"),
}


@dataclass(frozen=True)
class Day:
    """One day of the calendar as it stands."""

    day: date
    works: bool
    title: str = ""
    source: str = ""
    special: bool = False  # not what the weekday says, or said to be so
    own: bool = False  # decided here, not shipped


@dataclass(frozen=True)
class Row:
    """One line of a notice after it was read: what it would do, or what is wrong with it."""

    number: int
    day: str
    works: str
    title: str
    source: str
    outcome: str  # new, changed, same, wrong
    fault: str = ""


OUTCOMES = {"new": "新增", "changed": "更改", "same": "不变", "wrong": "有误"}


# -- reading -------------------------------------------------------------------------------------


def year(number: int) -> dict[date, Day]:
    """Return every day of a year, in one query."""
    first, last = date(number, 1, 1), date(number, 12, 31)
    with elevated():
        rows = session.scalars(select(Workday).where(Workday.day.between(first, last)))
        stored = {row.day: row for row in rows}
    days = {}
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        days[day] = _day(day, stored.get(day))
    return days


def one(day: date) -> Day:
    """Return one day."""
    return _day(day, _row(day))


def _day(day: date, row: Workday | None) -> Day:
    if row is None:
        return Day(day, day.weekday() < 5)
    return Day(day, row.works, row.title or "", row.source or "", True, not row.shipped)


def _row(day: date, *, lock: bool = False) -> Workday | None:
    query = select(Workday).where(Workday.day == day)
    return session.scalars(query.with_for_update() if lock else query).first()


def shipped(number: int) -> dict[date, Day]:
    """Return the days of a year that this release says something of."""
    path = reference_data.FOLDER / "workdays.csv"
    if not path.exists():
        return {}
    found = {}
    for row in reference_data.read(path):
        day = date.fromisoformat(row["day"])
        if day.year == number:
            works = row["works"] == "1"
            found[day] = Day(day, works, row.get("title") or "", row.get("source") or "", True)
    return found


def stamp(day: Day) -> str:
    """Return a mark of what a day is now; a form gives it back to show what it began with."""
    return f"{int(day.works)}|{int(day.special)}|{day.title}|{day.source}"


def number_of(day: date) -> int:
    """Return the number under which a day has its history."""
    return int(f"{day:%Y%m%d}")


# -- changing ------------------------------------------------------------------------------------


def change(day: date, works: str, title: str, source: str, seen: str) -> bool:
    """Say what a day is (`works`: 1, 0, or empty for what its weekday says); False if it was so."""
    row = _row(day, lock=True)
    now = _day(day, row)
    if seen != stamp(now):
        raise Stale("这一天刚被别人修改过，您的内容没有保存。请核对当前安排后再保存。")
    faults = [*_faults(day, works, title, source)]
    if faults:
        raise Rejected(faults)
    return _put(day, row, works, title, source)


def restore(day: date) -> None:
    """Bring a day back to what this release ships."""
    default = shipped(day.year).get(day)
    row = _row(day, lock=True)
    before = _day(day, row)
    if default is None:
        _put(day, row, "", "", "")
        return
    fresh = row or Workday(day=day)
    fresh.works, fresh.title, fresh.source = default.works, default.title, default.source
    fresh.shipped = True
    session.add(fresh)
    _note(day, "restore", before, default)


def _faults(day: date, works: str, title: str, source: str) -> Iterable[Fault]:
    if works not in ("", "0", "1"):
        yield Fault("works", "请选择上班、休息或按星期")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        yield Fault("day", f"只能安排 {FIRST_YEAR} 至 {LAST_YEAR} 年")
    if works and not title:
        yield Fault("title", "请写明原因，如“国庆节”或“国庆节调休上班”")
    for path, text, most in (("title", title, 60), ("source", source, 200)):
        if len(text) > most:
            yield Fault(path, f"不能超过 {most} 个字，现有 {len(text)} 个")


def _put(day: date, row: Workday | None, works: str, title: str, source: str) -> bool:
    before = _day(day, row)
    if works == "":
        after = Day(day, day.weekday() < 5)
        if row is not None:
            if day in shipped(day.year):  # the next upgrade must not bring it back
                row.works, row.title, row.source, row.shipped = after.works, None, None, False
            else:
                session.delete(row)
    else:
        after = Day(day, works == "1", title, source, True, True)
        if stamp(before) == stamp(after):
            return False
        fresh = row or Workday(day=day)
        fresh.works, fresh.title, fresh.source = after.works, title, source or None
        fresh.shipped = False
        session.add(fresh)
    session.flush()
    if stamp(before) == stamp(after):
        return False
    _note(day, "update", before, after)
    return True


def _note(day: date, kind: str, before: Day, after: Day) -> None:
    detail: dict[str, list[str | None]] = {}
    if _words(before) != _words(after):
        detail["works"] = [_words(before), _words(after)]
    if before.title != after.title:
        detail["title"] = [before.title or None, after.title or None]
    if before.source != after.source:
        detail["source"] = [before.source or None, after.source or None]
    history.note(OBJECT, number_of(day), kind, detail)
    changed()


def _words(day: Day) -> str:
    return "上班" if day.works else "休息"


# -- a notice ------------------------------------------------------------------------------------


def read_notice(file: BinaryIO, name: str) -> list[Row]:
    """Read a yearly notice (.xlsx or .csv) and tell what every line would do; writes nothing."""
    content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Rejected([Fault("file", "文件太大，不能超过 2 MB")])
    if not content:
        raise Rejected([Fault("file", "请选择文件")])
    table = _workbook(content) if content[:2] == b"PK" else _text(content, name)
    if not table:
        raise Rejected([Fault("file", "文件是空的")])
    places = _places(table[0])
    lines = [
        (number, [_cell(row, places.get(column)) for column in _COLUMNS])
        for number, row in enumerate(table[1:], 2)
        if any(_plain(cell) for cell in row)
    ]
    if not lines:
        raise Rejected([Fault("file", "文件中只有表头，没有日期")])
    if len(lines) > MOST_ROWS:
        raise Rejected([Fault("file", f"一次不能超过 {MOST_ROWS} 行，文件中有 {len(lines)} 行")])
    return judged(lines)


def judged(lines: Sequence[tuple[int, Sequence[str]]]) -> list[Row]:
    """Tell of every line (number; day, works, title, source) what it would do."""
    parsed = {number: _date(values[0]) for number, values in lines}
    wanted = [day for day in parsed.values() if day]
    with elevated():
        query = select(Workday).where(Workday.day.in_(wanted))
        stored = {row.day: row for row in session.scalars(query)}
    seen: dict[date, int] = {}
    return [_judged(number, values, parsed[number], stored, seen) for number, values in lines]


def take(lines: Sequence[tuple[int, Sequence[str]]]) -> int:
    """Write a notice whose every line is right, or nothing; return how many days changed."""
    rows = judged(lines)
    wrong = [row for row in rows if row.outcome == "wrong"]
    if wrong or not rows:
        raise Rejected(
            [Fault(f"row.{row.number}", row.fault) for row in wrong], "有误的行改好后再导入"
        )
    count = 0
    for row in rows:
        day = date.fromisoformat(row.day)
        works = "1" if row.works == "上班" else "0"
        count += _put(day, _row(day, lock=True), works, row.title, row.source)
    return count


def _judged(
    number: int, values: Sequence[str], day: date | None, stored: dict[date, Workday],
    seen: dict[date, int],
) -> Row:  # fmt: skip
    works = _WORKS.get(values[1])
    title, source = values[2], values[3]
    fault = ""
    if day is None:
        fault = "日期不正确，应如 2027-01-01" if values[0] else "没有日期"
    elif day in seen:
        fault = f"与第 {seen[day]} 行日期重复"
    elif works is None:
        fault = "安排应为“休息”或“上班”"
    else:
        found = list(_faults(day, str(int(works)), title, source))
        fault = found[0].message if found else ""
    if day is not None:
        seen.setdefault(day, number)
    if fault or day is None or works is None:
        shown = day.isoformat() if day else values[0][:40]
        return Row(number, shown, values[1][:40], title[:60], source[:200], "wrong", fault)
    before, after = _day(day, stored.get(day)), Day(day, works, title, source, True)
    outcome = "same" if stamp(before) == stamp(after) else "changed" if before.special else "new"
    return Row(number, day.isoformat(), _words(after), title, source, outcome)


def _places(head: Sequence[Any]) -> dict[str, int]:
    titles = [_plain(cell) for cell in head]
    found = {}
    for column, names in _COLUMNS.items():
        place = next((n for n, title in enumerate(titles) if title in names), None)
        if place is not None:
            found[column] = place
    missing = [_COLUMNS[column][0] for column in ("day", "works", "title") if column not in found]
    if missing:
        words = "、".join(missing)
        raise Rejected([Fault("file", f"第一行缺少列：{words}。请按模板填写")])
    return found


def _cell(row: Sequence[Any], place: int | None) -> str:
    return _plain(row[place]) if place is not None and place < len(row) else ""


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(value).strip()


def _date(text: str) -> date | None:
    plain = text.replace("年", "-").replace("月", "-").replace("日", "").replace("/", "-")
    plain = plain.replace(".", "-")
    parts = plain.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    try:
        return date(*(int(part) for part in parts))
    except (ValueError, OverflowError):
        return None


def _workbook(content: bytes) -> list[Sequence[Any]]:
    try:
        with tempfile.NamedTemporaryFile() as place:
            place.write(content)
            place.flush()
            with Book(Path(place.name), formulas=False) as book:
                return list(islice(_rows(book), MOST_ROWS * 3))
    except Rejected as error:
        words = f"不能读取这个文件，请用模板另存为 .xlsx 或 .csv。{error.message}"
        raise Rejected([Fault("file", words)]) from error


def _rows(book: Book) -> Iterator[Sequence[Any]]:
    """Return the rows of the first sheet, so that each stands where its number says."""
    at = 1
    for number, cells in book.rows(book.titles[0]) if book.titles else ():
        yield from repeat((), number - at)
        at = number + 1
        row: list[Any] = [None] * 12
        for cell in cells:
            if cell.column <= len(row):
                row[cell.column - 1] = cell.value
        yield row


def _text(content: bytes, name: str) -> list[Sequence[Any]]:
    if not name.lower().endswith((".csv", ".txt")):
        raise Rejected([Fault("file", "只接受 .xlsx 或 .csv 文件")])
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Rejected([Fault("file", "不能识别文件的文字编码，请另存为 UTF-8")])
    said = io.StringIO(text.replace("\0", ""), newline="")
    try:
        return list(delimited_text.lines("".join(one for one in said if not one.startswith("#"))))
    except delimited_text.Unreadable as error:
        raise Rejected([Fault("file", f"不能读取这个文件：{error}")]) from None
