"""Workbooks as people send them, and what comes back."""

import io
import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from openpyxl import Workbook, load_workbook
from werkzeug.test import TestResponse

from app.core.identity_numbers import check_digit
from tests.harness.people import Browserlike

Rows = list[dict[str, Any]]


def born(number: int) -> date:
    """Return the birth date of the person of that number."""
    return date(1985, 3, 12) + timedelta(days=number // 100)


def person_number(number: int) -> str:
    """Return the resident number of a man: well formed, and the same for the same number."""
    first = f"420106{born(number):%Y%m%d}{number % 100:02}1"
    return first + check_digit(first)


def filled(template: bytes, *sheets: Rows) -> Any:
    """Return the template with rows written below the headings of its first sheets."""
    book = load_workbook(io.BytesIO(template))
    for sheet, rows in zip(book.worksheets, sheets, strict=False):
        heads = [str(cell.value).rstrip(" *") for cell in sheet[1]]
        for row in rows:
            assert set(row) <= set(heads), set(row) - set(heads)
            sheet.append([row.get(head) for head in heads])
    return book


def content(book: Workbook) -> bytes:
    """Return a workbook as it is sent."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def send(client: Browserlike, function: str, sent: bytes, name: str = "表.xlsx") -> TestResponse:
    """Upload a workbook."""
    data = {"file": (io.BytesIO(sent), name)}
    return client.post(f"/{function}/import", data=data, content_type="multipart/form-data")


def words(answer: TestResponse) -> str:
    """Return what a person reads on a page, without the frame."""
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def cells(sent: bytes, sheet: int = 0) -> list[tuple[Any, ...]]:
    """Return the rows of a sheet."""
    return list(load_workbook(io.BytesIO(sent)).worksheets[sheet].iter_rows(values_only=True))


def persons(numbers: Iterable[int]) -> tuple[Rows, Rows]:
    """Return rows of people that are well filled in, and of their families."""
    people, families = [], []
    for number in numbers:
        people.append(
            {
                "序号": number,
                "姓名": f"林{'一二三四五六七八九'[number % 9]}",
                "身份证号码": person_number(number),
                "性别": "男",
                "出生日期": born(number).isoformat(),
                "出生地": "420100",
                "职务": "科长",
                "职级": "正科级",
                "工作性质": "国家公务员",
                "政治面貌": "中共党员",
            }
        )
        families.append(
            {
                "所属序号": number,
                "称谓": "配偶",
                "姓名": "王红",
                "工作单位、职务及居住地": "武汉市某中学教师，现居武汉",
            }
        )
    return people, families
