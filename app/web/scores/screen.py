"""Screens of `screen: score`: who has how many points, why, and corrections with a reason."""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from sqlalchemy import select

from app.core import clock
from app.core.db.database import session
from app.core.declare import registry
from app.core.declare.scores import Score
from app.core.errors import Conflict, NotFound, UserError
from app.core.records import display
from app.scores import posting, standings
from app.scores.models import ScoreEntry
from app.security.screens import workbook
from app.web.page import record_links
from app.web.page.paging import MOST_EXPORTED, SIZE, Address, asked_page
from app.web.screens import Screen, screen
from app.web.screens.forms import PointsForm

BACK = 5  # years that can be chosen


@screen("score")
class ScoreScreen(Screen):
    """Standings of one score, period by period."""

    @property
    def score(self) -> Score:
        """The score that is shown."""
        return registry.score(self.declared.model)

    @expose("/")
    @permission_name("view")
    def home(self) -> str:
        """Show who has how many points, the fewest first."""
        period, hint = self._period()
        pager = asked_page(request.args, SIZE, standings.count(self.score))
        return self.render(
            "scores/standings.html",
            score=self.score,
            period=period,
            periods=periods(self.score),
            hint=hint,
            lines=standings.standings(self.score, period, offset=pager.offset, limit=SIZE),
            pager=pager,
            place=Address(request.args),
        )

    @expose("/export")
    @permission_name("export")
    def export(self) -> Any:
        """Send the standings of a period as a workbook."""
        period, _ = self._period()
        score = self.score
        if standings.count(score) > MOST_EXPORTED:
            raise Conflict(
                f"超过 {MOST_EXPORTED:,} 行，一次导不出来；请由查看范围较小的人员分别导出"
            )
        found = standings.standings(score, period, limit=MOST_EXPORTED)
        heads = (registry.object(score.object).title, "得分", "扣分", "加分", "记录数")
        lines = [(one.title, one.points, one.lost, one.won, one.entries) for one in found]
        return workbook.send(f"{score.title} {period}", heads, lines)

    @expose("/<int:pk>")
    @permission_name("view")
    def show(self, pk: int) -> str:
        """Show the entries of one record."""
        return self._show(pk)

    @expose("/<int:pk>/add", methods=["POST"])
    @permission_name("override")
    def add(self, pk: int) -> Any:
        """Give or take points by hand."""
        form = PointsForm()
        period, _ = self._period(form.period.data)
        text = form.points.data
        points = int(text) if re.fullmatch(r"[+-]?[0-9]{1,4}", text) else 0

        def change() -> None:
            posting.add(self.score, pk, period, points, form.reason.data)

        return self._changed(pk, period, form, change, "已记入调整")

    @expose("/<int:pk>/reverse/<int:entry>", methods=["POST"])
    @permission_name("override")
    def reverse(self, pk: int, entry: int) -> Any:
        """Take an entry back."""
        form = PointsForm()
        period, _ = self._period(form.period.data)

        def change() -> None:
            posting.reverse(self.score, entry, form.reason.data)

        return self._changed(pk, period, form, change, "已冲销")

    def _changed(self, pk: int, period: str, form: PointsForm, change: Any, said: str) -> Any:
        try:
            form.checked()
            change()
        except NotFound:
            raise
        except UserError as error:
            session.rollback()
            return self._show(pk, error, form), error.status
        flash(said, "success")
        return redirect(self.url("show", pk=pk, period=period), 303)

    def _show(self, pk: int, error: UserError | None = None, form: PointsForm | None = None) -> str:
        score = self.score
        model: Any = registry.object(score.object).model
        record = session.scalars(select(model).where(model.id == pk)).first()
        if record is None:
            raise NotFound()
        period, hint = self._period(form.period.data if form else "")
        entries = standings.entries(score, pk, period)
        reversed_by = {one.reverses_id: one for one in entries if one.reverses_id}
        return self.render(
            "scores/entries.html",
            title=display.title_of(record),
            score=score,
            record=record,
            period=period,
            periods=periods(score),
            hint=hint,
            entries=entries,
            reversed_by=reversed_by,
            points=standings.points_of(score, pk, period),
            hrefs=_hrefs(entries),
            error=error,
            typed=form.data if form else {},
        )

    def _period(self, text: str = "") -> tuple[str, str]:
        """Return the period that is asked for, and what to say where it is none."""
        known = periods(self.score)
        text = text or request.args.get("period", "")
        if not text or text in known:
            return text or known[0], ""
        return known[0], "没有这个期间，已显示本期"


def periods(score: Score) -> list[str]:
    """Return the periods that can be chosen, the present one first."""
    today = clock.today()
    parts = {"year": 1, "quarter": 4, "month": 12}[score.period]
    months = 12 // parts
    now = today.year * 12 + today.month - 1
    found = []
    for back in range(BACK * parts):
        year, month = divmod(now - back * months, 12)
        found.append(posting.period_of(score, today.replace(year=year, month=month + 1, day=1)))
    return found


def _hrefs(entries: Sequence[ScoreEntry]) -> dict[tuple[str, int], str]:
    """Return where this person can read what the entries are for, by object and id."""
    ids: dict[str, set[int]] = defaultdict(set)
    for one in entries:
        if one.object and one.record_id:
            ids[one.object].add(one.record_id)
    return {
        (name, pk): href
        for name, of_object in ids.items()
        for pk, href in record_links.links(registry.object(name), of_object).items()
    }
