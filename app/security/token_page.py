"""The page on which tokens of an account are made and ended."""

from typing import Any

from flask import flash, redirect, render_template, request

from app.core import clock
from app.core.database import session, unit_of_work
from app.core.errors import Conflict, UserError
from app.security import tokens
from app.security.models import Account
from app.security.words import function_title


def token_page(account: Account, kind: str, title: str, *, here: str, back: str) -> Any:
    """Show the tokens; make one or end one, as the form says."""
    if request.method != "POST":
        return _page(account, kind, title, here, back)
    try:
        if request.form.get("revoke"):
            return _revoke(account, request.form["revoke"], here)
        with unit_of_work():
            text = tokens.issue(
                account,
                request.form.get("title", ""),
                set(request.form.getlist("function")) & set(tokens.allowed(account)),
                tokens.expiry(request.form.get("days", ""), kind),
                kind=kind,
            )
    except UserError as error:
        session.rollback()
        return _page(account, kind, title, here, back, error=error), error.status
    return _page(account, kind, title, here, back, text=text)


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
    *,
    text: str = "",
    error: UserError | None = None,
) -> str:
    return render_template(
        "security/tokens.html",
        title=title,
        rows=tokens.tokens_of(account),
        functions=[(name, function_title(name)) for name in tokens.allowed(account)],
        titles=function_title,
        longest=tokens.LONGEST[kind].days,
        now=clock.now(),
        here=here,
        back=back,
        text=text,
        typed=request.form,
        chosen=set(request.form.getlist("function")),
        faults={fault.path: fault.message for fault in error.faults} if error else {},
        refusal=error.message if error else "",
    )
