"""`rehearse`: what a flow as the metadata has it now would have meant for the cases of a database.

The draft is compiled into a temporary folder; the program that serves projects leads the cases
through it (`app/flow/queries/simulation.py`), in a process of its own that can only read. Here it is said
in words.
"""

import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from generator.beside import run_beside, write_package
from generator.compile import Result
from generator.load import FRAMEWORK

PACKAGE = "rehearsed"
PROGRAM = "app/ops/flow_simulation.py"
Found = dict[str, Any]


class CannotRehearse(Exception):
    """Nothing was rehearsed; the message is Chinese and says why."""


def rehearsed(
    root: Path, draft: Result, flow: str, since: date | None, database: str
) -> dict[str, Any]:
    """Rehearse a flow of compiled metadata on a database; return what was found as plain values."""
    home = root if (root / PROGRAM).is_file() else FRAMEWORK
    with tempfile.TemporaryDirectory(prefix="rehearse-") as name:
        folder = Path(name)
        write_package(draft, folder, PACKAGE)
        out = folder / "found.json"
        told = {
            "package": f"{PACKAGE}.registry", "kept": str((root / "app" / "kept").resolve()),
            "flow": flow, "since": since.isoformat() if since else "", "database": database, "out": str(out),
        }  # fmt: skip
        command = [sys.executable, "-m", "app.ops.flow_simulation"]
        done = run_beside([*command, *(f"--{k}={v}" for k, v in told.items())], folder, home)
        if not out.is_file():
            last = (done.stderr.strip().splitlines() or ["没有输出"])[-1]
            raise CannotRehearse(
                f"演练没有完成，程序出错（{last}）；请把这一行连同流程定义交给系统维护人员"
            )
        found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    if "error" in found:
        raise CannotRehearse(found["error"])
    return found


# --- in words -----------------------------------------------------------------------------------


def text(found: Found, examples: int) -> str:
    """Return the rehearsal as a review comment in Markdown: a summary first, then what differs."""
    cases = found["cases"]
    lines = [f"## 流程演练：{found['title']}（{found['flow']}，草稿版本 {found['version']}）", ""]
    lines += [f"- {line}" for line in _summary(found)]
    if cases:
        titles = _titles(found)
        lines += _ways(found, titles, examples)
        lines += _hindrances(found, titles, examples)
        lines += _dead(found)
        lines += _times(found)
    lines += _running(found)
    lines += _notes(found, examples)
    return "\n".join(lines).rstrip() + "\n"


def _summary(found: Found) -> Iterable[str]:
    cases = found["cases"]
    yield f"数据库 {found['database']}，只读打开，什么也没有写。"
    if not cases:
        yield f"{found['since']} 以来没有提交过的件（这个流程一共有 {found['all']} 件），没有可以重演的。"
        return
    compared = [case for case in cases if case["compared"]]
    changed = [case for case in compared if case["before"] != case["after"]]
    count = f"{found['since']} 以来提交的 {len(cases)} 件全部按草稿重演"
    count += f"，其中 {len(compared)} 件可与当时逐步对照" if len(compared) < len(cases) else ""
    yield f"{count}：**走法不变 {len(compared) - len(changed)} 件，有变化 {len(changed)} 件**。"
    others = [case for case in changed if case["before"][-1] != case["after"][-1]]
    if others:
        yield f"结局不同的 {len(others)} 件。"
    for title, number in _troubles(found):
        yield f"{title} {number} 件。"
    dead = [step["title"] for step in found["steps"] if not step["came"]]
    if dead:
        yield f"没有一件走到：{'、'.join(dead)}。"


def _troubles(found: Found) -> Iterable[tuple[str, int]]:
    cases = found["cases"]
    gone = {number for item in found["gone_actions"] for number in item["cases"]}
    for title, number in (
        ("走不下去", sum(bool(case["stuck"]) for case in cases)),
        ("停在没有人能办的环节", sum(bool(case["unstaffed"]) for case in cases)),
        ("当时的动作现在没有", len(gone)),
        ("当时的办理会被新的条件拦住", sum(bool(case["refused"]) for case in cases)),
    ):
        if number:
            yield title, number


def _titles(found: Found) -> dict[str, str]:
    return {step["name"]: step["title"] for step in (*found["former_steps"], *found["steps"])}


def _named(case: Found) -> str:
    """Return how a case is called in a review: not by its title, which may be somebody's name."""
    return case["code"] or f"第 {case['case']} 件"


def _such(cases: Sequence[Found], examples: int) -> str:
    shown = "；".join(_named(case) for case in cases[:examples])
    rest = " 等" if shown and len(cases) > examples else ""
    return f"（如 {shown}{rest}）" if shown else ""


def _section(title: str, lines: Iterable[str]) -> list[str]:
    said = [line if line.startswith("  - ") else f"- {line}" for line in lines]
    return ["", f"### {title}", "", *said] if said else []


def _ways(found: Found, titles: dict[str, str], examples: int) -> list[str]:
    """Group the cases whose way differs by how it differs; the largest group first."""
    groups: dict[tuple[str, ...], list[Found]] = defaultdict(list)
    for case in found["cases"]:
        if case["compared"] and case["before"] != case["after"]:
            groups[tuple(_differences(case, titles))].append(case)
    ordered = sorted(groups.items(), key=lambda item: -len(item[1]))
    lines = []
    for difference, cases in ordered:
        lines.append(f"{'，'.join(difference)}：{len(cases)} 件{_such(cases, examples)}")
        one = cases[0]
        lines += [
            f"  - 当时：{_way(one['before'], titles)}",
            f"  - 草稿：{_way(one['after'], titles, set(one['assumed']))}",
        ]
    return _section("走法有变化的件", lines)


def _differences(case: Found, titles: dict[str, str]) -> Iterable[str]:
    before, after = case["before"], case["after"]
    more = [titles.get(step, step) for step in dict.fromkeys(after) if step not in before]
    less = [titles.get(step, step) for step in dict.fromkeys(before) if step not in after]
    if before[-1] != after[-1]:
        was, now = (titles.get(way[-1], way[-1]) for way in (before, after))
        yield f"结局由“{was}”变为{'停在' if case['stuck'] else ''}“{now}”"
        more, less = [one for one in more if one != now], [one for one in less if one != was]
    if more:
        yield f"多经过“{'、'.join(more)}”"
    if less:
        yield f"不再经过“{'、'.join(less)}”"
    if not more and not less and before[-1] == after[-1]:
        yield "环节的次序或次数不同"


def _way(way: Sequence[str], titles: dict[str, str], assumed: set[str] = frozenset()) -> str:  # type: ignore[assignment]
    words = (f"{titles.get(s, s)}{'（假定通过）' if s in assumed else ''}" for s in way)
    return " → ".join(words)


def _hindrances(found: Found, titles: dict[str, str], examples: int) -> list[str]:
    cases = found["cases"]
    stuck: dict[tuple[str, str], list[Found]] = defaultdict(list)
    refused: dict[tuple[str, str, str], list[Found]] = defaultdict(list)
    unstaffed: dict[str, list[Found]] = defaultdict(list)
    for case in cases:
        if case["stuck"]:
            stuck[case["stuck"]["step"], case["stuck"]["why"]].append(case)
        for one in case["refused"]:
            refused[one["step"], one["action"], one["refusal"]].append(case)
        for step in case["unstaffed"]:
            unstaffed[step].append(case)
    by = {step["name"]: "、".join(step["by"]) for step in found["steps"]}
    lines = [
        f"“{titles.get(step, step)}”：{why}，{len(those)} 件{_such(those, examples)}"
        for (step, why), those in stuck.items()
    ]
    parts = _section("走不下去的件", lines)
    lines = [
        f"“{titles.get(step, step)}”由{by.get(step) or '无人'}办理，{len(those)} 件没有人能办{_such(those, examples)}"
        for step, those in unstaffed.items()
    ]
    parts += _section("没有人能办的环节", lines)
    lines = [
        f"“{item['step_title']}”的“{item['action']}”：{len(item['cases'])} 件"
        + (f"（如 {'；'.join(item['cases'][:examples])}）" if examples else "")
        for item in found["gone_actions"]
    ]
    parts += _section("当时用过、现在没有的动作", lines)
    lines = [
        f"“{titles.get(step, step)}”的“{action}”：{why}，{len(those)} 件{_such(those, examples)}"
        for (step, action, why), those in refused.items()
    ]
    return parts + _section("会被新的条件拦住的办理", lines)


def _dead(found: Found) -> list[str]:
    steps = [f"环节“{step['title']}”：没有一件走到" for step in found["steps"] if not step["came"]]
    dead = {step["name"] for step in found["steps"] if not step["came"]}
    ways = [
        f"“{route['source_title']}”{route['title']}到“{route['target_title']}”"
        + (f"（条件 `{route['when']}`）" if route["when"] else "")
        for route in found["routes"]
        if not route["taken"] and route["source"] not in dead
    ]
    return _section("没有走过的路", [*steps, *([f"走法：{'；'.join(ways)}"] if ways else [])])


def _times(found: Found) -> list[str]:
    """Return a table of the steps: how many came there, who could act, how long it took."""
    head = [
        "", "### 各环节", "",
        "| 环节 | 经过 | 由谁办 | 能办的人 | 当时用时（工作日，半数/九成以内） | 时限 | 超期：当时 → 草稿 |",
        "|---|---:|---|---:|---:|---:|---:|",
    ]  # fmt: skip
    rows = []
    for step in found["steps"]:
        if step["end"]:
            continue
        able = step["able"]
        people = (
            "" if able is None else str(able[0]) if able[0] == able[1] else f"{able[0]}–{able[1]}"
        )
        came = f"{step['came']}" + (f"（{step['assumed']} 假定）" if step["assumed"] else "")
        within = f"{step['within']}" if step["within"] is not None else ""
        timed = step["within"] is not None or step["late_then"]
        late = f"{step['late_then']} → {step['late_now']}" if timed and step["timed"] else ""
        took = f"{step['half']:g} / {step['most']:g}" if step["timed"] else ""
        rows.append(
            f"| {step['title']} | {came} | {'、'.join(step['by'])} | {people} | {took} | {within} | {late} |"
        )
    rows += [
        f"| {step['title']}（草稿里没有） | | | | {step['half']:g} / {step['most']:g} | | |"
        for step in found["former_steps"]
    ]
    return [*head, *rows]


def _running(found: Found) -> list[str]:
    rows = found["running"]["cases"]
    if not rows:
        return []

    def number(stays: str) -> int:
        return sum(row["count"] for row in rows if row["stays"] == stays)

    lines = [f"在办 {found['running']['count']} 件。"]
    if number("draft"):
        lines.append(f"{number('draft')} 件的版本与草稿相同，不受影响。")
    if number("kept"):
        lines.append(f"{number('kept')} 件留在自己的版本上办完（原版本有留存）。")
    if number("lost"):
        lines.append(
            f"{number('lost')} 件的原版本没有留存：升级时按新流程办理，环节不在的须由管理员迁移。"
        )
    others = [row for row in rows if row["stays"] != "draft"]
    here = sum(row["count"] for row in others if not row["hindrance"])
    if here:
        lines.append(f"{here} 件可以原地迁移到草稿版本（须有依据文件）。")
    lines += [
        f"停在“{row['state_title']}”的 {row['count']} 件不能原地迁移，须另选环节。"
        for row in others
        if row["hindrance"]
    ]
    return _section("在办的件", lines)


def _notes(found: Found, examples: int) -> list[str]:
    lines = []
    if found["cases"]:
        lines.append(
            "判断走向用的是每一步办理时留存的内容和那一天的政策；所引用的其他记录、现在的人员和角色按现在的样子。"
        )
        lines.append("草稿里新增的、当时没有办过的环节按通过假定；退回、退案等决定照当时的。")
    if found["as_now"]:
        lines.append(f"当时没有留存、按现在的样子读的：{'、'.join(found['as_now'])}。")
    if found["missing"]:
        lines.append(f"库里还没有、按空读的：{'、'.join(found['missing'])}。")
    other = [case for case in found["cases"] if not case["compared"]]
    reasons: dict[str, list[Found]] = defaultdict(list)
    for case in other:
        reasons[case.get("why_not_compared", "原版本没有留存")].append(case)
    lines += [
        f"{len(those)} 件没有对照（{why}）{_such(those, examples)}。"
        for why, those in reasons.items()
    ]
    return _section("说明", lines)
