"""What somebody typed reaches the product through forms that check it, and in few other places."""

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, g
from werkzeug.datastructures import FileStorage

from app.settings import ROOT
from app.web.screens.form import (
    ChoiceField,
    ChoicesField,
    DayField,
    FlagField,
    HiddenText,
    LinesField,
    LongTextField,
    ScreenForm,
    SecretField,
    TextField,
    TickField,
    UploadField,
)

SENT = ("form", "values", "files", "get_json", "json", "get_data", "data", "stream")
PLACES = {
    "app/web/screens/form.py": "every form of a screen",
    "app/web/views/forms.py": "forms of records, made of metadata",
    "app/web/views/cases.py": "forms of decisions, made of flows; app/web/case/decision_form.py reads them",
    "app/web/views/issued.py": "texts of a paper, by the names in its template",
    "app/web/form/uploads.py": "a material or a file of a record",
    "app/web/screens/migrations.py": "columns of a source, by its own names",
    "app/web/reports/writing.py": "limits of a report, by the names of its model",
    "app/web/factory.py": "characters that no text may hold, whoever sends them",
    "app/web/api/body.py": "REST",
    "app/web/api/papers.py": "REST",
}  # fmt: skip


def reads(path: Path) -> Iterator[tuple[int, str]]:
    """Yield where a file reads what was sent, by whatever name it knows the request."""
    tree = ast.parse(path.read_text("utf-8"))
    known = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in ("flask", "flask.globals")
        for alias in node.names
        if alias.name == "request"
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in SENT:
            of = node.value
            whole = isinstance(of, ast.Attribute) and of.attr == "request"  # flask.request.form
            if whole or (isinstance(of, ast.Name) and of.id in known):
                yield node.lineno, node.attr


def everything() -> dict[str, list[tuple[int, str]]]:
    """The reads of each hand-written file that has some."""
    files = [path for path in (ROOT / "app").rglob("*.py") if "generated" not in path.parts]
    found = {str(path.relative_to(ROOT)): list(reads(path)) for path in sorted(files)}
    return {name: lines for name, lines in found.items() if lines}


def test_what_was_sent_is_read_in_named_places_only() -> None:
    found = everything()
    assert {name: found[name] for name in found.keys() - PLACES.keys()} == {}
    assert PLACES.keys() - found.keys() == set(), "these read nothing any more"


@pytest.mark.parametrize(
    "source",
    [
        "from flask import request\nrequest.form.get('x')",
        "from flask import request as r\nr.form['x']",
        "import flask\nflask.request.files",
        "from flask import request\nform = request.values",
    ],
)
def test_a_read_is_seen_by_whatever_name(tmp_path: Path, source: str) -> None:
    path = tmp_path / "page.py"
    path.write_text(source, encoding="utf-8")
    assert len(list(reads(path))) == 1


class Everything(ScreenForm):
    """One of each field."""

    line = TextField("名称", required=True, longest=5)
    lines = LongTextField("备注", longest=5)
    day = DayField("日期")
    secret = SecretField("密码", required=False)
    hidden = HiddenText(longest=5)
    choice = ChoiceField("种类", choices=[("a", "甲")], blank="请选择")
    choices = ChoicesField("几种")
    column = LinesField("行")
    tick = TickField("勾选")
    flag = FlagField("标记")
    file = UploadField("文件")


@pytest.fixture
def site() -> Flask:
    """A site that has nothing but a key: forms need no more."""
    site = Flask(__name__)
    site.secret_key = "k" * 20
    return site


def sent(app: Flask, data: dict, *, proven: bool = True, method: str = "POST") -> Everything:
    with app.test_request_context("/", method=method, data=data):
        g.csrf_valid = proven
        form = Everything()
        form.choices.offer([("b", "乙")])
        form.passed = form.validate_on_submit()
        return form


def test_a_form_that_is_right_is_taken(site: Flask) -> None:
    form = sent(site, {
        "line": " 一 ", "lines": "一\r\n二", "day": "2026-03-01", "choice": "a", "choices": ["b"],
        "column": ["1 ", "2"], "tick": "1", "flag": "",
    })  # fmt: skip
    assert form.passed, form.errors
    assert (form.line.data, form.lines.data, str(form.day.day)) == ("一", "一\n二", "2026-03-01")
    assert (form.choices.data, form.column.data) == (["b"], ["1", "2"])
    assert (form.tick.data, form.flag.data, form.file.data) == (True, True, None)


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({}, "line", "请填写名称"),
        ({"line": "  "}, "line", "请填写名称"),
        ({"line": "一二三四五六"}, "line", "名称不能超过 5 个字，现有 6 个"),
        ({"line": "一", "lines": "一二三四五六"}, "lines", "备注不能超过 5 个字，现有 6 个"),
        ({"line": "一", "day": "2026-02-30"}, "day", "请填写日期，如 2026-03-01"),
        ({"line": "一", "choice": "z"}, "choice", "请从列表中选择"),
        ({"line": "一", "choices": ["b", "z"]}, "choices", "请从列表中选择"),
        ({"line": "一", "hidden": "一二三四五六"}, "hidden", "页面自带的内容不能超过 5 个字"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(
    site: Flask, data: dict, field: str, words: str
) -> None:
    form = sent(site, data)
    assert not form.passed
    assert form.status == 422
    assert words in "".join(form[field].errors)
    assert form.refusal
    for name, typed in data.items():
        kept = form[name].data
        assert kept == (typed.strip() if isinstance(typed, str) else typed)


def test_a_file_is_no_text_and_a_text_is_no_file(site: Flask) -> None:
    names = [name for name in dir(Everything) if hasattr(getattr(Everything, name), "field_class")]
    files = {
        name: FileStorage(io.BytesIO(b"x"), filename="x.txt") for name in names if name != "file"
    }
    form = sent(site, files)
    assert not form.passed and set(form.errors) == {"line"}
    assert form.line.data == form.lines.data == ""
    assert sent(site, {"line": "一", "file": "x"}).file.data is None


def test_of_a_name_sent_twice_the_first_is_taken(site: Flask) -> None:
    form = sent(site, {"line": ["一", "二"], "choice": ["a", "z"]})
    assert form.passed
    assert (form.line.data, form.choice.data) == ("一", "a")


def test_no_form_is_taken_without_proof_that_a_page_of_ours_sent_it(site: Flask) -> None:
    """Also where nobody has looked before the view: a form does not rely on the check of the door."""
    form = sent(site, {"line": "一"}, proven=False)
    assert not form.passed
    assert "csrf_token" in form.errors


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_reads_sends_no_form(site: Flask, method: str) -> None:
    form = sent(site, {"line": "一"}, method=method)
    assert not form.passed
    assert not form.line.data


def test_only_the_form_itself_says_which_version_a_page_shows() -> None:
    """A screen that renews it on its own hides what somebody else saved meanwhile."""
    renewed = re.compile(r"\.(seen|version|expected|revision)\.data\s*=[^=]")
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "app").rglob("*.py")
        if "generated" not in path.parts and renewed.search(path.read_text(encoding="utf-8"))
    ]
    assert found == ["app/web/screens/form.py"]
