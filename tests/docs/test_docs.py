"""What the documents name exists: links, paths, commands, variables, and the words of the screens."""

import argparse
import importlib
import inspect
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from app.ops import cli
from app.security.demonstration import PASSWORD
from generator import cli as compiler

ROOT = Path(__file__).resolve().parents[2]
GENERATED = ("docs/manual/", "docs/reference/")
DOCUMENTS = sorted(
    path
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    if not str(path.relative_to(ROOT)).startswith(GENERATED)
)
MANUALS = [ROOT / "docs" / f"{name}.md" for name in ("经办人手册", "管理员手册", "operations")]
SCREENS = ("metadata/**/*.yaml", "app/**/*.html", "app/**/*.js", "app/**/*.py")
VARIABLE = re.compile(r"\b([A-Z][A-Z]+(?:_[A-Z]+)*)=")

each_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT))
)


def slug(heading: str) -> str:
    """Return the anchor that a heading gets on a page."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def headings(document: Path) -> set[str]:
    return {slug(title) for title in re.findall(r"(?m)^#+ (.+)$", document.read_text("utf-8"))}


def code_of(text: str) -> list[str]:
    """Return what stands in code: fenced blocks, indented blocks and inline pieces."""
    fenced = re.findall(r"(?ms)^[ ]*```.*?\n(.*?)^[ ]*```", text)
    return [*fenced, *re.findall(r"(?m)^    (\S.*)$", text), *re.findall(r"`([^`\n]+)`", text)]


def commands_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    raise AssertionError("the parser has no commands")


@each_document
def test_relative_links_lead_somewhere(document: Path) -> None:
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text("utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = unquote(target).partition("#")
        place = (document.parent / name).resolve() if name else document
        if not place.exists() or (anchor and anchor not in headings(place)):
            lost.append(target)
    assert lost == []


@each_document
def test_paths_in_code_exist(document: Path) -> None:
    tops = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")} - {"var"}
    lost = []
    for piece in re.findall(r"`([^`\n]+)`", document.read_text("utf-8")):
        path = piece.rstrip("/")
        if path.split("/")[0] not in tops or not re.fullmatch(r"[\w./*\-一-鿿]+", path):
            continue
        if re.search(r"对象名|NAME|OBJECT", path) or path.startswith("app/web/static/vendor"):
            continue  # a place holder, or made by `make setup`
        if not any(ROOT.glob(path)):
            lost.append(piece)
    assert lost == []


@each_document
def test_commands_exist_with_their_options(document: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"(?m)^([a-z]+):", makefile))
    front, back = commands_of(cli._parser()), commands_of(compiler._parser())
    lost = []
    for piece in code_of(document.read_text("utf-8")):
        lost += [
            f"make {name}" for name in re.findall(r"\bmake ([a-z]+)", piece) if name not in targets
        ]
        for pattern, commands in (
            (r"run\.py ([a-z][a-z-]*)([^\n#]*)", front),
            (r"-m generator ([a-z][a-z-]*)([^\n#&|]*)", back),
        ):
            for name, rest in re.findall(pattern, piece):
                if name not in commands:
                    lost.append(f"{name}{rest}")
                    continue
                known = commands[name]._option_string_actions
                lost += [
                    f"{name} {o}" for o in re.findall(r"(?<!\S)--?[a-z-]+", rest) if o not in known
                ]
    assert lost == []


@each_document
def test_programs_that_are_started_as_modules_exist(document: Path) -> None:
    named = re.findall(r"-m ((?:devices|tests|plugins|app)(?:\.\w+)+)", document.read_text("utf-8"))
    lost = [name for name in named if not (ROOT / f"{name.replace('.', '/')}.py").is_file()]
    assert lost == []


def named(dotted: str) -> Any:
    """Return the module, or what a module holds, of that name; None where there is none."""
    head, _, last = dotted.rpartition(".")
    try:
        return importlib.import_module(dotted)
    except ModuleNotFoundError:
        return getattr(named(head), last, None) if head else None


@each_document
def test_modules_and_what_they_hold_exist(document: Path) -> None:
    text = document.read_text("utf-8")
    dotted = set(
        re.findall(r"(?<![\w./])(?:app|generator|plugins|devices)(?:\.[A-Za-z_]\w*)+", text)
    )
    assert [name for name in sorted(dotted) if named(name) is None] == []


@each_document
def test_files_that_are_named_without_their_folder_exist(document: Path) -> None:
    pieces = set(re.findall(r"`([\w./]+\.(?:py|js|css|html))`", document.read_text("utf-8")))
    rooms = ("app", "generator", "plugins", "devices", "scripts", "tests")
    lost = [
        piece
        for piece in pieces
        if not (ROOT / piece).exists()
        and not any(True for room in rooms for _ in (ROOT / room).glob(f"**/{piece}"))
    ]
    assert lost == []


def test_the_seams_of_the_runtime_are_as_the_architecture_says() -> None:
    """Each function that section 3 names stands in its module and takes what is said there."""
    text = (ROOT / "docs/architecture.md").read_text("utf-8")
    block = text.split("## 3. The runtime's seams")[1].split("```")[1]
    wrong, count, place = [], 0, ""
    for line in block.splitlines():
        if head := re.match(r"# (app/\S+)\.py", line):
            place = head[1].replace("/", ".")
            continue
        if inside := re.match(r"class (\w+):", line):
            place += f".{inside[1]}"
        parts = re.findall(r"(app[\w.]+): (.*?)(?=\s{3}|$)", line) or [(place, line)]
        for where, said in parts:
            for name, arguments in re.findall(r"(?<![\w.])(\w+)\(([^()]*)", said.split("  #")[0]):
                count += 1
                found = named(f"{where}.{name}") or named(f"{where.rpartition('.')[0]}.{name}")
                takes = set(inspect.signature(found).parameters) if found else set()
                told = set(re.findall(r"(?:^|, )(\w+)", arguments))
                if not found or told - takes:
                    wrong.append(f"{where}: {name}({arguments})")
    assert count > 35
    assert wrong == []


@pytest.mark.parametrize(
    "document",
    ["architecture.md", "实施人员指南.md"],
)
def test_words_of_the_language_that_tables_name_are_in_the_reference(document: str) -> None:
    """The tables of what the language has name keys, screens, effects and patterns as the reference does."""
    reference = "".join(
        (ROOT / "docs/reference" / name).read_text("utf-8")
        for name in ("language.md", "patterns.md")
    )
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "app").rglob("*.py"))
    reference += " ".join(re.findall(r'@screen\("(\w+)"\)', sources))
    text = (ROOT / "docs" / document).read_text("utf-8")
    part = re.split(r"(?m)^##+ (?:More of the language|语言还能说什么)$", text)[1].split("\n## ")[0]
    words = set()
    for row in re.findall(r"(?m)^\| (.+) \|$", part)[2:]:
        words |= set(
            re.findall(r"`(?:screen: |mixins: \[|transport: |runtime\.)?(\w+)", row.split(" | ")[1])
        )
    assert len(words) > 20
    assert {word for word in words if not re.search(rf"\b{word}\b", reference)} == set()


def test_environment_variables_are_read_somewhere() -> None:
    source = "".join(
        path.read_text("utf-8")
        for folder in ("app", "scripts", "tests/harness", "tests/generator", "plugins", "generator")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix in {"", ".py"} and "generated" not in path.parts
    ) + (ROOT / "Makefile").read_text("utf-8")
    named = set()
    for document in DOCUMENTS:
        for piece in code_of(document.read_text("utf-8")):
            named |= set(VARIABLE.findall(piece))
    operations = (ROOT / "docs" / "operations.md").read_text("utf-8")
    named |= set(re.findall(r"(?m)^\| `([A-Z_]+)` \|", operations))
    assert {name for name in named if not re.search(rf"\b{name}\b", source)} == set()
    assert len(named) > 10


def test_every_variable_of_an_installation_is_explained() -> None:
    source = "".join(path.read_text("utf-8") for path in (ROOT / "app").rglob("*.py"))
    read = set(re.findall(r'(?:environ\.get\(|\(environ, )"([A-Z_]+)"', source))
    operations = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert "DATABASE_URL" in read
    assert "PORT" in read
    assert {name for name in read if f"| `{name}` |" not in operations} == set()


def test_every_command_of_the_front_door_is_in_the_operations_manual_or_the_readme() -> None:
    told = "".join(
        (ROOT / name).read_text("utf-8") for name in ("README.md", "CONTRIBUTING.md")
    ) + (ROOT / "docs" / "operations.md").read_text("utf-8")
    for name in set(commands_of(cli._parser())) - {
        "prepare",
        "demo",
        "develop",
    }:  # called by make and the compiler
        assert f"run.py {name}" in told, name


def test_headings_that_programs_point_to_exist() -> None:
    operations = headings(ROOT / "docs" / "operations.md")
    pointed = set()
    for place in [*(ROOT / "scripts").iterdir(), *(ROOT / "app" / "ops").glob("*.py")]:
        if place.is_file():
            pointed |= set(re.findall(r"docs/operations\.md“([^”]+)”", place.read_text("utf-8")))
    assert pointed
    assert {title for title in pointed if slug(title) not in operations} == set()


@pytest.mark.parametrize("manual", MANUALS, ids=lambda path: path.name)
def test_what_a_manual_quotes_stands_on_a_screen(manual: Path) -> None:
    """A quoted word is a word of the metadata, a template or a script; buttons begin with 新建 or 检查并."""
    screens = "".join(
        path.read_text("utf-8") for pattern in SCREENS for path in sorted(ROOT.glob(pattern))
    )
    text = re.sub(r"(?ms)^ *```.*?^ *```", "", manual.read_text("utf-8"))
    quoted = set(re.findall(r"“([^”\n]+)”", text))
    own = headings(manual)
    lost = {
        word
        for word in quoted
        if slug(word) not in own
        and word.rstrip("…") not in screens
        and re.sub(r"^(新建|检查并|导出 )", "", word) not in screens
    }
    assert len(quoted) >= 5
    assert lost == set()


def test_accounts_of_the_demonstration_are_the_ones_that_are_loaded() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    recipes = (ROOT / "metadata" / "demo").glob("*.yaml")
    words = "".join(path.read_text("utf-8") for path in recipes)
    table = readme.split("## Accounts")[1].split("##")[0]
    names = {
        name
        for row in re.findall(r"(?m)^\| (`.*?) \|", table)
        for name in re.findall(r"`(\w+)`", row)
    }
    assert len(names) == 11
    assert {name for name in names if name not in words} == set()
    assert PASSWORD in readme


def test_the_pictures_of_the_readme_are_small() -> None:
    shown = re.findall(r"\((docs/images/[^)]+)\)", (ROOT / "README.md").read_text("utf-8"))
    kept = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs" / "images").iterdir()}
    assert set(shown) == kept
    assert all(20_000 < (ROOT / name).stat().st_size <= 250_000 for name in shown)


def test_the_index_of_decisions_is_complete_and_in_order() -> None:
    folder = ROOT / "docs" / "decisions"
    expected = []
    for path in sorted(folder.glob("0*.md")):
        title = path.read_text("utf-8").splitlines()[0].removeprefix("# ")
        assert title.startswith(f"{int(path.name[:4])}. ")
        expected.append(path.name)
    index = (folder / "README.md").read_text("utf-8")
    assert re.findall(r"(?m)^\* \[\d+\. .+\]\((.+)\)$", index) == expected
