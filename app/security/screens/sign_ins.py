"""`runtime.sign_ins`: every attempt to sign in, with device, address and result."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name

from app.core.access.actor import current_actor
from app.core.audit import history
from app.core.db.database import unit_of_work
from app.core.errors import Refused
from app.security import accounts, sign_in_log, signin
from app.security.devices import device
from app.security.screens import pages, workbook
from app.web.page.paging import Address, Pager
from app.web.screens import Screen, screen


@screen("sign_ins")
class SignInsScreen(Screen):
    """The journal of signing in."""

    @expose("/")
    @permission_name("view")
    def home(self) -> str:
        """List attempts, the latest first."""
        asked = sign_in_log.read(request.args)
        totals = sign_in_log.counts(asked)
        return self.render(
            "security/journal.html",
            asked=asked,
            rows=sign_in_log.find(asked),
            totals=totals,
            results=signin.RESULTS,
            locked=sign_in_log.locked_accounts(),
            pager=Pager(asked.page, asked.size, totals[asked.result]),
            address=Address(request.args),
            may=self.may,
        )

    @expose("/export")
    @permission_name("export")
    def export(self) -> Any:
        """Send what is filtered as a workbook."""
        rows = (
            (
                pages.moment(row.at),
                row.username,
                name,
                signin.RESULTS.get(row.result, row.result),
                row.ip,
                row.place,
                device(row.agent),
                row.detail,
            )
            for row, name in sign_in_log.find(sign_in_log.read(request.args), everything=True)
        )
        heads = ("时间", "登录账户", "姓名", "结果", "登录 IP", "登录地址", "设备", "说明")
        return workbook.send(self.declared.title, heads, rows)

    @expose("/<int:pk>/unlock", methods=["POST"])
    @permission_name("unlock")
    def unlock(self, pk: int) -> Any:
        """Lift the lock of an account."""
        if pk == current_actor().user_id:
            raise Refused("不能解锁自己的账户")
        with unit_of_work():
            account = accounts.get(pk)
            accounts.unlock(account)
            history.note(accounts.OBJECT, pk, "unlock", {"locked_until": ["-", None]})
        flash(f"已解锁{account.name}的账户", "success")
        return redirect(url_for(f"{self.endpoint}.home"))
