"""`migrate`: writes the next revision and the new snapshot, or says which loss is not confirmed."""

from dataclasses import dataclass
from pathlib import Path

from generator.language import tr
from generator.migrate import revision
from generator.migrate.plan import Change, plan, sentence
from generator.migrate.schema import SNAPSHOT, Column, Schema, committed, dump, wanted
from generator.output import format_all
from generator.problem import Place, Problem
from generator.reader import Name
from generator.world import Linked


@dataclass(frozen=True)
class Moved:
    """What was written: a sentence for each change, and the files; nothing where nothing changed."""

    changes: tuple[str, ...] = ()
    written: tuple[str, ...] = ()


class Refused(Exception):
    """Nothing was written; the text says why and what to write instead, `losses` what would be lost."""

    def __init__(self, message: str, losses: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.losses = losses


def migrate(base: Path, linked: Linked, message: str, *, initial: bool = False) -> Moved:
    """Write a revision where the metadata asks for another schema. Raises Refused."""
    new = wanted(linked)
    old = {} if initial else committed(base)
    if initial and revision.head(base)[1] > 1:
        raise Refused(tr("there are further revisions; the first cannot be written anew."))
    changes = plan(old, new)
    if not changes:
        return _note(base, new)
    open_losses = [change for change in changes if change.loss and not confirmed(linked, change)]
    if open_losses:
        losses = tuple(change.loss for change in open_losses)
        raise Refused(refusal(linked, open_losses), losses)
    return _write(base, message, changes, new, initial=initial)


def _write(base: Path, message: str, changes: list[Change], new: Schema, *, initial: bool) -> Moved:
    if initial:
        for former in (base / revision.VERSIONS).glob("[0-9]*.py"):
            former.unlink()
    path, text = revision.render(base, message, changes)
    target = base / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(format_all({path: text})[path], encoding="utf-8")
    (base / SNAPSHOT).write_text(dump(new), encoding="utf-8")
    return Moved(tuple(map(sentence, changes)), (path, SNAPSHOT))


def _note(base: Path, new: Schema) -> Moved:
    """Write down what values mean that need no change: an integer that is called a year from now on."""
    if dump(new) == _snapshot(base):
        return Moved()
    (base / SNAPSHOT).parent.mkdir(parents=True, exist_ok=True)
    (base / SNAPSHOT).write_text(dump(new), encoding="utf-8")
    said = tr("what the values mean is noted in the snapshot; the database needs no change")
    return Moved((said,), (SNAPSHOT,))


def _snapshot(base: Path) -> str:
    path = base / SNAPSHOT
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def behind(base: Path, linked: Linked) -> list[Problem]:
    """Return a problem where the committed snapshot is not what the metadata asks for."""
    if not (base / SNAPSHOT).is_file():
        return []
    new = wanted(linked)
    changes = plan(committed(base), new)
    if not changes and dump(new) == _snapshot(base):
        return []
    if not changes:
        what = tr("the snapshot of the tables does not say what their values mean now")
        said = tr("{what}; run python -m generator migrate -m TEXT", what=what)
        return [Problem(Place(SNAPSHOT), "E902", said)]
    losses = [c for c in changes if c.loss and not confirmed(linked, c)]
    if losses:
        return [
            Problem(
                Place(SNAPSHOT),
                "E903",
                tr("this loses data: {loss}; {remedy}", loss=c.loss, remedy=_remedy(linked, c)),
            )
            for c in losses
        ]
    more = tr(" and {count} more", count=len(changes) - 1) if len(changes) > 1 else ""
    what = tr(
        "the tables have changed without a revision: {sentence}{more}",
        sentence=sentence(changes[0]),
        more=more,
    )
    said = tr("{what}; run python -m generator migrate -m TEXT", what=what)
    return [Problem(Place(SNAPSHOT), "E902", said)]


def confirmed(linked: Linked, change: Change) -> bool:
    """Tell whether the metadata says that a loss is meant."""
    if change.never:
        return False
    project = linked.data.project
    if change.kind == "drop_table":
        rows = [
            f"{e.file.subsystem}_{word}"
            for e in linked.entities.values()
            if e.spec
            for word in e.spec.dropped
        ]
        return change.table in rows or bool(project and change.table in project.dropped)
    entity = next((e for e in linked.entities.values() if e.table == change.table), None)
    if entity is None:
        return False
    owner = linked.flow_owner(entity).spec
    plain = change.column.removesuffix("_id")
    if change.kind == "drop_column":
        words = {str(word) for word in (owner.dropped if owner else ())}
        return bool({change.column, plain, f"{entity.name}.{plain}"} & words)
    item = entity.fields.get(Name(change.column)) or entity.fields.get(Name(plain))
    return bool(item and item.narrowed) and not _spent(change)


def _spent(change: Change) -> bool:
    """Tell whether `narrowed` stood there already: it confirmed an earlier change, not this one."""
    return isinstance(change.before, Column) and change.before.narrowed


def refusal(linked: Linked, changes: list[Change]) -> str:
    """Return what would be lost and how to confirm it or to keep it."""
    lines = []
    for change in changes:
        lines.append(tr("error[E903]: this loses data: {loss}", loss=change.loss))
        where = change.after.where if isinstance(change.after, Column) else ""
        if where:
            lines.append(tr("   at {where}", where=where))
        lines.append(tr("   hint: {hint}", hint=_remedy(linked, change)))
    count = len(changes)
    lines.append(
        tr(
            "{count} loss{number} not confirmed. No revision was written.",
            count=count,
            number="es" * (count > 1),
        )
    )
    return "\n".join(lines) + "\n"


def _remedy(linked: Linked, change: Change) -> str:
    entity = next((e for e in linked.entities.values() if e.table == change.table), None)
    name = change.column.removesuffix("_id")
    if change.kind == "drop_table":
        keep = tr("or `renamed_from` at the new object.")
        said = tr(
            "write `dropped: [{table}]` in project.yaml if the rows may go, {keep}",
            table=change.table,
            keep=keep,
        )
    elif change.kind == "drop_column":
        path = entity.file.path if entity else tr("its file")
        said = tr(
            "write `dropped: [{name}]` in {path} if the values may go, or `renamed_from: {name}` at the new field.",
            name=name,
            path=path,
        )
    elif change.kind == "add_column":
        said = tr(
            "let the field be optional, or fill it by an own revision first and write `narrowed: true`."
        )
    elif change.never:
        said = tr(
            "leave `{name}` as it was, or write a field of another name and `dropped: [{name}]`.",
            name=name,
        )
    elif _spent(change):
        said = tr(
            "`narrowed: true` confirmed an earlier change: take it away, run migrate, then write it again."
        )
    else:
        said = tr("write `narrowed: true` at the field if it is meant.")
    return f"{said} {change.hint}".rstrip()
