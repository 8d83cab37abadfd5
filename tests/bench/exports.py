"""An export of many rows beside openpyxl's write-only mode alone, each in a process of its own."""

import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure
from tests.bench.ground import Ground
from tests.bench.project import Project

ROWS = 50_000
ROUNDS = 3


def figures(ground: Ground) -> Iterator[Figure]:
    """Measure one kind of database: seconds and the memory that is added while writing."""
    project, url = Project(ground.folder / "project", 1), ground.empty()
    project.run("-m", "tests.bench.fill", str(ROWS), DATABASE_URL=url)

    def run(way: str) -> tuple[float, float]:
        said = project.run("-m", "tests.bench.exports", way, DATABASE_URL=url).split()
        return float(said[-2]), float(said[-1])

    taken: dict[str, list[tuple[float, float]]] = {"ours": [], "openpyxl": []}
    for _ in range(ROUNDS):
        for way, found in taken.items():
            found.append(run(way))
    ours, other = (sorted(found)[ROUNDS // 2] for found in taken.values())
    yield Figure(
        ground.kind, f"导出 {ROWS:,} 行为 Excel（查询、范围、显示文字、写文件）", ours[0], other[0],
        "只用 openpyxl 的 write_only 写同样的单元格", 1.2,
        note=f"写的时候内存多用 {ours[1]:.0f} MB，对照 {other[1]:.0f} MB",
    )  # fmt: skip


def _measure(way: str) -> None:
    """Write the workbook in this process; print milliseconds and megabytes added at the peak."""
    from app import settings
    from app.core.access.actor import SYSTEM, acting_as
    from app.core.declare import registry
    from app.web.factory import create_app

    app = create_app(settings.load())
    target = Path(settings.load().var) / f"{way}.xlsx"
    with app.app_context(), acting_as(SYSTEM):
        view = next(
            view
            for view in app.extensions["appbuilder"].baseviews
            if getattr(view, "function", "") == "SQ0000"
        )
        obj = registry.object("thing_0000")
        columns = view.columns_for(None)
        cells = _cells(obj, columns) if way == "openpyxl" else []
        before = _peak()
        began = time.perf_counter()
        if way == "openpyxl":
            _alone(target, cells)
        else:
            _ours(target, view, obj, columns)
        taken = time.perf_counter() - began
    print(f"{taken * 1000:.1f} {_peak() - before:.1f}")


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _ours(target: Path, view: Any, obj: Any, columns: Any) -> None:
    from app.core.records import queries as rows
    from app.web.views import export

    with target.open("wb") as file:
        number = export.write(file, obj, view.list_title, columns, rows.query(obj))
    if number != ROWS:
        raise SystemExit(f"{number} rows were written")


def _cells(obj: Any, columns: Any) -> list[list[Any]]:
    """Read back what our own export holds: the same cells for both."""
    import io

    from openpyxl import load_workbook

    from app.core.records import queries as rows
    from app.web.views import export

    file = io.BytesIO()
    export.write(file, obj, "", columns, rows.query(obj))
    file.seek(0)
    sheet = load_workbook(file, read_only=True).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def _alone(target: Path, cells: list[list[Any]]) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in cells:
        sheet.append(row)
    book.save(target)


if __name__ == "__main__":
    _measure(sys.argv[1])
