"""What the metadata says of records that are not found: a `sample`, and the line where it may be given.

The metadata are compiled once, when a record is not found; nothing else of the derived tests reads them.
"""

from functools import cache
from typing import Any

from app.core.declare import Object, registry
from app.core.expressions import expr
from app.core.expressions.env import make_env
from generator.compile import Result, analyse
from generator.formulas import Where
from generator.reader import Name
from tests.harness import project


@cache
def _metadata() -> Result:
    return analyse(project.base())


def of(obj: Object) -> dict[str, str]:
    """Return what a form of the object is to hold, by field or `reference.field`."""
    found = _metadata()
    entity = found.linked.entities.get(obj.name)
    return {
        str(path): _type_of(obj, str(path)).dump(_value(found.formulas.compile(code, _at(obj))))
        for path, code in (entity.spec.sample if entity and entity.spec else {}).items()
    }


def _at(obj: Object) -> Where:
    return Where(this=obj.name)


def _value(compiled: Any) -> Any:
    """Compute a value that needs no record."""
    names: dict[str, Any] = {"ex": expr}
    lines = "\n".join(f"    {line}" for line in compiled.python.splitlines())
    body = lines if "return" in lines else f"    return {compiled.python}"
    exec(f"def value(this, env):\n{body}", names)
    return names["value"](None, make_env())


def _type_of(obj: Object, path: str) -> Any:
    *before, name = path.split(".")
    for one in before:
        obj = registry.object(obj.field(one).type.object)
    return obj.field(name).type


def advice(obj: Object, faults: list[Any]) -> str:
    """Say at which line the condition stands that was not met, and how a sample is given."""
    entity = _metadata().linked.entities.get(obj.name)
    if entity is None or entity.spec is None:
        return ""
    spec = entity.spec
    told = []
    for fault in faults:
        name = fault.path.rsplit(".", 1)[-1]
        rules = [one for one in spec.rules if str(one.at) in (fault.path, name)]
        nodes = [one.node for one in rules] or [
            item.node for item in (entity.fields.get(Name(name)),) if item is not None
        ]
        told += [f"{node.place.path}:{node.place.line}" for node in nodes]
    place = spec.node.place
    where = "、".join(dict.fromkeys(told)) or f"{place.path}:{place.line}"
    first = faults[0].path.split(".")[0] if faults else ""
    return (
        f"没有找到满足 {where} 的样本。请在 {place.path} 写明 sample，例如\n"
        f"sample: {{{first}: 值}}，引用的记录写 sample: {{{first}.字段: today - 3}}"
    )
