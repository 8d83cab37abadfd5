"""The compiler speaks Chinese, whole, or English where that is asked for."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from generator import compare, language
from generator.cli import main
from generator.problem import Place, Problems
from tests.generator.places import _notes
from tests.generator.projects import CASES, case, make

COMPILER = Path(language.__file__).parent
SAYING = frozenset({"tr", "later"})
ASKING = frozenset({"known", "did_you_mean", "suggest"})  # the last text says what kind of name
REFUSING = frozenset({"CannotMake", "Refused", "_refuse"})
OF_LIBRARIES = "what YAML, Python and regular expressions say"  # a comment in the catalogue


def calls() -> Iterator[tuple[Path, ast.Call]]:
    for path in sorted(COMPILER.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield path, node


def name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def texts(call: ast.Call) -> list[str]:
    return [
        arg.value
        for arg in call.args
        if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
    ]


def messages() -> dict[str, bool]:
    """Every message, and whether it has holes."""
    found: dict[str, bool] = {}
    for _, call in calls():
        if name(call) in SAYING:
            found |= {text: bool(call.keywords) for text in texts(call)[:1]}
        elif name(call) in ASKING:
            kinds = [text for text in texts(call) if not re.fullmatch(r"E\d{3}", text)]
            found |= dict.fromkeys(kinds[-1:], False)
    for heading, kinds in compare.HEADINGS.items():
        found |= dict.fromkeys((heading, *kinds), False)
    return found | dict.fromkeys(("added", "removed", "changed"), False)


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_message_has_its_chinese():
    assert set(messages()) - set(language.catalogue()) == set(), "add: messages_zh_CN.po"


def test_nobody_keeps_the_chinese_of_what_is_not_said():
    libraries = language.CATALOGUE.read_text(encoding="utf-8").split(OF_LIBRARIES)[1]
    unsaid = set(language.catalogue()) - set(messages())
    assert {text for text in unsaid if f'"{text}"' not in libraries.replace('\\"', '"')} == set()


def test_the_chinese_fills_only_holes_that_there_are():
    for english, filled in messages().items():
        if filled:
            said = language.catalogue()[english]
            assert holes(said) <= holes(english), (english, said)


def test_whatever_notes_a_fault_says_it_by_the_catalogue():
    """A text in quotes where a fault is noted would be English for everybody."""
    bare = []
    for path, call in calls():
        noted = _notes(call.func) and name(call) not in ("known", "member")
        if not noted and name(call) not in REFUSING:
            continue
        for arg in call.args:
            for text in ast.walk(arg):
                if isinstance(text, ast.Call) and name(text) in SAYING:
                    break
                words = text.value if isinstance(text, ast.Constant) else ""
                if isinstance(words, str) and re.search(r"[a-z]{2,} \W?[a-z]{2,}", words):
                    bare.append(f"{path.relative_to(COMPILER)}:{text.lineno} {words}")
    assert bare == []


@pytest.mark.parametrize("name", sorted(path.name for path in CASES.iterdir()))
def test_no_english_is_left_in_a_chinese_report(name):
    """What is not between quotes or braces is words of the language, or Chinese."""
    report = (CASES / name / "stderr.txt").read_text(encoding="utf-8")
    lines = [line for line in report.splitlines() if re.search(r"error\[|^   提示：", line)]
    for line in lines:
        said = re.sub(
            r"^\S+: error\[E\d+\]: |'[^']*'|`[^`]*`|\{[^{}]*\}|python -m \w+ .*", "", line
        )
        found = re.search(r"\b(the|is|are|what|which|there|here|such|write)\b", said)
        kept = re.search("Jinja|它要的是", said)  # the reader of templates; help of a pattern
        assert not found or kept, line


def test_english_where_it_is_asked_for(tmp_path, capsys, monkeypatch):
    folder = case(tmp_path, "E008-key")
    assert main(["--root", str(folder), "--language", "en", "check"]) == 1
    english = capsys.readouterr().err
    assert "error[E008]: unknown key 'requird'" in english
    assert "   hint: did you mean 'required'?\n1 problem in 1 of 13 files." in english
    monkeypatch.setenv(language.SETTING, "en")
    assert main(["--root", str(folder), "check"]) == 1
    assert capsys.readouterr().err == english
    monkeypatch.delenv(language.SETTING)
    assert main(["--root", str(folder), "check"]) == 1
    assert "提示：是否想写 'required'？" in capsys.readouterr().err


def test_what_braces_stand_for_is_no_hole_where_nothing_is_filled_in():
    language.use("zh")
    assert language.tr("such as {cut: 20}.") == "例如 {cut: 20}。"
    problems = Problems()
    problems.add("E011", Place("a"), "a text that nobody translated", "such as {x}.")
    assert problems.items[0].hint == "such as {x}."


def test_what_cannot_be_made_is_said_in_chinese(tmp_path, capsys):
    folder = make(tmp_path)
    for arguments, said in (
        (("object", "desk/room"), "已经有对象 'room'"),
        (("object", "dessk/hall"), "写成 子系统/名称，例如 desk/hall；是否想写 'desk'？"),
        (("role", "host"), "已经有角色 'host'"),
        (("flow", "booking"), "'booking' 已经有流程 'booking_approval'"),
    ):
        assert main(["--root", str(folder), "--language", "zh", "new", *arguments]) == 2
        assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "chinese", "english"),
    [
        ((), "缺少参数：COMMAND", "missing: COMMAND"),
        (("explain",), "缺少参数：name", "missing: name"),
        (("check", "--loud"), "无法识别的参数：--loud", "not understood: --loud"),
        (("built",), "COMMAND 无效：'built'；可用：", "COMMAND: invalid choice 'built', choose"),
        (("migrate", "-m"), "-m/--message 后面缺少内容", "-m/--message: nothing follows it"),
        (("check", "--json=1"), "--json 后面不应有内容", "--json: nothing may follow it"),
    ],
)
def test_a_wrong_command_is_told_in_the_language_that_is_spoken_cause_first(
    capsys, monkeypatch, typed, chinese, english
):
    for spoken, said, usage in (("zh", chinese, "用法：python"), ("en", english, "usage: python")):
        monkeypatch.setenv(language.SETTING, spoken)
        with pytest.raises(SystemExit) as ended:
            main(list(typed))
        assert ended.value.code == 2
        told = capsys.readouterr().err
        assert told.startswith(said)
        assert usage in told


def test_watching_and_explaining_speak_chinese_too(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv(language.SETTING, "zh")
    case(tmp_path, "E008-key")
    assert main(["--root", str(tmp_path), "explain", "E9999x"]) != 0
    assert "没有叫 'E9999x' 的名称" in "".join(capsys.readouterr())
