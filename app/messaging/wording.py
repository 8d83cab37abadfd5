"""The words of messages: shipped ones, an administrator's own, and whether their variables exist."""

import difflib
import re
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import bindparam, select

from app.core.db.database import read_plainly
from app.core.declare import Field, Message, Object, registry
from app.core.records import display
from app.core.types import Boolean, Date, DateTime, Dict, Phone, Ref, ResidentId, Type
from app.messaging.models import MessageTemplate

BRACES = re.compile(r"\{([^{}]*)\}")
EXTRAS = {
    "comment": ("办理意见", "第三页的日期与申报表不一致，请核对"),
    "action": ("操作", "退回"),
    "step": ("环节", "材料审核"),
    "actor": ("办理人", "王晓"),
    "link": ("办理地址", "/PP21/128"),
    "today": ("当日日期", "2026-11-24"),
}
LONGEST = 500
PART = 67  # characters of one part where a text needs several
SINGLE = 70


@dataclass(frozen=True)
class Variable:
    """Something that a text may name in braces: people write `{name}`, what is stored has the path."""

    path: str
    name: str  # in the language of the screens, no two alike within a message
    sample: str


@dataclass(frozen=True)
class Wording:
    """The words of a message as they hold for one organisation."""

    text: str
    sms: bool
    inbox: bool


def wording_of(message: Message, org_id: int | None = None) -> Wording:
    """Return the words in force: the organisation's, else the administrator's, else the shipped ones."""
    row = read_plainly(_IN_FORCE, message=message.name, org=org_id or 0).first()
    return Wording(message.text, message.sms, message.inbox) if row is None else Wording(*row)


_IN_FORCE = (
    select(MessageTemplate.text, MessageTemplate.sms, MessageTemplate.inbox)
    .where(MessageTemplate.message == bindparam("message"))
    .where(MessageTemplate.org_key.in_((0, bindparam("org"))))
    .order_by(MessageTemplate.org_key.desc())
    .limit(1)
)


def text_of(message: Message, text: str, record: Any, extra: dict[str, Any]) -> str:
    """Fill a text with the record's values; of a field with `mask` only the ends.

    A message lies in inboxes and in a gateway's log, where nobody notes who has read it.
    """
    return display.render(text, registry.object(message.object), record, extra, masked=True)


def variables(message: Message) -> list[Variable]:
    """Return what a message's text may name: what it ships with first, then the record's fields."""
    obj = registry.object(message.object)
    taken: set[str] = set()
    found = []
    for path in dict.fromkeys((*message.variables, *_paths(obj), *EXTRAS)):
        variable = _variable(obj, path)
        number = 2
        while variable.name in taken:
            variable = replace(variable, name=f"{_variable(obj, path).name}{number}")
            number += 1
        taken.add(variable.name)
        found.append(variable)
    return found


def shown(message: Message, text: str) -> str:
    """Return a stored text as people read and write it: `{name}` as `{会议名称}`."""
    names = {variable.path: variable.name for variable in variables(message)}
    return BRACES.sub(lambda match: f"{{{names.get(match[1], match[1])}}}", text)


def stored(message: Message, text: str) -> str:
    """Return what people wrote as it is stored; what names no variable stays for `faults` to say."""
    paths = {variable.name: variable.path for variable in variables(message)}

    def path(match: re.Match[str]) -> str:
        written = "".join(match[1].split())
        return f"{{{paths.get(written, written)}}}"

    return BRACES.sub(path, text)


def faults(message: Message, text: str) -> list[str]:
    """Return what is wrong with a text, in words."""
    wrong = []
    if not text.strip():
        wrong.append("内容不能为空")
    if len(text) > LONGEST:
        wrong.append(f"内容不能超过 {LONGEST} 个字，现有 {len(text)} 个")
    if text.count("{") != text.count("}") or re.search(r"[{}]", BRACES.sub("", text)):
        wrong.append("花括号不成对：变量应写成 {变量} 的样子")
    known = {variable.path: variable for variable in variables(message)}
    for path in dict.fromkeys(BRACES.findall(text)):
        if path not in known:
            wrong.append(_unknown(path, known))
    return wrong


def preview(message: Message, text: str) -> str:
    """Fill a text with sample values."""
    samples = {variable.path: variable.sample for variable in variables(message)}
    return BRACES.sub(lambda match: samples.get(match[1], match[0]), text)


def parts(text: str) -> int:
    """Return how many text messages a text is charged as."""
    return 1 if len(text) <= SINGLE else -(-len(text) // PART)


def difference(old: str, new: str) -> list[tuple[str, str]]:
    """Return the pieces of the change from one text to another: ("same" | "old" | "new", piece)."""
    pieces = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            pieces.append(("same", old[a:b]))
            continue
        if b > a:
            pieces.append(("old", old[a:b]))
        if d > c:
            pieces.append(("new", new[c:d]))
    return pieces


def _unknown(path: str, known: dict[str, Variable]) -> str:
    names = [variable.name for variable in known.values()]
    near = [known[one].name for one in difflib.get_close_matches(path, known, n=1)]
    near = near or difflib.get_close_matches(path, names, n=1, cutoff=0.5)
    hint = f"，是否为 {{{near[0]}}}？" if near else "，请从右侧选用"
    return f"没有变量 {{{path}}}{hint}"


def _paths(obj: Object) -> list[str]:
    """Own fields, what references lead to (one step), and lists of child rows."""
    found = []
    for field in obj.fields:
        if field.hidden:
            continue
        found.append(field.name)
        target = registry.registry().objects.get(getattr(field.type, "object", ""))
        if isinstance(field.type, Ref) and target:
            found += [f"{field.name}.{inner.name}" for inner in target.fields if not inner.hidden]
    for child in obj.children:
        inner_obj = registry.object(child.object)
        found += [f"{child.name}.{inner.name}" for inner in inner_obj.fields if not inner.hidden]
    return [*found, "state"]


def _variable(obj: Object, path: str) -> Variable:
    if path in EXTRAS:
        return Variable(path, *EXTRAS[path])
    name = "".join(display.label_of(obj, path).split())
    field = _field_of(obj, path)
    sample = _sample(field.type if field else None, name)
    return Variable(path, name, Type().mask(sample) if field and field.mask else sample)


def _field_of(obj: Object, path: str) -> Field | None:
    head, _, rest = path.partition(".")
    for child in obj.children:
        if child.name == head and rest:
            return _field_of(registry.object(child.object), rest)
    field = next((field for field in obj.fields if field.name == head), None)
    if field is None:
        return None
    target = registry.registry().objects.get(getattr(field.type, "object", ""))
    return _field_of(target, rest) if rest and target else field


def _sample(kind: Type | None, label: str) -> str:
    if isinstance(kind, Dict):
        shipped = registry.registry().dictionaries.get(kind.of)
        return shipped.entries[0].title if shipped and shipped.entries else label
    for known, sample in (
        (Date, "2026-12-06"),
        (DateTime, "2026-12-06 09:30"),
        (Boolean, "是"),
        (Phone, "13900000000"),
        (ResidentId, "420102199001010000"),
    ):
        if isinstance(kind, known):
            return sample
    if kind is not None and kind.numeric:
        return kind.show(6)
    return f"〈{label}〉"
