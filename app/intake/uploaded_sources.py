"""Files that people hand in, opened as sources: a workbook, comma-separated values, or a package."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from app.core import plugin
from app.core.db.database import leave_transaction
from app.core.declare import registry
from app.core.declare.loads import Migration, SourceColumn
from app.core.errors import Conflict, NotFound
from app.core.files.reader_process import Bounds
from app.intake.sources import CONTENTS, NUMBER, FileSource, Row, Source

ENDINGS = {"xlsx": ".xlsx", "csv": ".csv"}


def maps(source: str) -> list[Migration]:
    """Return the maps of what is handed in under this name, in their order."""
    found = [one for one in registry.registry().migrations.values() if one.file]
    found = [one for one in found if one.source == source]
    if not found:
        raise NotFound(f"没有名为“{source}”的来源")
    return found


def ending(source: str) -> str:
    """Return how the name of such a file ends."""
    kind = maps(source)[0].file
    return ENDINGS.get(kind) or f".{_opener(source).suffix}"


def opened(
    source: str, path: Path, name: str, tick: Callable[[], None]
) -> tuple[Source, Mapping[str, bytes]]:
    """Open a file with the files that come in it; Conflict where it is not what is expected.

    Call it before a unit of work: reading takes its time. `tick` is called meanwhile.
    """
    if not name.lower().endswith(ending(source)):
        raise Conflict(f"请交 {ending(source)} 文件")
    if maps(source)[0].file != "package":
        return FileSource(path, name, bounds=Bounds(), tick=tick), {}
    leave_transaction()
    try:
        found = _opener(source).decode(path.read_bytes())
    except plugin.Refused as error:
        raise Conflict(str(error)) from error
    return PackageSource(name, found), found.files


def _opener(source: str) -> plugin.Package:
    found: plugin.Package = plugin.serving("package", f"intake_{source}")
    return found


class PackageSource:
    """The tables of a package."""

    def __init__(self, name: str, package: plugin.Unpacked) -> None:
        self._name, self._package = name, package

    def _table(self, table: str) -> Sequence[Mapping[str, str]]:
        tables = self._package.tables
        if table not in tables:
            raise Conflict(f"“{self._name}”里没有数据表“{table}”，现有：{'、'.join(tables)}")
        return tables[table]

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        return len(self._table(table))

    def rows(
        self, table: str, columns: Sequence[SourceColumn], key: Sequence[str]
    ) -> Iterator[Row]:
        """Return the rows in the order of their key; one says also what its files hold."""
        lines = self._table(table)
        missing = [c.heading for c in columns if lines and not any(c.heading in r for r in lines)]
        if missing:
            raise Conflict(f"数据表“{table}”没有列：{'、'.join(missing)}")
        made = []
        for number, line in enumerate(lines, 2):
            row = {c.name: line.get(c.heading, "") for c in columns}
            row[CONTENTS] = self._contents([row[c.name].strip() for c in columns if c.file])
            made.append({**row, NUMBER: str(number)})
        names = [*key, *(c.name for c in columns if c.name not in key)]
        yield from sorted(made, key=lambda row: [row[name] for name in names])

    def _contents(self, names: Sequence[str]) -> str:
        """Return a hash of files: the same name may hold another picture the next time."""
        whole = hashlib.sha256()
        for name in names:
            try:
                whole.update(hashlib.sha256(self._package.files[name]).digest())
            except (KeyError, plugin.Refused):
                whole.update(b"none")  # why it cannot be taken is said with the row
        return whole.hexdigest() if names else ""

    def close(self) -> None:
        """Nothing stays open."""
