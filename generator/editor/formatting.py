"""A text in its canonical form, as the lines that differ."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from generator.canonical import Changed, canonical
from generator.problem import Problems


@dataclass(frozen=True)
class Rows:
    """The lines from `first` to before `last`, from 0, and the text that belongs there."""

    first: int
    last: int
    text: str


def formatted(text: str, path: str) -> list[Rows] | str:
    """Return what `format` would change, or why it changes nothing: what stands in its way."""
    problems = Problems()
    try:
        form = canonical(text, path, problems)
    except Changed as fault:
        return f"{fault.place}：整理会改变这里的含义，没有改动；请去掉标签（!!）等特殊写法后再整理"
    if form is None:
        return "；".join(f"{one.place}：{one.message}" for one in problems.sorted()[:1])
    end = "\r\n" if "\r\n" in text else "\n"  # how lines end is the editor's, not changed here
    old, new = (re.findall(r"[^\n]*\n|[^\n]+", each) for each in (text.replace(end, "\n"), form))
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [
        Rows(first, last, "".join(new[start:stop]).replace("\n", end))
        for what, first, last, start, stop in steps
        if what != "equal"
    ]
