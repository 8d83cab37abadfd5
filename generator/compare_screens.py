"""What the screens of two states show: every element of a function, side by side.

An element is what people see by itself: a condition to search by, a column, a button, an entry of
the form, a material. Which of two states has it, and where, is told; nothing is drawn here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import groupby

from generator import model
from generator.emit.screens import label_of, list_columns, operations_of
from generator.manual import words
from generator.manual.functions import FORMS
from generator.world import Entity, FunctionIn, Linked

LISTS = ("query", "review", "apply", "catalog", "issued", "rework", "progress")


@dataclass(frozen=True)
class Element:
    """One thing on a screen: by what it is known, its words, and what is said about it."""

    key: str
    title: str
    note: str = ""


@dataclass(frozen=True)
class Pair:
    """An element before and after, or what of it there is; `mark` says what became of it."""

    before: Element | None
    after: Element | None
    mark: str  # same, changed, moved, lost, gained


@dataclass(frozen=True)
class Group:
    """A part of a screen, such as its columns; the pairs in the order of both sides."""

    title: str
    pairs: tuple[Pair, ...]
    across: bool  # its elements stand beside each other, not below
    like: str = ""  # the screen before on which the same part differs in the same way

    @property
    def differs(self) -> bool:
        """Whether anything in it is not as before."""
        return any(pair.mark != "same" for pair in self.pairs)

    @property
    def folded(self) -> Iterator["Pair | str"]:
        """The pairs, where many in a row are as before with words that stand for them."""
        for same, some in groupby(self.pairs, lambda pair: pair.mark == "same"):
            row = list(some)
            if same and len(row) > 2:
                yield row[0]
                yield f"… {len(row) - 2} 项不变 …"
                yield row[-1]
            else:
                yield from row


@dataclass(frozen=True)
class Screen:
    """A function whose screen differs."""

    id: str
    title: str
    was: str  # its title before
    what: str  # added, removed, changed
    groups: tuple[Group, ...]


Shown = dict[str, list[Element]]  # the elements of a screen by the titles of its parts
ACROSS = ("查找条件", "列", "图", "按钮")


def screens(old: Linked, new: Linked) -> Iterator[Screen]:
    """Yield every function whose screen is not as before, in the order of the new state."""
    told: dict[tuple[str, tuple[Pair, ...]], str] = {}
    names = [*new.functions, *(name for name in old.functions if name not in new.functions)]
    for name in names:
        before, after = old.functions.get(name), new.functions.get(name)
        was = _shown(old, before) if before else {}
        now = _shown(new, after) if after else {}
        titles = [str(item.spec.title) if item else "" for item in (before, after)]
        groups = tuple(
            replace(group, like=told.get((group.title, group.pairs), ""))
            for group in _groups(was, now)
            if group.differs
        )
        told = {(g.title, g.pairs): titles[1] or titles[0] for g in groups} | told
        if groups or before is None or after is None or titles[0] != titles[1]:
            what = "changed" if before and after else "added" if after else "removed"
            yield Screen(str(name), titles[1] or titles[0], titles[0], what, groups)


def _groups(was: Shown, now: Shown) -> Iterator[Group]:
    for title in [*now, *(title for title in was if title not in now)]:
        pairs = tuple(aligned(was.get(title, []), now.get(title, [])))
        yield Group(title, pairs, title in ACROSS)


def aligned(before: list[Element], after: list[Element]) -> Iterator[Pair]:
    """Yield what stands on both sides beside each other; what stands elsewhere now is moved."""
    old, new = [one.key for one in before], [one.key for one in after]
    for word, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if word == "equal":
            for one, other in zip(before[a:b], after[c:d], strict=True):
                yield Pair(one, other, "same" if one == other else "changed")
            continue
        for one in before[a:b]:
            yield Pair(one, None, "moved" if one.key in new else "lost")
        for one in after[c:d]:
            yield Pair(None, one, "moved" if one.key in old else "gained")


def _shown(linked: Linked, item: FunctionIn) -> Shown:
    entity = linked.entities.get(item.object)
    found: Shown = {}
    if entity is not None and item.screen in LISTS:
        found |= _list(linked, item, entity)
    found["按钮"] = [
        Element(word, words.operation(entity, word)) for word in operations_of(linked, item)
    ]
    if entity is not None and not entity.runtime and item.screen in FORMS:
        found |= _form(linked, entity)
    return found


def _list(linked: Linked, item: FunctionIn, entity: Entity) -> Shown:
    spec = item.spec
    filters = [str(path) for path in spec.filters]
    columns = list_columns(linked, entity, spec)
    return {
        "查找条件": [Element(path, label_of(linked, entity, path)) for path in filters],
        "列": [Element(path, label_of(linked, entity, path)) for path in columns],
        "图": [Element(f"{c.kind} {c.by}", str(c.title)) for c in spec.charts],
    }


def _form(linked: Linked, entity: Entity) -> Shown:
    spec = entity.spec
    sections = {str(name): str(title) for name, title in spec.sections.items()} if spec else {}
    found: Shown = {}
    for item in entity.fields.values():
        if not item.hidden:
            title = sections.get(str(item.section or ""))
            found.setdefault(f"表单　{title or '其他'}", []).append(_field(linked, entity, item))
    for row in linked.rows_of(entity):
        found[f"明细　{row.title}"] = [
            _field(linked, row, item) for item in row.fields.values() if not item.hidden
        ]
    if spec and spec.materials:
        found["材料"] = [
            Element(str(name), str(one.title), words.needed(linked, entity, one))
            for name, one in spec.materials.items()
        ]
    return found


def _field(linked: Linked, entity: Entity, item: model.Field) -> Element:
    kind, needed = words.kind(linked, item), words.needed(linked, entity, item)
    note = "，".join(part for part in (kind, needed) if part)
    return Element(str(item.name), str(item.title), note)
