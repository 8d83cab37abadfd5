"""The whole pipeline: read, expand, link, check, render. Nothing is written here."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generator import output
from generator.check import check
from generator.formulas import Formulas
from generator.load import Metadata, load
from generator.problem import Problem, Problems, Report
from generator.world import Linked, link


@dataclass(frozen=True, kw_only=True)
class Result:
    """What compiling gave: problems, or files."""

    data: Metadata
    linked: Linked
    formulas: Formulas
    problems: list[Problem]
    files: dict[str, str]

    @property
    def report(self) -> str:
        """The problems as text."""
        count = sum(
            1
            for path in self.data.sources
            if path.startswith("metadata/") and path not in self.data.shipped
        )
        return Report(self.data.base, self.data.texts).text(self.problems, count)


def analyse(base: Path, opened: Mapping[str, str] | None = None) -> Result:
    """Read and check the metadata without rendering; of `opened` files the text that an editor has."""
    problems = Problems()
    data = load(base, problems, opened)
    linked = link(data, problems)
    formulas = Formulas(linked, problems)
    if data.project is not None:
        check(linked, formulas, problems)
    return Result(data=data, linked=linked, formulas=formulas, problems=problems.sorted(), files={})


def compile_all(base: Path, *, tidy: bool = True) -> Result:
    """Compile the metadata of a project; `files` is empty where there are problems.

    Not `tidy` are modules that only run and are not kept: nobody formats them.
    """
    found = analyse(base)
    if found.problems:
        return found
    files = output.render(found.linked, found.formulas)
    files = output.format_all(files) if tidy else files
    late = found.formulas.problems.sorted()
    return Result(
        data=found.data, linked=found.linked, formulas=found.formulas, problems=late,
        files={} if late else files,
    )  # fmt: skip
