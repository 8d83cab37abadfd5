"""Faults as editors show them: underlined, with their code, what to do, and where a pattern is used."""

from collections.abc import Callable

from lsprotocol import types

from generator.editor.project import Project
from generator.problem import Place, Problem

At = Callable[[Project, Place], types.Location]


def of_files(
    project: Project, problems: list[Problem], at: At
) -> dict[str, list[types.Diagnostic]]:
    """Return the faults by the address of their file."""
    found: dict[str, list[types.Diagnostic]] = {}
    for problem in problems:
        where = at(project, problem.place)
        found.setdefault(where.uri, []).append(_one(project, problem, where.range, at))
    return found


def _one(project: Project, problem: Problem, range: types.Range, at: At) -> types.Diagnostic:
    lines = [f"{problem.title}：{problem.message}", *([problem.hint] if problem.hint else [])]
    used = [
        types.DiagnosticRelatedInformation(at(project, use), "在这里用到这个模式")
        for use in problem.uses
    ]
    return types.Diagnostic(
        range,
        "\n".join(lines),
        severity=types.DiagnosticSeverity.Error,
        code=problem.code,
        source="metadata",
        related_information=used or None,
    )


def without_file(project: Project, problems: list[Problem]) -> list[Problem]:
    """Return the faults that no file can show: there is none."""
    return [
        one
        for one in problems
        if one.place.path not in project.opened and not project.file(one.place.path).is_file()
    ]
