"""Objects whose model is written by hand: the class, its table and its attributes are as said."""

import re
from pathlib import Path

from generator import handwritten
from generator.check.context import Context
from generator.check.names import OWN
from generator.language import tr
from generator.load import FRAMEWORK
from generator.problem import did_you_mean
from generator.reader import Word
from generator.world import Entity

CODE = "E122"


def check(context: Context) -> None:
    """Check every object with `runtime` and every screen runtime.NAME; code is read, never imported."""
    _screens(context)
    for entity in context.linked.entities.values():
        dotted = entity.spec.runtime if entity.spec else None
        if dotted:
            _model(context, entity, dotted)


def _model(context: Context, entity: Entity, dotted: Word) -> None:
    module, _, name = dotted.rpartition(".")
    text = _text(context.linked.data.base, module)
    classes = re.findall(r"^class (\w+)\(", text, re.MULTILINE)
    if name not in classes:
        hint = did_you_mean(name, classes) if classes else _near(context, module)
        context.note(CODE, dotted, tr("there is no class {dotted}", dotted=dotted), hint)
        return
    found = re.search(rf"^class {name}\(.*\n((?:[ \t].*\n|\n)*)", text, re.MULTILINE)
    body = found[1] if found else ""
    table = entity.spec.table if entity.spec else None
    if table:
        known = re.findall(r'__tablename__ = "(\w+)"', body)
        context.known(CODE, table, known, tr("{name} is not the table", name=name), "table")
    there = {*re.findall(r"^    (?:def )?(\w+)\s*[:=(]", body, re.MULTILINE), *OWN}
    plain = {word.removesuffix("_id") for word in there}
    for field in entity.fields:
        context.known(
            CODE, field, there | plain, tr("{name} has no attribute", name=name), "attribute"
        )


def _screens(context: Context) -> None:
    """Check that somebody wrote the screens of functions that have no generated one."""
    wanted = [item for item in context.linked.functions.values() if item.screen == "runtime"]
    if not wanted:
        return
    known = [f"runtime.{name}" for name in screens(context.linked.data.base)]
    for item in wanted:
        context.known("E305", item.spec.screen, known, tr("nobody wrote the screen"), "screen")


def screens(base: Path) -> list[str]:
    """Return the names of all hand-written screens."""
    found = handwritten.modules(base, "app", "plugins")
    return [name for _, module in found for name in module.screens]


def _text(base: Path, module: str) -> str:
    for path in _files(base, module.replace(".", "/") + ".py"):
        return path.read_text(encoding="utf-8")
    return ""


def _files(base: Path, name: str) -> list[Path]:
    return [path for root in (base, FRAMEWORK) if (path := root / name).is_file()]


def _near(context: Context, module: str) -> str:
    """Name the module that was meant, among those beside it and below app/."""
    modules = {
        path.relative_to(root).with_suffix("").as_posix().replace("/", ".")
        for root in (context.linked.data.base, FRAMEWORK)
        for path in (root / "app").rglob("*.py")
        if "generated" not in path.parts
    }
    return did_you_mean(module, modules, "module")
