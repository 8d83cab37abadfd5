"""Where a place of a file stands: what may be written there, and whose fields, steps and messages are meant."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from generator import dashboards, interfaces, loads, model, reports, scores, shared, totals
from generator.editor.outline import Outline, Step, Way
from generator.editor.standing import Form, inner, parameter, root
from generator.model import fields, flow, standing
from generator.world import Linked


@dataclass(frozen=True)
class Here:
    """The surroundings of a place."""

    path: str = ""
    outline: Outline = field(default_factory=Outline)
    object: str = ""  # the object at hand, whose flow, materials and messages are meant
    this: str = ""  # whose fields names and paths are
    reads: str = ""  # whose fields an expression reads
    form: str = ""  # the object of `form` in an expression
    parent: str = ""  # the object of `parent`
    rows: str = ""  # the list of the file whose rows are meant
    there: str = ""  # the object that a reference at hand leads to
    pattern: str = ""
    function: str = ""
    model: str = ""  # the model of reports at hand

    def of(self, name: str) -> "Here":
        """Return the same place with another object's fields."""
        return replace(self, this=name, reads=name, rows="")

    @property
    def own(self) -> bool:
        """Whether the fields are those of the file's own object."""
        return bool(self.this) and self.this == self.object == self.outline.value("object")


@dataclass(frozen=True)
class Stand:
    """A place: what may stand there, where, and the way that led there."""

    form: Form
    here: Here
    way: Way


def stand(linked: Linked, path: str, found: Outline, way: Way) -> Stand:
    """Return what a way through a file leads to."""
    here = _file(linked, path, found)
    form = root(path)
    for number, step in enumerate(way):
        walked = way[:number]
        here = _moved(linked, here, form, walked, step)
        if form.one.key_names == "parameter" and isinstance(step, str):
            form = _parameter(linked, here, step)
        else:
            form = inner(form, step)
    return Stand(form, here, way)


def _file(linked: Linked, path: str, found: Outline) -> Here:
    here = Here(path=path, outline=found)
    if root(path).record not in (model.Object, None) and not path.startswith("metadata/patterns/"):
        return here
    name = found.value("object")
    known = next((file.object.object for file in linked.data.files if file.path == path), "")
    return replace(here.of(str(name or known)), object=str(name or known))


def _parameter(linked: Linked, here: Here, name: str) -> Form:
    pattern = linked.data.patterns.get(here.pattern)
    known = pattern.parameters.get(name) if pattern else None
    return parameter(str(known.type)) if known else Form()


def follow(linked: Linked, start: str, path: Iterable[str]) -> str:
    """Return the object that a path of fields leads to, "" where it leads to none."""
    here = start
    for step in path:
        member = linked.world.members.get(here, {}).get(step)
        here = member.target if member else ""
    return here


def _moved(linked: Linked, here: Here, form: Form, way: Way, step: Step) -> Here:
    """Return the surroundings one step further."""
    form = form.one
    if form.key_names == "pattern" and isinstance(step, str):
        return replace(here, pattern=step)
    if form.key_names == "parameter":
        return replace(here, there=_of_parameter(linked, here, way, str(step)))
    if "notify" in form.keys:
        return _effect(linked, here, way, str(step))
    if "bind" in form.keys and "each" in form.keys and step == "bind":
        return _row(linked, here, here.outline.value(*way, "each"))
    rule = _RULES.get(form.record) if form.record else None
    return rule(linked, here, way, str(step)) if rule else here


def _of_parameter(linked: Linked, here: Here, way: Way, name: str) -> str:
    """Return the object whose fields a parameter takes."""
    pattern = linked.data.patterns.get(here.pattern)
    known = pattern.parameters.get(name) if pattern else None
    return here.outline.value(*way, str(known.of)) if known and known.of else ""


def _row(linked: Linked, here: Here, name: str) -> Here:
    """Return the place of the rows of a list of the object at hand."""
    entity = linked.entities.get(here.this)
    child = entity.children.get(name) if entity and name else None  # type: ignore[call-overload]
    rows = str(child.object) if child else here.outline.value("children", name, "object")
    own = name if here.own else ""
    return replace(here.of(rows), parent=here.this, rows=own) if name and rows else here


def _effect(linked: Linked, here: Here, way: Way, step: str) -> Here:
    here = here if step == "each" else _row(linked, here, here.outline.value(*way, "each"))
    if step == "merge":
        path = here.outline.value(*way, step, "materials").split(".")
        return replace(here, object=follow(linked, here.this, path))
    made = here.outline.value(*way, step, "object")
    return replace(here, this=made, there=here.this) if made else here


def _target(linked: Linked, here: Here, name: str) -> str:
    """Return the object that a reference of the object at hand leads to."""
    entity = linked.entities.get(here.this)
    item = entity.fields.get(name) if entity else None  # type: ignore[call-overload]
    return str(item.to or "") if item else here.outline.value("fields", name, "to")


def _field(linked: Linked, here: Here, way: Way, step: str) -> Here:
    to = here.outline.value(*way, "to") or _target(linked, here, str(way[-1]))
    if step == "choose":
        return replace(here, reads=to, form=here.this)
    if step == "fields":
        return replace(here, there=_target(linked, here, here.outline.value(*way, "of")))
    return replace(here, there=to)


def _child(linked: Linked, here: Here, way: Way, step: str) -> Here:
    return here if step in ("when", "min", "max") else _row(linked, here, str(way[-1]))


def _rows(linked: Linked, here: Here, way: Way, step: str) -> Here:
    if step == "each":
        return replace(here, reads=here.parent)
    of = here.outline.value(*way, "of")
    if not of:
        path = here.outline.value(*way, "each")
        of = follow(linked, here.parent, path.split("."))
    return replace(here, reads=of, form=here.parent)


def _rule(linked: Linked, here: Here, way: Way, step: str) -> Here:
    each = here.outline.value(*way, "each")
    return here if step == "each" or not each else _row(linked, here, each)


def _hold(linked: Linked, here: Here, way: Way, step: str) -> Here:
    return replace(here, there=_target(linked, here, str(way[-1])))


def _block(linked: Linked, here: Here, way: Way, step: str) -> Here:
    by = here.outline.value(*way, "by")
    return replace(here, reads=by, form=here.this) if step == "when" else here


def _total(linked: Linked, here: Here, way: Way, step: str) -> Here:
    head = here.outline.value(*way, "of").partition(".")[0]
    if step == "of":
        return here
    rows = _row(linked, here, head)
    return rows if rows is not here else here.of(head)


def _compared(linked: Linked, here: Here, way: Way, step: str) -> Here:
    rows = here.outline.value(*way, "rows")
    return _row(linked, here, rows) if step in ("fields", "key", "sums") else here


def _per(linked: Linked, here: Here, way: Way, step: str) -> Here:
    return here if step == "rows" else _row(linked, here, here.outline.value(*way, "rows"))


def _tile(linked: Linked, here: Here, way: Way, step: str) -> Here:
    return replace(here, model=here.outline.value(*way, "model") or here.model)


def _about(key: str) -> Callable[[Linked, Here, Way, str], Here]:
    """Return the rule of a record that says by a key which object it is about."""

    def moved(linked: Linked, here: Here, way: Way, step: str) -> Here:
        name = here.outline.value(*way, key) or here.object
        return replace(here.of(name), object=name) if name else here

    return moved


def _function(linked: Linked, here: Here, way: Way, step: str) -> Here:
    return replace(_about("object")(linked, here, way, step), function=str(way[-1]))


def _facts(linked: Linked, here: Here, way: Way, step: str) -> Here:
    fact = linked.fact(here.outline.value(*way, "fact"))
    here = replace(here, model=str(way[-1]))
    return replace(here.of(fact.name), parent=fact.parent) if fact else here


def _event(linked: Linked, here: Here, way: Way, step: str) -> Here:
    return here.of(here.outline.value(*way, "on").partition(".")[0])


def _load(linked: Linked, here: Here, way: Way, step: str) -> Here:
    into = here.outline.value(*way, "into")
    return replace(here, this=into, object=into, reads=f"migration {way[-1]}", model=str(way[-1]))


def _loaded_rows(linked: Linked, here: Here, way: Way, step: str) -> Here:
    found = _row(linked, here, str(way[-1]))
    return replace(found, reads=f"migration {here.model} {way[-1]}", parent=here.reads)


_RULES: dict[type, Callable[[Linked, Here, Way, str], Here]] = {
    model.Field: _field,
    model.Child: _child,
    fields.Rows: _rows,
    model.Rule: _rule,
    standing.Hold: _hold,
    standing.Block: _block,
    totals.Total: _total,
    flow.Compare: _compared,
    flow.Per: _per,
    dashboards.Tile: _tile,
    model.Function: _function,
    shared.Document: _about("object"),
    interfaces.Outgoing: _about("object"),
    interfaces.Incoming: _about("object"),
    interfaces.Offer: _about("object"),
    reports.ReportModel: _facts,
    scores.ScoreItem: _event,
    loads.Migration: _load,
    loads.MappedRows: _loaded_rows,
}
