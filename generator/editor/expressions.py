"""Names within an expression: what may follow, and what a word means where it stands."""

import re
from dataclasses import dataclass

from generator import vocabulary
from generator.editor.here import Here, follow
from generator.editor.names import Named, Names, codes, members, names
from generator.expression import Member
from generator.world import Linked

_PATH = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
_TYPED = re.compile(rf"(?:{_PATH})?\.?\Z")
_COMPARED = re.compile(rf"({_PATH})\s*(?:==|!=|(?:not\s+)?in\s*[(\[][^()\[\]]*)\s*\Z")
_ARGUMENT = re.compile(r"policy\.(\w+)\(\s*\Z")
_CALL = re.compile(rf"(?:count|sum|any|all|min|max|join|distinct)\s*\(\s*({_PATH})\s*,")


@dataclass(frozen=True)
class Typed:
    """What may stand at the end of a beginning: the names, and how much of one is typed already."""

    names: Names
    typed: str


def offered(linked: Linked, here: Here, before: str) -> Typed:
    """Return what may follow in an expression."""
    opened = _quote(before)
    if opened is not None:
        return Typed(_compared(linked, here, before[:opened]), before[opened + 1 :])
    found = _TYPED.search(before)
    path = found[0] if found else ""
    owner, _, typed = path.rpartition(".")
    if owner:
        return Typed(_behind(linked, here, before, owner.split(".")), typed)
    return Typed(_heads(linked, here, before), typed)


def meant(linked: Linked, here: Here, text: str, offset: int) -> tuple[Named | None, int, int]:
    """Return what the word at an offset means, with its beginning and end."""
    start = len(text[:offset]) - len(re.search(r"\w*\Z", text[:offset])[0])  # type: ignore[index]
    end = offset + len(re.match(r"\w*", text[offset:])[0])  # type: ignore[index]
    opened = _quote(text[:start])
    if opened is not None:
        return _compared(linked, here, text[:opened]).get(text[start:end]), start, end
    before = re.search(rf"(?:{_PATH}\.)?\Z", text[:start])
    owner = before[0].rstrip(".") if before else ""
    known = (
        _behind(linked, here, text[:start], owner.split("."))
        if owner
        else _heads(linked, here, text[:start])
    )
    return known.get(text[start:end]), start, end


def _quote(before: str) -> int | None:
    """Return where the text in quotes began that a beginning leaves open."""
    opened = None
    for at, mark in enumerate(before):
        if opened is None and mark in "'\"":
            opened = at
        elif opened is not None and mark == before[opened]:
            opened = None
    return opened


def _compared(linked: Linked, here: Here, before: str) -> Names:
    """Return the codes of what a text in quotes is compared with."""
    if argument := _ARGUMENT.search(before):
        policy = linked.data.policies.get(argument[1])
        return codes(linked, str(policy.codes)) if policy and policy.codes else {}
    compared = _COMPARED.search(_blank(before))
    if compared is None:
        return {}
    *owner, last = before[compared.start(1) : compared.end(1)].split(".")
    for object in _owners(linked, here, before, owner):
        member = linked.world.members.get(object, {}).get(last)
        if member is not None:
            return _codes(linked, here, member)
    return {}


def _blank(text: str) -> str:
    """Return a text without what stands in quotes, so that brackets within do not count."""
    return re.sub(r"'[^']*'|\"[^\"]*\"", lambda found: " " * len(found[0]), text)


def _codes(linked: Linked, here: Here, member: Member) -> Names:
    known = codes(linked, member.dictionary) if member.dictionary else {}
    steps = names(linked, here, "step")
    return known or {code: steps.get(code, Named(code)) for code in member.codes}


def _rows(linked: Linked, here: Here, before: str) -> list[str]:
    """Return the objects of the rows that a condition within open brackets is about, inner first."""
    found: list[str] = []
    bare = _blank(before)
    for call in _CALL.finditer(bare):
        inside = bare[call.end() :]
        if inside.count(")") <= inside.count("("):
            start = here.reads
            if rows := follow(linked, start, call[1].split(".")):
                found.insert(0, rows)
    return found


def _owners(linked: Linked, here: Here, before: str, path: list[str]) -> list[str]:
    """Return the objects whose members may follow a path; without one those of plain names."""
    plain = [*_rows(linked, here, before), here.reads]
    if not path:
        return plain
    roots = {"form": here.form, "parent": here.parent, "this": here.reads, "me": "me"}
    head, *rest = path
    if root := roots.get(head):
        return [follow(linked, root, rest)]
    return [found for start in plain if (found := follow(linked, start, path))]


def _behind(linked: Linked, here: Here, before: str, owner: list[str]) -> Names:
    if owner == ["policy"]:
        return names(linked, here, "policy")
    if owner == ["decide"]:
        return names(linked, here, "decision")
    for object in _owners(linked, here, before, owner):
        if found := members(linked, object):
            return found
    return {}


def _heads(linked: Linked, here: Here, before: str) -> Names:
    found: Names = {}
    for object in _owners(linked, here, before, []):
        found = found | {n: one for n, one in members(linked, object).items() if n not in found}
    if here.own:
        found |= {n: one for n, one in names(linked, here, "path").items() if n not in found}
    roots = {"me": "me", "policy": "", "decide": "", "this": here.reads}
    roots |= {"form": here.form} if here.form else {}
    roots |= {"parent": here.parent} if here.parent else {}
    for name, target in roots.items():
        found.setdefault(name, Named(name, vocabulary.NAMES[name][1], None, name, target))
    for name, (written, meaning) in vocabulary.FUNCTIONS.items():
        found.setdefault(name, Named(name, f"{written}  {meaning}", None, name))
    return found
