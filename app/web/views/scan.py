"""A desk: what is scanned or typed is found and dealt with at once, one after the other."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from sqlalchemy import select

from app.core import clock
from app.core.access.actor import current_actor
from app.core.db.database import session
from app.core.declare import Scan
from app.core.devices import mrz
from app.core.errors import Conflict, NotFound, UserError
from app.core.records import display, queries
from app.core.records.queries import Filter
from app.flow import engine
from app.flow.models import Case, StepRecord
from app.web.form.advice import page_of
from app.web.screens.form import LinesField, ScreenForm, TextField
from app.web.views.cases import CaseRoutes
from app.web.views.list_query import Asked
from app.web.views.listing import Empty, ListView
from app.web.views.people import PeopleRoutes

LONGEST = 200
SHOWN = 20  # of what was done today
KEPT = 10  # of what could not be done, since the desk was opened


class ScanForm(ScreenForm):
    """What was scanned, and what could not be done before."""

    number = TextField("编号", longest=LONGEST)
    fault = LinesField("未办成")


@dataclass(frozen=True)
class Done:
    """One record that was dealt with here today."""

    at: datetime
    title: str
    href: str


class ScanView(PeopleRoutes, CaseRoutes, ListView):
    """A box for the scanner, what was done today, what could not be done, and what is still awaited."""

    list_template = "scan.html"

    @property
    def scan(self) -> Scan:
        """What is looked for, and what is done with it."""
        assert self.declared.scan
        return self.declared.scan

    def states(self, tab: str) -> tuple[str, ...]:
        """The records that can be scanned rest at the function's steps."""
        return self.declared.steps

    def tabs(self) -> tuple[()]:
        """All that is awaited is one list."""
        return ()

    def empty(self, found: Asked) -> Empty:
        """Say that nothing is awaited."""
        if found.narrowed:
            return super().empty(found)
        return Empty(
            "目前没有待扫描的记录",
            f"可以“{self._action_title()}”的记录会列在这里，扫描后即时更新。",
        )

    def render(self, template: str, **values: Any) -> str:
        """Render; on the list the box and what was done stand before it."""
        if template == self.list_template:
            values.setdefault("faults", [])
            values |= {
                "number_title": display.label_of(self.object, self.scan.by),
                "action_title": self._action_title(),
                "done": self._done(),
                "may_scan": self.may(self.scan.do),
            }
        return super().render(template, **values)

    def _action_title(self) -> str:
        assert self.flow
        return self.flow.action(self.scan.do).title

    def _done(self) -> list[Done]:
        """What this person did here today, the last first."""
        start = clock.as_utc(datetime.combine(clock.today(), time()))
        query = (
            select(StepRecord.at, Case.title, Case.record_id)
            .join(Case, Case.id == StepRecord.case_id)
            .where(
                StepRecord.actor_id == current_actor().user_id,
                StepRecord.action == self.scan.do,
                StepRecord.at >= start,
                Case.object == self.object.name,
            )
            .order_by(StepRecord.id.desc())
            .limit(SHOWN)
        )
        record: Any = self.object.model()
        found = []
        for at, title, pk in session.execute(query).tuples():
            record.id = pk
            found.append(Done(at, title or "", page_of(self.object, record)))
        return found

    @expose("/scan", methods=["POST"])
    @permission_name("view")
    def scanned(self) -> str:
        """Deal with what was scanned; what is unknown is kept in a list of faults."""
        self.require(self.scan.do)
        form = ScanForm()
        text, faults = form.number.data, form.fault.data[:KEPT]
        said = ""
        try:
            form.checked()
            said = self._take(text)
        except UserError as error:
            session.rollback()
            faults = [f"{text[:LONGEST] or '（空）'}：{error.words}", *faults][:KEPT]
        except mrz.Unreadable as error:
            faults = [f"{text[:20]}…：{error}", *faults][:KEPT]
        return self.list_page(faults=faults, said=said)

    def _take(self, text: str) -> str:
        record = self._found(mrz.number_of(text))
        title = display.title_of(record)
        taken = engine.act(
            engine.case_to_act_on(self.object.name, record.id), self.scan.do
        )  # never what a person confirms
        return f"已{taken.action_title}：{title}"

    def _found(self, number: str) -> Any:
        if not number:
            raise NotFound("请扫描或输入号码")
        same = Filter(self.scan.by, "eq", number)
        query = queries.query(self.object, where=self.declared.where, filters=[same])
        found = session.scalars(query.limit(50)).unique().all()
        here = [record for record in found if record.state in self.declared.steps]
        if len(here) > 1:
            raise Conflict(f"有 {len(here)} 件符合，请在下面的列表中打开办理")
        if here:
            return here[0]
        if not found:
            raise NotFound("没有找到这个号码，或不在您的范围内")
        raise Conflict(f"现处于“{display.state_title(self.object, found[-1].state)}”，不能办理")
