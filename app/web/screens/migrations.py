"""`runtime.migrations`: what has become of an older system's rows, and those that wait to be corrected."""

import json
import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import flash, redirect, request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from sqlalchemy import func, select

from app.core.audit import history
from app.core.db.database import session, unit_of_work
from app.core.db.read_only import bookkeeping
from app.core.declare import registry
from app.core.declare.loads import Migration
from app.core.errors import Conflict, NotFound
from app.core.jobs import background
from app.core.types import Type
from app.intake import corrections, runner
from app.intake import differences as differing
from app.intake.models import CONFLICT, OUTCOMES, QUARANTINED, TakenRow
from app.web.page.paging import SIZE, Address, asked_page
from app.web.screens import Screen, chronicle, screen
from app.web.screens.forms import AboutForm, RunForm

_LONG = re.compile(r"[0-9A-Za-z]{8,}")  # numbers of cards and telephones that a reason quotes


@screen("migrations")
class MigrationsScreen(Screen):
    """Migrations with their counts, rows that wait, and one of these as a form."""

    @expose("/")
    @permission_name("view")
    def home(self) -> str:
        """List the migrations with what has become of their rows."""
        query = (
            select(TakenRow.migration, TakenRow.outcome, func.count())
            .where(TakenRow.part == "")
            .group_by(TakenRow.migration, TakenRow.outcome)
        )
        counts: dict[str, dict[str, int]] = {}
        for name, outcome, number in session.execute(query):
            counts.setdefault(name, {})[outcome] = number
        other = select(TakenRow.migration, func.count()).where(TakenRow.differs.is_not(None))
        differing_rows = {
            row[0]: row[1] for row in session.execute(other.group_by(TakenRow.migration))
        }
        return self.render(
            "runtime/migrations.html",
            specs=[one for one in registry.registry().migrations.values() if not one.file],
            counts=counts,
            differing=differing_rows,
            outcomes=OUTCOMES,
            objects=registry.registry().objects,
        )

    @expose("/<name>")
    @permission_name("view")
    def show(self, name: str) -> str:
        """List the rows of a migration that wait to be corrected, each with the reasons."""
        spec = runner.find(name)
        waiting = select(TakenRow).where(
            TakenRow.migration == name, TakenRow.outcome == QUARANTINED
        )
        total = session.scalar(select(func.count()).select_from(waiting.subquery())) or 0
        pager = asked_page(request.args, SIZE, total)
        rows = session.scalars(
            waiting.order_by(TakenRow.part, TakenRow.id).offset(pager.offset).limit(SIZE)
        )
        other = select(TakenRow).where(TakenRow.migration == name, TakenRow.differs.is_not(None))
        differs = session.scalar(select(func.count()).select_from(other.subquery())) or 0
        more = asked_page(request.args, SIZE, differs, "differs")
        others = session.scalars(other.order_by(TakenRow.id).offset(more.offset).limit(SIZE)).all()
        job = runner.latest(spec)
        return self.render(
            "runtime/migration.html",
            title=spec.title,
            spec=spec,
            rows=[_told(row, whole=self.may("edit")) for row in rows],
            tables=_tables(spec),
            outcomes=OUTCOMES,
            pager=pager,
            differing=[_differing(spec, row, whole=self.may("edit")) for row in others],
            more=more,
            address=Address(request.args),
            job=job,
            progress=background.progress_of(job) if job else None,
            states=background.STATES,
            may=self.may,
        )

    @expose("/<name>/run", methods=["POST"])
    @permission_name("run")
    def run(self, name: str) -> Any:
        """Ask for a migration, or for its rehearsal; the worker carries it out."""
        spec = runner.find(name)
        rehearse = RunForm().checked().rehearse.data
        job = runner.put(spec, rehearse=rehearse, function=self.function)
        if job.values["rehearse"] != rehearse:
            flash("这项迁移已在进行，请等它结束", "warning")
        else:
            flash("已交后台处理，完成后在这里看到结果", "success")
        return redirect(self.url("show", name=name), 303)

    @expose("/<name>/rows/<int:pk>", methods=["GET", "POST"])
    @permission_name("edit")
    def edit(self, name: str, pk: int) -> Any:
        """Correct the texts of one row; it is looked at again when the migration runs."""
        spec = runner.find(name)
        row = _waiting(name, pk)
        columns = corrections.columns_of(spec, row.part)
        if request.method == "POST":
            given = {c.name: request.form[c.name] for c in columns if c.name in request.form}
            with unit_of_work():  # locked: a migration under way may be loading it
                changed = corrections.correct(_waiting(name, pk, locked=True), given)
            flash("已保存，再次迁移时按更正后的内容载入" if changed else "没有改动", "success")
            return redirect(self.url("show", name=name), 303)
        with bookkeeping(history.Change), unit_of_work():
            history.note(corrections.OBJECT, row.id, "view", {"fields": [c.title for c in columns]})
        return self.render(
            "runtime/migration_row.html",
            title=f"来源行 {row.key}",
            spec=spec,
            row=row,
            columns=columns,
            source=json.loads(row.texts or "{}"),
            texts=corrections.texts_of(row),
            correctable=corrections.correctable(spec, row.part),
            reasons=reasons_of(row),
            table=_tables(spec)[row.part],
            changes=chronicle.of(corrections.OBJECT, row.id),
        )

    @expose("/<name>/rows/<int:pk>/differences", methods=["GET", "POST"])
    @permission_name("edit")
    def differences(self, name: str, pk: int) -> Any:
        """Decide in which a row and its record differ; it is carried out when the migration runs."""
        spec = runner.find(name)
        row = _differs(name, pk)
        refusal = ""
        if request.method == "POST":
            try:
                with unit_of_work():
                    row = _differs(name, pk, locked=True)
                    told = partial(differing.told, spec, whole=False)
                    words = request.form.to_dict()
                    changed = differing.decide(row, words, AboutForm().checked().about.data, told)
                said = "已记下，再次迁移时按决定载入" if changed else "没有新的决定"
                flash(said, "success")
                return redirect(self.url("show", name=name), 303)
            except Conflict as error:
                refusal, row = error.message, _differs(name, pk)
        found = differing.differing(row)
        lines = [
            (one, *differing.told(spec, one, whole=True), _chosen(row, one))
            for one in (found.values if found else ())
        ]
        with bookkeeping(history.Change), unit_of_work():
            history.note(differing.OBJECT, row.id, "view", {"fields": [line[1] for line in lines]})
        page = self.render(
            "runtime/migration_differences.html",
            title=f"来源行 {row.key}",
            spec=spec,
            row=row,
            lines=lines,
            refusal=refusal,
            about=differing.seen(row),
            decisions=differing.DECISIONS,
            other=request.form.get(differing.WHOLE, "") or _said_other(row),
            may_be_other=row.outcome == CONFLICT,
            changes=chronicle.of(differing.OBJECT, row.id),
        )
        return (page, 409) if refusal else page


def _differs(name: str, pk: int, *, locked: bool = False) -> TakenRow:
    """Return a row that differs from its record; raises NotFound where it no longer does."""
    options: dict[str, Any] = {"with_for_update": True, "populate_existing": True} if locked else {}
    row = session.get(TakenRow, pk, **options)
    if row is None or row.migration != name or not row.differs:
        raise NotFound("这一行与记录没有不同，或已经处理")
    return row


def _chosen(row: TakenRow, one: differing.Difference) -> str:
    return request.form.get(one.place, "") or differing.decision(row, one)


def _said_other(row: TakenRow) -> str:
    found = differing.differing(row)
    return differing.OTHER if found and differing.is_other(row, found.record) else ""


def _differing(spec: Migration, row: TakenRow, *, whole: bool) -> tuple[Any, ...]:
    """Return a row that differs, its key, what differs, and whether all of it is decided."""
    found = differing.differing(row)
    lines = [differing.told(spec, one, whole=whole) for one in (found.values if found else ())]
    key = row.key if whole else Type().mask(row.key)
    return row, key, lines, len(differing.open_of(row))


def _waiting(name: str, pk: int, *, locked: bool = False) -> TakenRow:
    """Return a row that waits to be corrected; raises NotFound where it no longer does."""
    options: dict[str, Any] = {"with_for_update": True, "populate_existing": True} if locked else {}
    row = session.get(TakenRow, pk, **options)
    if row is None or row.migration != name or row.outcome != QUARANTINED:
        raise NotFound("这一行不在待更正的行中，或已经载入")
    return row


def _told(row: TakenRow, *, whole: bool) -> tuple[TakenRow, str, list[list[str]]]:
    """Return a row, its key and its reasons; for whoever may not open it without anybody's numbers."""
    if whole:
        return row, row.key, reasons_of(row)
    reasons = [
        [title, "", _LONG.sub(lambda found: Type().mask(found[0]), message)]
        for title, _, message in reasons_of(row)
    ]
    return row, Type().mask(row.key), reasons


def reasons_of(row: TakenRow) -> list[list[str]]:
    """Return [column, text, message] for each thing that is wrong with a row."""
    found: list[list[str]] = json.loads(row.reasons or "[]")
    return found


def _tables(spec: Migration) -> dict[str, str]:
    """Return the tables of a migration by part."""
    return {"": spec.table, **{item.name: item.table for item in spec.children}}


def _names(ids: Sequence[int]) -> dict[int, str]:
    query = select(TakenRow.id, TakenRow.migration, TakenRow.key).where(TakenRow.id.in_(ids))
    known = registry.registry().migrations
    return {
        pk: f"{known[name].title if name in known else name} {key}"
        for pk, name, key in session.execute(query)
    }


chronicle.keep(corrections.OBJECT, chronicle.Kept("数据迁移", names=_names))
