"""The public page behind the code that is printed on papers."""

from typing import Any

from flask import abort, render_template, request
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import permission_name

from app.core import clock
from app.core.database import elevated, unit_of_work
from app.documents import effects, verify
from app.documents.log import note
from app.web.screens import page

assert effects  # importing it makes the effects known to flows


@page
class VerifyPage(BaseView):
    """Says to anybody whether a paper is valid."""

    route_base = ""
    default_view = "check"

    @expose("/verify/<token>")
    @permission_name("verify")
    def check(self, token: str) -> Any:
        """Show the verdict and what may be public."""
        address = request.remote_addr or ""
        if not verify.allowed(address):
            abort(429)
        verdict = verify.verdict_of(token)
        if verdict.document is not None:
            with elevated(), unit_of_work():
                note(verdict.document, "verified", actor_name="公众", ip=address)
        return render_template(
            "documents/verify.html",
            title="函件查验",
            verdict=verdict.title,
            words=verdict.words,
            tone=verdict.tone,
            rows=verdict.rows,
            now=f"{clock.local(clock.now()):%Y-%m-%d %H:%M}",
        )
