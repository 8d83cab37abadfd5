"""`runtime.workdays`: the calendar by which the office counts its time limits."""

import calendar
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name

from app.core import clock
from app.core.db.database import session, unit_of_work
from app.core.errors import Fault, NotFound, Rejected, UserError
from app.core.reference import calendar_edits as days
from app.security.screens import workbook
from app.web.page.formats import WEEKDAYS, weekday
from app.web.screens import Screen, chronicle, screen
from app.web.screens.forms import DayForm, NoticeForm, NoticeLinesForm

FORM = ("works", "title", "source")
HEADS = ("日期", "安排", "名称", "依据")


@screen("workdays")
class WorkdaysScreen(Screen):
    """A year as a picture, a day as a form, a notice as a file."""

    @expose("/")
    @permission_name("view")
    def home(self) -> str:
        """Show a year."""
        number, wrong = _year()
        known = days.year(number)
        listed = [day for day in known.values() if day.special]
        return self.render(
            "runtime/workdays.html",
            year=number,
            wrong=wrong,
            first=days.FIRST_YEAR,
            last=days.LAST_YEAR,
            months=[_month(number, month, known) for month in range(1, 13)],
            listed=listed,
            work=sum(day.works for day in known.values()),
            rest=sum(not day.works for day in known.values()),
            today=clock.today(),
            may=self.may,
            weekday=weekday,
            weekdays=WEEKDAYS,
        )

    @expose("/<day>", methods=["GET"])
    @permission_name("view")
    def show(self, day: str) -> str:
        """Show one day with its history."""
        at = _date(day)
        now = days.one(at)
        works = ("1" if now.works else "0") if now.special else ""
        form = _form(now, works=works, title=now.title, source=now.source)
        return self._page(now, form)

    @expose("/<day>/edit", methods=["POST"])
    @permission_name("edit")
    def edit(self, day: str) -> Any:
        """Say what a day is."""
        at = _date(day)
        form = _form(days.one(at))
        if form.validate_on_submit():
            typed = {name: form[name].data for name in FORM}
            try:
                with unit_of_work():
                    is_changed = days.change(at, **typed, seen=form.seen.data)
            except UserError as error:
                session.rollback()
                form.refuse(error)
            else:
                flash("已保存，以后产生的办理时限按此计算" if is_changed else "没有改动", "success")
                return self._to(at)
        return self._page(days.one(at), form), form.status

    @expose("/<day>/restore", methods=["POST"])
    @permission_name("edit")
    def restore(self, day: str) -> Any:
        """Bring a day back to what is shipped."""
        at = _date(day)
        with unit_of_work():
            days.restore(at)
        flash("已恢复为系统默认安排", "success")
        return self._to(at)

    @expose("/import", methods=["GET", "POST"])
    @permission_name("import")
    def take(self) -> Any:
        """Read a notice, tell what it would do, and write it when it is confirmed."""
        held, form = NoticeLinesForm(), NoticeForm()
        if not form.is_submitted():
            return self._notice(form)
        try:
            if held.lines.raw_data and held.validate_on_submit():
                return self._confirmed(form, _lines(held.lines.data))
            sent = form.file.data
            if not form.validate_on_submit() or sent is None or not sent.filename:
                raise Rejected([Fault("file", "请选择文件")])
            rows = days.read_notice(sent.stream, sent.filename)
            return self._notice(form, rows, name=sent.filename)
        except Rejected as error:
            session.rollback()
            form.refuse(error)
        return self._notice(form), form.status

    @expose("/template")
    @permission_name("import")
    def template(self) -> Any:
        """Send a workbook to fill in, with the present year as an example."""
        number, _ = _year()
        rows = [
            (day.day.isoformat(), "上班" if day.works else "休息", day.title, day.source)
            for day in days.year(number).values()
            if day.special
        ]
        return workbook.send(f"{number}年工作日历", HEADS, rows)

    # -- shared

    def _to(self, day: date) -> Any:
        return redirect(url_for(f"{self.endpoint}.home", year=day.year), code=303)

    def _page(self, now: days.Day, form: DayForm) -> str:
        default = days.shipped(now.day.year).get(now.day)
        differs = now.own or (default is None and now.special)
        form.show_version(days.stamp(now))
        return self.render(
            "runtime/workday.html",
            title=weekday(now.day),
            now=now,
            default=default,
            differs=differs,
            form=form,
            changes=chronicle.of(days.OBJECT, days.number_of(now.day)),
            may=self.may,
        )

    def _notice(self, form: NoticeForm, rows: Sequence[days.Row] = (), name: str = "") -> str:
        wrong = [row for row in rows if row.outcome == "wrong"]
        fresh = [row for row in rows if row.outcome in ("new", "changed")]
        lines = [[row.number, [row.day, row.works, row.title, row.source]] for row in rows]
        held = NoticeLinesForm(afresh=True, lines=json.dumps(lines, ensure_ascii=False))
        return self.render(
            "runtime/workday_import.html",
            title="导入节假日安排",
            form=form,
            held=held,
            rows=rows,
            wrong=wrong,
            fresh=fresh,
            name=name,
            outcomes=days.OUTCOMES,
            year=clock.today().year,
        )

    def _confirmed(self, form: NoticeForm, lines: list[tuple[int, list[str]]]) -> Any:
        try:
            with unit_of_work():
                count = days.take(lines)
        except Rejected:
            session.rollback()
            return self._notice(form, days.judged(lines)), 422
        flash(f"已导入，{count} 天有变化" if count else "与现有安排相同，没有改动", "success")
        first = date.fromisoformat(lines[0][1][0])
        return redirect(url_for(f"{self.endpoint}.home", year=first.year), code=303)


def _form(now: days.Day, **known: str) -> DayForm:
    form = DayForm(**known)
    usual = "上班" if now.day.weekday() < 5 else "休息"
    form.works.offer([("", f"按星期（{usual}）"), ("0", "休息"), ("1", "上班")])
    return form


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """Read back what the preflight page held; it may have been tampered with."""
    refused = Rejected([Fault("file", "页面内容已失效，请重新选择文件")])
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise refused from None
    if not isinstance(found, list) or not 0 < len(found) <= days.MOST_ROWS:
        raise refused
    lines = []
    for item in found:
        if not (isinstance(item, list) and len(item) == 2 and isinstance(item[0], int)):
            raise refused
        values = item[1]
        if not (isinstance(values, list) and len(values) == 4):
            raise refused
        lines.append((item[0], [str(value)[:300] for value in values]))
    return lines


def _year() -> tuple[int, str]:
    text = request.args.get("year", "").strip()
    this = clock.today().year
    if not text:
        return this, ""
    if text.isascii() and text.isdigit() and len(text) == 4:
        number = int(text)
        if days.FIRST_YEAR <= number <= days.LAST_YEAR:
            return number, ""
    return this, f"没有“{text[:20]}”年的日历，以下是今年"


def _date(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise NotFound("没有这一天") from None
    if not days.FIRST_YEAR <= found.year <= days.LAST_YEAR:
        raise NotFound(f"只有 {days.FIRST_YEAR} 至 {days.LAST_YEAR} 年的日历")
    return found


def _month(year: int, month: int, known: dict[date, days.Day]) -> tuple[int, list[list[Any]]]:
    """Return the weeks of a month; None stands for days of the neighbouring months."""
    weeks = calendar.Calendar(firstweekday=0).monthdatescalendar(year, month)
    return month, [[known[day] if day.month == month else None for day in week] for week in weeks]


def _names(ids: Sequence[int]) -> dict[int, str]:
    return {pk: f"{pk // 10000}-{pk // 100 % 100:02}-{pk % 100:02}" for pk in ids}


chronicle.keep(
    days.OBJECT,
    chronicle.Kept("工作日历", {"works": "安排", "title": "名称", "source": "依据"}, _names),
)
