"""The part of `runtime.roles` that answers why an account sees a record, or does not."""

from typing import Any

from flask import request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name

from app.security import directory, operation_titles
from app.web.screens import Screen
from app.web.why import asking
from app.web.why.answer import answer, note

STATES = {200: ("看得到", "green"), 403: ("没有权限", "red"), 404: ("不显示", "amber")}
BUTTONS = {"there": ("有", "green"), "closed": ("暂不能用", "amber"), "absent": ("没有", "")}


class WhyRoutes(Screen):
    """Asking for others; granted with looking at roles, which tells the same of roles alone."""

    @expose("/why")
    @permission_name("view")
    def why(self) -> Any:
        """Answer for one account and one page or record; of a record no value is shown."""
        asked = asking.read(request.args, self.function)
        found = None
        if asked.account is not None and asked.target is not None:
            note(asked.account, asked.target)
            found = answer(asked.account, asked.target, asked.function)
        page = self.render(
            "security/why.html",
            title="权限追查",
            asked=asked,
            answer=found,
            most=asking.MOST,
            objects=asking.objects().values(),
            unit=asking.unit_called(asked.account) if asked.account else "",
            states=STATES,
            buttons=BUTTONS,
            function_title=operation_titles.function_title,
        )
        return page, 422 if asked.faults and not asked.candidates else 200

    @expose("/why/accounts")
    @permission_name("view")
    def why_accounts(self) -> Any:
        """Offer accounts for the form, those that whoever asks administers."""
        search = request.args.get("q", "").strip()[:60]
        found = directory.find(directory.Asked(search=search, size=20, sort="name"), self.function)
        rows = [{"id": one.account.id, "title": asking.labelled(one.account)} for one in found]
        return {"rows": rows}
