"""The page on which tokens of an account are made and ended."""

from typing import Any

from flask import flash, redirect, render_template

from app.core import clock
from app.core.db.database import session, unit_of_work
from app.core.errors import Conflict, Fault, Rejected, UserError
from app.security import passwords, request_identity, tokens
from app.security.forms import RevokeForm, TokenForm
from app.security.models import Account
from app.security.operation_titles import function_title


def token_page(account: Account, kind: str, title: str, *, here: str, back: str) -> Any:
    """Show the tokens; make one or end one, as the form says."""
    revoke = RevokeForm()
    if revoke.revoke.data:
        form = TokenForm(afresh=True)
        if revoke.validate_on_submit():
            try:
                return _revoke(account, revoke.revoke.data, here)
            except UserError as error:
                session.rollback()
                form.refuse(error)
        return _page(account, kind, title, here, back, form), form.status
    form = TokenForm()
    form.function.offer((name, function_title(name)) for name in tokens.allowed(account))
    text = ""
    if form.validate_on_submit():
        try:
            text = _issue(account, kind, form)
        except UserError as error:
            session.rollback()
            form.refuse(error, functions="function", expires_at="days")
        else:
            form = TokenForm(afresh=True)
    return _page(account, kind, title, here, back, form, text), form.status


def _issue(account: Account, kind: str, form: TokenForm) -> str:
    """Make a token; asks for the maker's own password: a session that was left open is no proof."""
    signed = request_identity.signed_in()
    if not passwords.matches(signed.user if signed else None, form.password.data):
        raise Rejected([Fault("password", "密码不正确")])
    with unit_of_work():
        return tokens.issue(
            account,
            form.title.data,
            set(form.function.data) & set(tokens.allowed(account)),
            tokens.expiry(form.days.data, kind),
            kind=kind,
        )


def _revoke(account: Account, raw: str, here: str) -> Any:
    own = {str(row.id): row.id for row in tokens.tokens_of(account)}
    if raw not in own:
        raise Conflict("令牌不存在")
    with unit_of_work():
        tokens.revoke(own[raw])
    flash("令牌已停用", "success")
    return redirect(here)


def _page(
    account: Account,
    kind: str,
    title: str,
    here: str,
    back: str,
    form: TokenForm,
    text: str = "",
) -> str:
    longest = str(tokens.LONGEST[kind].days)
    form.days.data = form.days.data or longest
    form.function.offer((name, function_title(name)) for name in tokens.allowed(account))
    return render_template(
        "security/tokens.html",
        title=title,
        rows=tokens.tokens_of(account),
        titles=function_title,
        longest=longest,
        now=clock.now(),
        here=here,
        back=back,
        text=text,
        form=form,
    )
