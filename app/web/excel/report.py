"""What the check of a workbook found, as the page shows it and the writing needs it."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.core.errors import Fault
from app.web.excel import cells
from app.web.excel.intake import Intake, Line, Place

MOST_LINES = 2000  # faulty rows that are described
PREVIEW = 10


@dataclass
class Report:
    """Counts over all rows, and what is wrong with the first faulty ones."""

    total: int = 0
    good: int = 0
    bad: int = 0
    repeated: int = 0
    warned: int = 0
    notes: list[str] = field(default_factory=list)
    general: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    bad_rows: list[int] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    preview: list[list[str]] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether everything may be imported."""
        return not self.bad and not self.general and self.good > 0

    @property
    def counts(self) -> dict[str, int]:
        """The numbers."""
        names = ("total", "good", "bad", "repeated", "warned")
        return {name: getattr(self, name) for name in names} | {"general": len(self.general)}

    def begin(self, intake: Intake) -> None:
        """Take over what is known before the rows are read."""
        columns = [column for column in intake.layout.main.columns if column.field]
        self.heads = [column.title for column in columns[:8]]

    def add(self, line: Line) -> None:
        """Count a line, and describe what is wrong with it."""
        self.total += 1
        self.bad += line.bad
        self.good += not line.bad
        self.repeated += line.repeated
        self.warned += bool(line.faults) and not line.bad
        if line.bad:
            self.bad_rows.append(line.row)
        elif len(self.preview) < PREVIEW:
            self.preview.append(self._shown(line))
        if line.faults and len(self.lines) < MOST_LINES:
            self.lines.append(
                {
                    "row": line.row,
                    "name": _name(line),
                    "bad": line.bad,
                    "faults": [_plain(*item) for item in sorted(line.faults, key=_order)],
                }
            )

    def end(self, intake: Intake) -> None:
        """Take over what was found besides the rows."""
        self.notes = intake.notes[:20]
        self.general = [_plain(fault, place) for fault, place in intake.general[:200]]

    def _shown(self, line: Line) -> list[str]:
        columns = [column for column in line.main.sheet.columns if column.field][:8]
        held = [(line.main.cells.get(column.name), column.field) for column in columns]
        return [cells.shown(cell, field)[:60] if cell else "" for cell, field in held]

    def write(self, path: Path) -> None:
        """Keep the report in a file."""
        path.write_text(json.dumps(vars(self), ensure_ascii=False), "utf-8")


def read(path: Path) -> Report:
    """Return a report that was kept."""
    return Report(**json.loads(path.read_text("utf-8")))


def _order(item: tuple[Fault, Place]) -> tuple[Any, ...]:
    """Own cells before those of lists, from left to right; what concerns the whole row last."""
    place = item[1]
    return (place.sheet, place.row, not place.letter, len(place.letter), place.letter)


def _name(line: Line) -> str:
    """Return the first text of a row, by which a person knows it again."""
    for column in line.main.sheet.columns:
        cell = line.main.cells.get(column.name)
        if column.field and cell:
            return cells.shown(cell, column.field)[:40]
    return ""


def _plain(fault: Fault, place: Place) -> dict[str, Any]:
    return {
        "sheet": place.sheet,
        "row": place.row,
        "letter": place.letter,
        "title": place.title,
        "text": place.text,
        "message": fault.message,
        "level": fault.level,
    }
