"""`new` and the freshness of what `build` writes beside code."""

import json

import pytest
import yaml

from generator import templates, vocabulary, watch
from generator.cli import main
from generator.compile import analyse, compile_all
from tests.generator.projects import HERE, apply, make

ROOT = HERE.parent.parent
ROOM = """object: room
title: 会议室
mixins: [org_owned]
scope: unit
fields:
  name: {type: string, title: 名称, required: true}
functions:
  DK01:
    title: 会议室
    module: rooms
    screen: query
    roles: {host: [view]}
"""


def run(folder, *arguments):
    return main(["--root", str(folder), *arguments])


# --- new ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "file", "functions"),
    [
        (("object", "desk/chair", "--title", "椅子"), "chair", {"DE90"}),
        (("object", "desk/visit", "--title", "参观", "--flow"), "visit", {"DE90", "DE91"}),
        (("flow", "room"), "room", {"DK01", "DE90", "DE91"}),
        (("function", "room.DK33"), "room", {"DK01", "DK33"}),
        (("function", "booking.DK33", "--role", "clerk"), "booking", {"DK02", "DK03", "DK04", "DK33"}),
    ],
)  # fmt: skip
def test_a_start_builds_at_once(tmp_path, capsys, arguments, file, functions):
    folder = make(tmp_path)
    if arguments[0] == "flow":
        text = ROOM
        (folder / "metadata/desk/room.yaml").write_text(text, encoding="utf-8")
        for name in ("booking", "booking_change"):
            (folder / f"metadata/desk/{name}.yaml").unlink()
        (folder / "metadata/documents/desk.yaml").unlink()
        (folder / "metadata/policies/desk.yaml").unlink()
        (folder / "metadata/patterns/change.yaml").unlink()
    assert run(folder, "new", *arguments) == 0, capsys.readouterr().err
    assert run(folder, "build") == 0, capsys.readouterr().err
    linked = analyse(folder).linked
    assert {name for name, f in linked.functions.items() if f.object == file} == functions
    assert (folder / f"app/generated/desk/{file}.py").is_file()


MODULES = "modules: {booking: 预订, rooms: 会议室}"


@pytest.mark.parametrize("of_lines", [False, True])
@pytest.mark.parametrize("name", ["desk/chairs", "lab/chairs"])
def test_a_module_stands_in_the_menu_and_takes_functions(tmp_path, capsys, name, of_lines):
    folder = make(tmp_path)
    path = folder / "metadata/project.yaml"
    text = path.read_text(encoding="utf-8")
    assert MODULES in text
    if of_lines:
        lines = "modules:\n      booking: 预订\n      # 一行注释\n      rooms: 会议室"
        text = text.replace(MODULES, lines) + "timezone: Asia/Shanghai"
    path.write_text(text, encoding="utf-8")
    assert run(folder, "new", "module", name, "--title", "椅子") == 0, capsys.readouterr().err
    subsystem = name.partition("/")[0]
    modules = analyse(folder).linked.data.project.subsystems[subsystem].modules
    assert modules["chairs"] == "椅子"
    assert {"booking", "rooms"} <= set(
        analyse(folder).linked.data.project.subsystems["desk"].modules
    )
    assert run(folder, "new", "object", f"{subsystem}/chair") == 0, capsys.readouterr().err
    assert run(folder, "build") == 0, capsys.readouterr().err
    assert run(folder, "new", "module", name) == 2
    assert "already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("module", "chairs"), "SUBSYSTEM/NAME"),
        (("module", "desk/Chairs"), "small letters"),
        (("object", "desc/chair"), "did you mean 'desk'"),
        (("object", "desk/Chair"), "small letters"),
        (("object", "desk/room"), "there is an object 'room' already"),
        (("flow", "booking"), "has the flow 'booking_approval' already"),
        (("flow", "bookin"), "did you mean 'booking'"),
        (("function", "room.DK01"), "there is a function DK01 already"),
        (("function", "room.DK33", "--role", "hots"), "did you mean 'host'"),
        (("function", "room.DK33", "--screen", "review"), "`new flow`"),
    ],
)
def test_what_cannot_be_made_is_said(tmp_path, capsys, arguments, said):
    folder = make(tmp_path)
    before = {path: path.read_bytes() for path in (folder / "metadata").rglob("*.yaml")}
    assert run(folder, "new", *arguments) == 2
    assert said in capsys.readouterr().err
    assert before == {path: path.read_bytes() for path in (folder / "metadata").rglob("*.yaml")}


def test_a_project_of_its_own_begins_with_a_case(tmp_path, capsys):
    folder = tmp_path / "lab"
    assert run(tmp_path, "new", "project", "lab", "--title", "实验室") == 0
    assert "new object office/NAME" in capsys.readouterr().out
    assert run(folder, "new", "object", "office/sample", "--title", "样品", "--flow") == 0
    assert run(folder, "build") == 0, capsys.readouterr().err
    assert "实验室" in (folder / "app/generated/project.py").read_text(encoding="utf-8")
    screens = yaml.safe_load((folder / "metadata/office/functions.yaml").read_text("utf-8"))
    for spec in screens.values():  # what administrators may do there is all that there is
        granted = {word for words in spec["roles"].values() for word in words}
        assert granted == set(vocabulary.RUNTIME[spec["screen"].removeprefix("runtime.")][0])
    assert run(tmp_path, "new", "project", "lab") == 2
    assert "is there already" in capsys.readouterr().err
    assert run(tmp_path, "new", "project", "other", "--title", "a: b") == 2


def test_where_nothing_could_serve_a_project_it_is_said_what_to_do(tmp_path, capsys, monkeypatch):
    folder = make(tmp_path / "lab")
    monkeypatch.setattr(watch, "FRAMEWORK", tmp_path)  # as installed, without tests/
    assert run(folder, "watch", "--serve") == 2
    assert "run the command in a checkout of the program" in capsys.readouterr().err


def test_a_project_that_stands_elsewhere_is_tried_by_the_tests_of_this_one(tmp_path, capsys):
    """It has no tests/derived of its own, and its folder need not have a name that Python could import."""
    folder = tmp_path / "lab-2"
    assert run(tmp_path, "new", "project", "lab-2", "--title", "实验室") == 0
    assert run(folder, "new", "object", "office/sample", "--title", "样品", "--flow") == 0
    capsys.readouterr()
    assert run(folder, "test", "sample", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["tests"] == ["sample", "OF90", "OF91"]
    assert found["passed"] > 10
    assert found["failed"] == []


def test_a_template_prints_all_that_is_bound_and_is_never_replaced(tmp_path, capsys):
    folder = make(tmp_path)
    path = folder / "metadata/documents/desk.yaml"
    text = path.read_text(encoding="utf-8")
    more = "    note: unit.name\n    fee: fee\n    purpose: purpose\n    day: begins_on\n"
    path.write_text(text.replace("    note: unit.name\n", more), encoding="utf-8")
    template = folder / "metadata/documents/permit.docx"
    assert run(folder, "new", "template", "permit") == 2
    assert "delete it first" in capsys.readouterr().err
    template.unlink()
    assert run(folder, "check") == 1
    assert "new template permit" in capsys.readouterr().err
    assert run(folder, "new", "template", "permit") == 0
    assert run(folder, "build") == 0, (
        capsys.readouterr().err
    )  # amounts and codes as people read them
    assert {"fee", "purpose", "day", "guests", "number", "qr"} <= templates.read(template).names
    assert run(folder, "new", "template", "permitt") == 2
    assert "did you mean 'permit'?" in capsys.readouterr().err


def test_the_frameworks_own_objects_need_no_declaration(tmp_path, capsys):
    folder = make(tmp_path)
    path = folder / "metadata/desk/functions.yaml"
    papers = "DK50: {title: 函件, module: rooms, screen: issued, object: issued_document, "
    papers += "where: \"object == 'booking'\", roles: {host: [view, seal, issue]}}\n"
    path.write_text(path.read_text(encoding="utf-8") + papers, encoding="utf-8")
    assert run(folder, "build") == 0, capsys.readouterr().err
    made = (folder / "app/generated/runtime/issued_document.py").read_text(encoding="utf-8")
    assert 'types.Ref(object="office")' in made and "document_state" in made


# --- what is written beside code ----------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "docs/manual/DK02.md",
        "docs/reference/flows/booking_approval.svg",
        "metadata/schema/object.json",
    ],
)
def test_documents_and_schemas_are_kept_fresh(tmp_path, capsys, path):
    folder = make(tmp_path)
    run(folder, "build")
    (folder / path).write_text("edited", encoding="utf-8")
    assert run(folder, "check") == 2
    assert f"{path} is out of date" in capsys.readouterr().err
    run(folder, "build")
    assert run(folder, "check") == 0


def test_a_page_without_a_function_is_removed(tmp_path):
    folder = make(tmp_path)
    run(folder, "build")
    apply(folder, {"file": "metadata/desk/functions.yaml", "delete": True})
    run(folder, "build")
    assert not (folder / "docs/manual/DK08.md").exists()
    assert (folder / "docs/manual/DK02.md").exists()


def test_the_manual_of_every_function_is_chinese_and_says_who_and_where():
    result = compile_all(ROOT)
    for name, item in result.linked.functions.items():
        text = result.files[f"docs/manual/{name}.md"]
        assert f"# {name} {item.spec.title}" in text
        assert "## 谁可以使用" in text and "菜单：" in text
        assert "None" not in text and "True" not in text


def test_every_link_of_the_documents_leads_somewhere():
    import re
    from posixpath import dirname, join, normpath

    files = compile_all(ROOT).files
    for path, text in files.items():
        if path.endswith(".md"):
            for target in re.findall(r"\]\(([^)#]+)\)", text):
                assert normpath(join(dirname(path), target)) in files, (path, target)


KEEPER = [
    {
        "file": "metadata/roles.yaml",
        "append": "keeper: {title: 账户管理员, reach: all, face: office, excludes: [host, clerk]}\n",
    },
    {
        "file": "metadata/desk/functions.yaml",
        "append": "DK90: {title: 用户账户, module: booking, screen: runtime.accounts, roles: {keeper: [view]}}\n",
    },
    {
        "file": "metadata/demo/00_words.yaml",
        "text": "people:\n  - {username: hao, name: 郝, roles: [host]}\nsurnames: [赵]\n",
    },
]


def test_a_new_role_excludes_who_runs_the_system_and_somebody_holds_it(tmp_path, capsys):
    folder = make(tmp_path, KEEPER)
    assert run(folder, "new", "role", "porter", "--title", "值班员") == 0, capsys.readouterr().err
    role = analyse(folder).linked.data.roles["porter"]
    assert (role.title, role.reach, role.face, role.excludes) == (
        "值班员",
        "all",
        "office",
        ("keeper",),
    )
    words = yaml.safe_load((folder / "metadata/demo/00_words.yaml").read_text("utf-8"))
    assert words["people"][1]["username"] == "porter"
    assert words["people"][1]["roles"] == ["porter"]
    assert words["surnames"] == ["赵"]
    assert run(folder, "new", "role", "porter") == 2
    assert "there is a role 'porter' already" in capsys.readouterr().err
    assert run(folder, "new", "role", "Porter") == 2


def test_a_new_role_where_it_could_not_be_leaves_every_file_as_it_was(tmp_path, capsys):
    folder = make(tmp_path, KEEPER)
    before = {path: path.read_bytes() for path in (folder / "metadata").rglob("*.yaml")}
    assert run(folder, "new", "role", "porter", "--title", "a: b") == 1
    assert "error[" in capsys.readouterr().err
    assert before == {path: path.read_bytes() for path in (folder / "metadata").rglob("*.yaml")}
