"""Where rows come from: a table of another database, or a file. Everything is read as text.

A source is only ever read. A row is a dict from the columns of the migration to texts; rows come in the
order of their key, so that a second reading gives the same.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Engine, MetaData, Table, create_engine, event, func, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from app.core import plugin, settings
from app.core.declare.loads import SourceColumn
from app.core.errors import Conflict, Rejected
from app.core.files import reader_process
from app.core.files.workbooks import Book
from app.web.excel import cells

Row = dict[str, str]
SECTION = "migration"
BLOCK = 500  # rows that are fetched at a time
NUMBER = "#"  # under which a row of a file keeps its line, for people
CONTENTS = "*"  # and a hash of the files that it names
HEADS_WITHIN = 10  # rows of a sheet in which its headings are looked for


class Source(Protocol):
    """Tables of rows; raises Conflict with a message for the user where one cannot be read."""

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        ...

    def rows(
        self, table: str, columns: Sequence[SourceColumn], key: Sequence[str]
    ) -> Iterator[Row]:
        """Return the rows in the order of their key."""
        ...

    def close(self) -> None:
        """Let it go."""
        ...


def open_source(name: str) -> Source:
    """Open the source of that name, as the setting `migration.NAME` says where it is."""
    place = plugin.settings_of(SECTION).get(name).strip()
    if not place:
        variable = f"{SECTION}_{name}".upper()
        raise Conflict(
            f"没有设置来源“{name}”：请在 {plugin.SETTINGS_NAME} 的 [{SECTION}] 中填写 {name}，"
            f"或设环境变量 {variable}；值为数据库地址，或 .csv、.xlsx 文件"
        )
    return _database(name, place) if "://" in place else _file(name, place)


def texts(value: Any) -> str:
    """Return a stored value as text; nothing is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 10**15 else repr(value)
    if isinstance(value, (bytes, memoryview)):
        return decoded(bytes(value))
    return str(value).replace("\x00", "")


def decoded(data: bytes) -> str:
    """Return the text of bytes that are UTF-8, or of the encoding that older systems use here."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace").replace("\x00", "")


# --- databases ----------------------------------------------------------------------------------------


def _database(name: str, place: str) -> Source:
    try:
        url = make_url(place)
        if url.get_backend_name() == "sqlite":
            path = settings.ROOT / (url.database or "")
            if not path.is_file():
                raise Conflict(f"来源“{name}”的文件 {path} 不存在")
            url = url.set(database=f"file:{path}", query={"mode": "ro", "uri": "true"})
        engine = create_engine(url)
    except (ArgumentError, ValueError, ImportError) as error:
        raise Conflict(f"来源“{name}”的地址无法识别，应为 类型://用户:密码@主机/库名") from error
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _read_any_text)
    return DatabaseSource(name, engine)


def _read_any_text(connection: sqlite3.Connection, record: Any) -> None:
    connection.text_factory = decoded


class DatabaseSource:
    """Tables and views of another database."""

    def __init__(self, name: str, engine: Engine) -> None:
        """Connect at once, so that a wrong address is said before anything begins."""
        self._name, self._engine = name, engine
        try:
            self._known = inspect(engine)
            self._names = [*self._known.get_table_names(), *self._known.get_view_names()]
        except SQLAlchemyError as error:
            raise Conflict(f"来源“{name}”连接不上：{_reason(error)}") from error
        self._tables: dict[str, Table] = {}

    def _table(self, wanted: str) -> Table:
        if wanted not in self._tables:
            real = next((name for name in self._names if name.lower() == wanted.lower()), None)
            if real is None:
                listed = "、".join(sorted(self._names)[:20]) or "没有表"
                raise Conflict(f"来源“{self._name}”中没有表“{wanted}”，现有：{listed}")
            self._tables[wanted] = Table(real, MetaData(), autoload_with=self._engine)
        return self._tables[wanted]

    def _columns(self, table: Table, columns: Sequence[SourceColumn]) -> list[Any]:
        known = {column.name.lower(): column for column in table.columns}
        missing = [item.heading for item in columns if item.heading.lower() not in known]
        if missing:
            listed = "、".join(column.name for column in table.columns)
            raise Conflict(f"表“{table.name}”没有列：{'、'.join(missing)}；现有：{listed}")
        return [known[item.heading.lower()] for item in columns]

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        with self._engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(self._table(table))) or 0

    def rows(
        self, table: str, columns: Sequence[SourceColumn], key: Sequence[str]
    ) -> Iterator[Row]:
        """Return the rows in the order of their key."""
        found = self._columns(self._table(table), columns)
        by_name = {item.name: column for item, column in zip(columns, found, strict=True)}
        order = [by_name[name] for name in key] + [c for n, c in by_name.items() if n not in key]
        query = select(*[column.label(f"c{n}") for n, column in enumerate(found)]).order_by(*order)
        names = [item.name for item in columns]
        try:
            with self._engine.connect().execution_options(yield_per=BLOCK) as connection:
                for row in connection.execute(query):
                    yield {name: texts(value) for name, value in zip(names, row, strict=True)}
        except SQLAlchemyError as error:
            raise Conflict(f"来源“{self._name}”的表“{table}”读不出来：{_reason(error)}") from error

    def close(self) -> None:
        """Let the connections go."""
        self._engine.dispose()


def _reason(error: SQLAlchemyError) -> str:
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    return said[0][:200] if said else "没有说明"


# --- files ----------------------------------------------------------------------------------------------


def _file(name: str, place: str) -> Source:
    path = settings.ROOT / place
    if not path.is_file():
        raise Conflict(f"来源“{name}”的文件 {path} 不存在")
    return FileSource(path, bounds=reader_process.OWN, unbounded=True)


class FileSource:
    """The sheets of a workbook, or a file of comma-separated values, which is one table of any name."""

    def __init__(self, path: Path, name: str = "", **how: Any) -> None:
        """Let the file be read; `name` is what people call it, with the ending that says what it is.

        `how` says what `Book` may take for it. Open it before a unit of work, never within one.
        """
        self._name = name or path.name
        self._is_text = self._name.lower().endswith(".csv")
        try:
            self._book = Book(path, reader="separated" if self._is_text else "workbook", **how)
        except Rejected as error:
            raise Conflict(f"“{self._name}”{error.message}") from error

    def _sheet(self, table: str) -> Iterator[list[str]]:
        book = self._book
        title: str | None = ""
        if not self._is_text:
            title = next((title for title in book.titles if title.strip() == table), None)
        if title is None:
            raise Conflict(f"工作簿里没有工作表“{table}”，现有：{'、'.join(book.titles)}")
        for _, row in book.rows(title):
            line = [""] * row[-1].column
            for cell in row:
                line[cell.column - 1] = str(cell.value) if self._is_text else cells.text_of(cell)
            yield line

    def _found(self, table: str, columns: Sequence[SourceColumn]) -> tuple[dict[str, int], int]:
        """Return where the columns stand, and in which line their headings are."""
        wanted = {item.heading.strip().lower(): item.name for item in columns}
        best: dict[str, int] = {}
        at = 0
        for number, line in enumerate(self._sheet(table)):
            if number >= HEADS_WITHIN:
                break
            heads = {text.strip().lower(): place for place, text in enumerate(line)}
            found = {name: heads[head] for head, name in wanted.items() if head in heads}
            if len(found) > len(best):
                best, at = found, number
        missing = [item.heading for item in columns if item.name not in best]
        if missing:
            raise Conflict(f"“{self._name}”没有列：{'、'.join(missing)}")
        return best, at

    def _lines(self, table: str, columns: Sequence[SourceColumn]) -> list[Row]:
        places, head = self._found(table, columns)
        made = []
        for number, line in enumerate(self._sheet(table)):
            if number > head and any(text.strip() for text in line):
                row = {name: line[at] if at < len(line) else "" for name, at in places.items()}
                made.append({**row, NUMBER: str(number + 1)})
        return made

    def count(self, table: str) -> int:
        """Return how many lines there are; the headings count as one of them."""
        return max(0, sum(any(line) for line in self._sheet(table)) - 1)

    def rows(
        self, table: str, columns: Sequence[SourceColumn], key: Sequence[str]
    ) -> Iterator[Row]:
        """Return the lines in the order of their key."""
        names = [*key, *(item.name for item in columns if item.name not in key)]
        yield from sorted(
            self._lines(table, columns), key=lambda row: [row[name] for name in names]
        )

    def close(self) -> None:
        """Let what was read go."""
        self._book.close()


def grouped(rows: Iterator[Row], by: str) -> dict[str, list[Row]]:
    """Return rows by one of their columns."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[by].strip()].append(row)
    return found
