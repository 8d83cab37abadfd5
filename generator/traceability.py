"""The table that leads from each must to its screen, to the metadata that say it and to the tests that walk it.

It is made from the metadata and the decorators of the tests, so the same commit always gives the same table; whether
the tests passed is what `generator coverage` says. The place in the metadata is a file and a key: lines would move
with every edit above them. `generator explain BM24` names the line.
"""

from generator.coverage import Asked
from generator.manual import words
from generator.musts import Walk
from generator.world import FunctionIn, Linked

TABLE = "docs/traceability.md"


def table(linked: Linked, asked: list[Asked], walks: list[Walk]) -> str:
    """Return the table in Markdown, for the people who accept the product."""
    by_must: dict[str, list[Walk]] = {}
    for walk in walks:
        for must in walk.musts:
            by_must.setdefault(must, []).append(walk)
    musts = [must for item in asked for must in item.musts]
    lines = [
        "<!-- 由 metadata/ 与 tests/ 生成，请勿直接修改：make generate -->",
        "# 需求追溯表",
        "",
        "每项要求由哪个界面实现、写在元数据的何处、由哪些测试走通。测试是否通过，"
        "以 `python -m generator coverage` 为准；行号见 `python -m generator explain 功能编号`。",
        "",
        f"要求 {len(musts)} 项，其中 {sum(must.id in by_must for must in musts)} 项已有测试走通。",
    ]
    for group in dict.fromkeys(item.group for item in asked):
        lines += ["", f"## {group or '功能'}", ""]
        lines += ["| 要求 | 内容 | 界面 | 元数据 | 测试 |", "| --- | --- | --- | --- | --- |"]
        for item in asked:
            if item.group == group:
                lines += _rows(linked, item, by_must)
    return "\n".join(lines) + "\n"


def _rows(linked: Linked, item: Asked, by_must: dict[str, list[Walk]]) -> list[str]:
    function = linked.functions.get(item.id)
    screen = _screen(function) if function else "尚未建成"
    source = _source(function) if function else ""
    return [
        f"| {must.id} | {_cell(must.text)} | {screen} | {source} | {_tests(by_must.get(must.id, []))} |"
        for must in item.musts
    ]


def _screen(function: FunctionIn) -> str:
    page = f"[{_cell(str(function.spec.title))}](manual/{function.spec.id}.md)"
    return f"{page}：{words.SCREENS.get(function.screen, '系统功能').partition('：')[0]}"


def _source(function: FunctionIn) -> str:
    path = function.spec.id.place.path
    return f"[{path.removeprefix('metadata/')}](../{path}) functions.{function.spec.id}"


def _tests(walks: list[Walk]) -> str:
    return "<br>".join(f"[{walk.name}](../{walk.path})" for walk in walks)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
