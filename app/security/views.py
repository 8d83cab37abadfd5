"""Pages of signing in and out, of a forgotten password, of registration, and of one's own account."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import permission_name

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.errors import Conflict, Fault, NotFound, Rejected, UserError
from app.core.types import Phone
from app.flow.execution import directory
from app.flow.people import deputies
from app.security import accounts, passwords, request_identity, sessions, signin, sms, sms_codes
from app.security.demonstration import PASSWORD, listed
from app.security.forms import (
    LONGEST_ADDRESS,
    DeputyForm,
    ForgottenForm,
    PasswordForm,
    PhoneForm,
    RegisterForm,
    SignInForm,
)
from app.security.gate import safe_next
from app.security.models import Account, ServerSession
from app.security.newcomers import newcomer_role, where_to_register
from app.security.token_page import token_page
from app.web.screens.form import ScreenForm

SENT = "如果该手机号可以使用，验证码已经发出，10 分钟内有效"


def _next(form: SignInForm) -> str | None:
    """Return where the person was; an address that no form takes is left out, else nobody could sign in."""
    target = safe_next(request.args.get("next") or form.next.data)
    return target if target is None or len(target) <= LONGEST_ADDRESS else None


class SignInView(BaseView):
    """Ways in and out; all but the way out are open to everybody."""

    route_base = ""
    default_view = "login"

    @expose("/sign-in", methods=["GET", "POST"])
    @permission_name("sign_in")
    def login(self) -> Any:
        """Ask for name and password; lead back to where the person was."""
        form = SignInForm()
        target = form.next.data = _next(form)
        if not form.is_submitted() and request_identity.signed_in():
            return redirect(target or _home())
        if form.validate_on_submit():
            answer = signin.attempt(form.username.data, form.password.data)
            if answer.account is not None:
                with unit_of_work():
                    sessions.begin(answer.account.id)
                return redirect(target or _home())
            form.refusal, form.status = answer.message, answer.status
        return _page("sign_in", form, demonstration=listed()), form.status

    @expose("/sign-out", methods=["POST"])
    @permission_name("sign_out")
    def sign_out(self) -> Any:
        """End this session."""
        with unit_of_work():
            sessions.end_own("本人退出")
        flash("您已退出登录", "success")
        return redirect(url_for("SignInView.login"))

    @expose("/forgotten", methods=["GET", "POST"])
    @permission_name("forgotten")
    def forgotten(self) -> Any:
        """Set a new password against a code sent to the account's telephone."""
        form = ForgottenForm()
        if form.validate_on_submit():
            try:
                with_code(form, "forgotten", lambda: self._set_forgotten(form))
            except UserError as error:
                form.refuse(error)
            else:
                flash("密码已重设，请用新密码登录", "success")
                return redirect(url_for("SignInView.login"))
        return _page("forgotten", form), form.status

    def _set_forgotten(self, form: ForgottenForm) -> None:
        account = accounts.by_phone(form.phone.data)
        if not _may_reset(account):
            raise sms_codes.refuse()
        passwords.set_password(account, form.password.data, first=False)
        accounts.unlock(account)
        sessions.end_all(account.id, "密码重设")

    @expose("/forgotten/code", methods=["POST"])
    @permission_name("forgotten")
    def forgotten_code(self) -> Any:
        """Send a code, if the telephone has an account; the answer is the same if not."""
        form = PhoneForm()
        account = accounts.by_phone(form.phone.data)
        return _send_code(form, "forgotten", "重设密码", wanted=_may_reset(account))

    @expose("/register", methods=["GET", "POST"])
    @permission_name("register")
    def register(self) -> Any:
        """Open an account for somebody whose organisation is not yet known here."""
        _offered()
        form = RegisterForm()
        if form.validate_on_submit():
            try:
                account = with_code(form, "register", lambda: self._open(form))
            except UserError as error:
                form.refuse(error)
            else:
                with unit_of_work():
                    sessions.begin(account.id)
                flash("注册成功。下一步：填报并提交本单位的备案。", "success")
                return redirect(where_to_register() or "/")
        return _page("register", form), form.status

    def _open(self, form: RegisterForm) -> Any:
        with acting_as(SYSTEM):
            return accounts.open_account(
                name=form.name.data,
                phone=form.phone.data,
                post=form.post.data,
                roles=(_offered(),),
                password=form.password.data,
            )

    @expose("/register/code", methods=["POST"])
    @permission_name("register")
    def register_code(self) -> Any:
        """Send a code, unless the telephone already has an account; the answer is the same."""
        _offered()
        form = PhoneForm()
        taken = accounts.by_phone(form.phone.data)
        return _send_code(form, "register", "注册账户", wanted=taken is None)


def _offered() -> str:
    """Return the role of those who register themselves; refuse where there is none."""
    role = newcomer_role()
    if role is None:
        raise NotFound("本系统不开放自行注册，请联系管理员开通账户。")
    return role


class AccountView(BaseView):
    """One's own account: who one is, password, where one is signed in."""

    route_base = "/me"
    default_view = "show"

    @expose("")
    @permission_name("own")
    def show(self) -> Any:
        """Show one's own account."""
        signed = _signed()
        return render_template(
            "security/me.html",
            title="我的账户",
            account=signed.account,
            roles=sorted(signed.grants.titles.values()),
            sessions=sessions.open_sessions(signed.user.id),
            here=signed.session.id if signed.session else None,
            sign_ins=signin.latest(signed.user.id),
            results=signin.RESULTS,
        )

    @expose("/password", methods=["GET", "POST"])
    @permission_name("own")
    def password(self) -> Any:
        """Change one's own password; asks for the old one."""
        signed = _signed()
        known = {
            "first": signed.must_change_password,
            "expired": not signed.account.must_change_password,
            "username": signed.user.username,
        }
        form = PasswordForm()
        if known["first"] and not known["expired"]:
            form.old.label.text = "初始密码"
        if form.validate_on_submit():
            try:
                with unit_of_work():
                    self._change(signed, form)
            except UserError as error:
                session.refresh(signed.account)
                form.refuse(error)
            else:
                flash("密码已修改，其他设备上的登录已结束", "success")
                return redirect(_home())
        return _page("password", form, **known), form.status

    def _change(self, signed: request_identity.Signed, form: PasswordForm) -> None:
        if not passwords.matches(signed.user, form.old.data):
            raise Rejected([Fault("old", f"{form.old.label.text}不正确")])
        passwords.set_password(signed.account, form.password.data, first=False)
        sessions.end_all(signed.user.id, "密码修改")
        sessions.begin(signed.user.id)

    @expose("/sessions/<int:pk>/end", methods=["POST"])
    @permission_name("own")
    def end_session(self, pk: int) -> Any:
        """End one's own session elsewhere."""
        signed = _signed()
        with unit_of_work():
            row = session.get(ServerSession, pk)
            if row is None or row.user_id != signed.user.id:
                raise Conflict("该登录已结束")
            sessions.end_one(row, "本人结束")
        flash("已结束该登录", "success")
        return redirect(url_for("AccountView.show"))

    @expose("/deputies", methods=["GET", "POST"])
    @permission_name("own")
    def deputies(self) -> Any:
        """Name who stands for oneself while away, and see for whom one stands."""
        signed = _signed()
        form = DeputyForm(first=clock.today().isoformat())
        colleagues = directory.source.colleagues(signed.user.id)
        form.deputy.offer((one.id, one.name) for one in colleagues)
        if form.validate_on_submit():
            try:
                deputies.name(
                    signed.user.id,
                    form.deputy.number,
                    form.first.day,
                    form.last.day,
                    form.reason.data,
                )
            except UserError as error:
                form.refuse(error)
            else:
                flash("已委托代理", "success")
                return redirect(url_for("AccountView.deputies"))
        page = render_template(
            "security/deputies.html",
            title="委托代理",
            today=clock.today(),
            given=deputies.of_person(signed.user.id),
            taken=deputies.standing_for(signed.user.id),
            form=form,
        )
        return page, form.status

    @expose("/deputies/<int:pk>/end", methods=["POST"])
    @permission_name("own")
    def end_deputy(self, pk: int) -> Any:
        """End what one has given to a deputy."""
        row = deputies.end(pk, _signed().user.id)
        flash(f"已结束对{row.deputy_name}的委托", "success")
        return redirect(url_for("AccountView.deputies"))

    @expose("/tokens", methods=["GET", "POST"])
    @permission_name("own")
    def tokens(self) -> Any:
        """Make and end one's own tokens for programs."""
        here, back = url_for("AccountView.tokens"), url_for("AccountView.show")
        return token_page(_signed().account, "person", "我的访问令牌", here=here, back=back)


def with_code(form: ForgottenForm | RegisterForm, purpose: str, action: Any) -> Any:
    """Use up the code of the form, then act; a wrong try counts even though nothing else happens."""
    with unit_of_work():
        right = sms_codes.check(form.phone.data, purpose, form.code.data)
    if right is None:
        raise sms_codes.refuse()
    with unit_of_work():
        sms_codes.use(right)
        return action()


def _send_code(form: PhoneForm, purpose: str, what: str, *, wanted: bool) -> Any:
    if not form.validate_on_submit():
        return _said(form.phone.errors[0], "error", form.status)
    try:
        phone = str(Phone().parse(form.phone.data))
    except ValueError as error:
        return _said(str(error), "error", 422)
    try:
        with unit_of_work():
            code = sms_codes.make(phone, purpose)
            if wanted:
                sms.send_code(phone, code, what)
    except UserError as error:
        return _said(error.message, "error", error.status)
    return _said(SENT, "success", 200)


def _said(text: str, level: str, status: int) -> Any:
    """Answer a button that asks without leaving the page."""
    return {"message": text, "level": level, "wait": 60 if status == 200 else 0}, status


def _may_reset(account: Account | None) -> bool:
    """A system has no password to reset; a closed account is not opened by a code."""
    return account is not None and bool(account.user.is_active) and not account.is_system


def _signed() -> request_identity.Signed:
    signed = request_identity.signed_in()
    assert signed is not None  # the gate lets nobody else in
    return signed


def _home() -> str:
    signed = request_identity.signed_in()
    if signed and signed.account.org_id is None and signed.grants.faces == {"portal"}:
        return where_to_register() or "/"
    return "/"


def _page(name: str, form: ScreenForm, **values: Any) -> str:
    titles = {
        "sign_in": "登录",
        "forgotten": "忘记密码",
        "register": "注册",
        "password": "修改密码",
    }
    return render_template(
        f"security/{name}.html",
        title=titles[name],
        form=form,
        newcomers=newcomer_role() is not None,
        password_rules=passwords.rules(),
        product=registry.project(),
        demonstration_password=PASSWORD if current_app.config["DEMONSTRATION"] else "",
        **values,
    )
