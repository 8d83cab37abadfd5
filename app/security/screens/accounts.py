"""`runtime.accounts`: opening, finding, changing and closing accounts."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name

from app.core import clock
from app.core.access.actor import current_actor
from app.core.audit import history
from app.core.db.database import session, unit_of_work
from app.core.db.read_only import bookkeeping
from app.core.db.row_ids import id_of
from app.core.declare import registry
from app.core.errors import Conflict, NotFound, Refused, UserError
from app.core.records import ownership
from app.core.reference import dictionaries
from app.core.types import Dict
from app.security import accounts, directory, handover, passwords, roles, sessions, signin, sms
from app.security.models import Account, ServerSession
from app.security.screens import pages, workbook
from app.security.screens.forms import AccountForm, CloseForm, EndSessionForm, HandOverForm
from app.security.token_page import token_page
from app.web.page.paging import Address, Pager
from app.web.screens import Screen, screen

FORM = ("name", "phone", "org_id", "district", "post")


@screen("accounts")
class AccountsScreen(Screen):
    """Accounts of everybody within reach."""

    @expose("/")
    @permission_name("view")
    def home(self) -> str:
        """List accounts."""
        asked = directory.read(request.args)
        totals = directory.counts(asked, self.function)
        return self.render(
            "security/accounts.html",
            asked=asked,
            people=directory.find(asked, self.function),
            masked_phone=directory.masked_phone,
            totals=totals,
            states=directory.STATES,
            roles=roles.all_roles(),
            pager=Pager(asked.page, asked.size, totals[asked.state]),
            address=Address(request.args),
        )

    @expose("/export")
    @permission_name("export")
    def export(self) -> Any:
        """Send exactly what is filtered as a workbook."""
        people = directory.find(directory.read(request.args), self.function, everything=True)
        heads = (
            "姓名",
            "用户名",
            "单位",
            "职务",
            "联系电话",
            "角色",
            "状态",
            "开通时间",
            "最近登录",
        )
        return workbook.send(self.declared.title, heads, map(_cells, people))

    @expose("/organisations")
    @permission_name("view")
    def organisations(self) -> Any:
        """Offer organisations for the form."""
        found = directory.organisations(request.args.get("q", ""))
        return {"rows": [{"id": pk, "title": title} for pk, title in found]}

    @expose("/new", methods=["GET", "POST"])
    @permission_name("add")
    def new(self) -> Any:
        """Open an account."""
        form = _form()
        if form.validate_on_submit():
            system = form.system.data
            try:
                with unit_of_work():
                    account = self._opened(form)
                    password = "" if system else self._first_password(account)
            except UserError as error:
                session.rollback()
                form.refuse(error)
            else:
                if system:
                    told = f"已开通接口账户{account.name}，授权后可建立令牌"
                    return self._shown(account, "", told)
                return self._shown(account, password, f"已开通{account.name}的账户")
        return self._page(None, form), form.status

    def _opened(self, form: AccountForm) -> Account:
        values = _values(form)
        account = accounts.open_account(username=form.username.data or form.phone.data, **values)
        history.note(
            accounts.OBJECT, account.id, "open", {"username": [None, account.user.username]}
        )
        return account

    @expose("/<int:pk>")
    @permission_name("view")
    def show(self, pk: int) -> str:
        """Show one account with roles, sign-ins, sessions and history."""
        account = self._get(pk)
        if account.phone and pk != current_actor().user_id:
            with bookkeeping(history.Change), unit_of_work():
                detail = {"fields": ["联系电话"], "page": self.function}
                history.note(accounts.OBJECT, pk, history.LOOK, detail)
        return self._shown(account)

    @expose("/<int:pk>/edit", methods=["GET", "POST"])
    @permission_name("edit")
    def edit(self, pk: int) -> Any:
        """Change what is known of a person."""
        account = self._get(pk)
        known = {name: str(getattr(account, name) or "") for name in FORM}
        form = _form(**known, username=account.user.username)
        form.lock("username")
        if form.validate_on_submit():
            try:
                with unit_of_work():
                    accounts.change(account, **_values(form))
            except UserError as error:
                session.rollback()
                form.refuse(error)
            else:
                flash("已保存", "success")
                return self._to(pk)
        return self._page(self._get(pk), form), form.status

    @expose("/<int:pk>/close", methods=["POST"])
    @permission_name("close")
    def close(self, pk: int) -> Any:
        """Close an account."""
        form = CloseForm()
        why = form.why.data

        def act(account: Account) -> None:
            if not form.validate_on_submit():
                raise Conflict(form.why.errors[0])
            with roles.administrators_kept():
                accounts.close(account, why)
            history.note(accounts.OBJECT, account.id, "close", {"closed_reason": [None, why]})

        return self._act(pk, act, "账户已关闭，该用户的登录已全部结束")

    @expose("/<int:pk>/reopen", methods=["POST"])
    @permission_name("close")
    def reopen(self, pk: int) -> Any:
        """Open a closed account again."""

        def act(account: Account) -> None:
            accounts.reopen(account)
            history.note(accounts.OBJECT, account.id, "open", {"closed_at": ["-", None]})

        return self._act(pk, act, "账户已重新开通")

    @expose("/<int:pk>/unlock", methods=["POST"])
    @permission_name("reset")
    def unlock(self, pk: int) -> Any:
        """Lift a lock."""

        def act(account: Account) -> None:
            accounts.unlock(account)
            history.note(accounts.OBJECT, account.id, "unlock", {"locked_until": ["-", None]})

        return self._act(pk, act, "账户已解锁")

    @expose("/<int:pk>/reset", methods=["POST"])
    @permission_name("reset")
    def reset(self, pk: int) -> Any:
        """Give a new first password."""
        account = self._get(pk)
        self._refuse_own(account)
        if account.is_system:
            raise Conflict("接口账户没有密码，只用令牌")
        with unit_of_work():
            password = self._first_password(account)
            accounts.unlock(account)
            sessions.end_all(account.id, "密码重置")
            history.note(accounts.OBJECT, account.id, "reset", {"password": ["*", "*"]})
        return self._shown(account, password, "密码已重置，该用户的登录已全部结束")

    @expose("/<int:pk>/sessions/end", methods=["POST"])
    @permission_name("reset")
    def end_sessions(self, pk: int) -> Any:
        """End one session of a person, or all of them."""
        form = EndSessionForm()
        one = form.session.data

        def act(account: Account) -> None:
            if not form.validate_on_submit():
                raise Conflict(form.refusal)
            if not one:
                sessions.end_all(account.id, "管理员结束")
            else:
                row = session.get(ServerSession, id_of(one) or 0)
                if row is None or row.user_id != account.id:
                    raise Conflict("该登录已结束")
                sessions.end_one(row, "管理员结束")
            history.note(
                accounts.OBJECT, account.id, "end_sessions", {"sessions": [one or "*", None]}
            )

        return self._act(pk, act, "登录已结束")

    @expose("/<int:pk>/hand-over", methods=["GET", "POST"])
    @permission_name("hand_over")
    def hand_over(self, pk: int) -> Any:
        """Give everything under way to somebody else."""
        account = self._get(pk)
        form = HandOverForm()
        candidates = handover.candidates(account)
        form.to.offer(
            (one.id, f"{one.name}（{one.user.username}）{one.post or ''}") for one in candidates
        )
        if form.validate_on_submit():
            with unit_of_work():
                tasks, cases = handover.hand_over(account, self._get(form.to.number or 0))
            flash(f"已移交待办 {tasks} 项、在办申请 {cases} 项", "success")
            return self._to(pk)
        page = self.render(
            "security/hand_over.html",
            title=f"移交{account.name}的工作",
            account=account,
            tasks=handover.open_tasks(account),
            cases=handover.running_cases(account),
            form=form,
        )
        return page, form.status

    @expose("/<int:pk>/tokens", methods=["GET", "POST"])
    @permission_name("token")
    def tokens(self, pk: int) -> Any:
        """Make tokens for a system."""
        account = self._get(pk)
        if not account.is_system:
            raise Conflict("只有接口账户可以由管理员建立令牌")
        return token_page(
            account,
            "system",
            f"{account.name}的访问令牌",
            here=url_for(f"{self.endpoint}.tokens", pk=pk),
            back=url_for(f"{self.endpoint}.show", pk=pk),
        )

    # -- shared

    def _get(self, pk: int) -> Account:
        account = accounts.get(pk)
        if not directory.visible(account, self.function):
            raise NotFound("账户不存在，或不在您的管理范围内")
        return account

    def _to(self, pk: int) -> Any:
        return redirect(url_for(f"{self.endpoint}.show", pk=pk))

    def _refuse_own(self, account: Account) -> None:
        if account.id == current_actor().user_id:
            raise Refused("不能对自己的账户做这项操作，请由另一位管理员办理")

    def _act(self, pk: int, act: Callable[[Account], None], words: str) -> Any:
        account = self._get(pk)
        self._refuse_own(account)
        try:
            with unit_of_work():
                act(account)
        except UserError as error:
            flash(error.message, "error")
        else:
            flash(words, "success")
        return self._to(pk)

    def _first_password(self, account: Account) -> str:
        """Set a password that must be changed; "" when it went out by SMS and nobody need see it."""
        password = passwords.set_initial(account)
        if not account.phone:
            return password
        sms.send_initial(account.phone, account.user.username, password, account.id)
        return ""

    def _shown(self, account: Account, password: str = "", words: str = "") -> str:
        titles = directory.titles_of([account.id]).get(account.id, [])
        return self.render(
            "security/account.html",
            title=account.name,
            account=account,
            organisation=ownership.titles([account.org_id]).get(account.org_id, ""),
            district=_district_title(account.district),
            roles=titles,
            state=directory.state_of(account, bool(titles), clock.now()),
            states=directory.STATES,
            tones=directory.TONES,
            sessions=sessions.open_sessions(account.id),
            sign_ins=signin.latest(account.id),
            results=signin.RESULTS,
            changes=pages.changes(accounts.OBJECT, account.id),
            under_way=handover.count(account),
            may=self.may,
            assign_at=pages.address_to_assign(account.id),
            is_self=account.id == current_actor().user_id,
            password=password,
            words=words,
            unsent=sms.trouble_of_initial(account.id) if account.must_change_password else "",
        )

    def _page(self, account: Account | None, form: AccountForm) -> str:
        org_id = id_of(form.org_id.data)
        return self.render(
            "security/account_form.html",
            title=f"修改{account.name}" if account else "开通账户",
            account=account,
            form=form,
            organisation=ownership.titles([org_id]).get(org_id, ""),
        )


def _form(**known: str) -> AccountForm:
    form = AccountForm(**known)
    form.district.offer(_districts())
    return form


def _values(form: AccountForm) -> dict[str, Any]:
    """Return what the form says of the person, but for the user name."""
    values: dict[str, Any] = {name: getattr(form, name).data or None for name in FORM}
    return values | {"name": form.name.data, "org_id": id_of(form.org_id.data)}


def _districts() -> list[tuple[str, str]]:
    project = registry.project()
    kind = registry.object(project.organisation).field(project.organisation_district).type
    if not isinstance(kind, Dict):
        return []
    return [(entry.code, entry.title) for entry in dictionaries.entries(kind.of)]


def _district_title(code: str | None) -> str:
    return dict(_districts()).get(code or "", code or "")


def _cells(person: directory.Person) -> tuple[Any, ...]:
    account = person.account
    return (
        account.name,
        account.user.username,
        person.organisation,
        account.post,
        directory.masked_phone(account.phone),
        "、".join(person.roles),
        person.state_title,
        pages.moment(account.opened_at),
        pages.moment(account.user.last_login),
    )
