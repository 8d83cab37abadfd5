"""`runtime.policies`: what the rules measure by, version by version, with its source."""

from collections.abc import Sequence
from datetime import date
from itertools import zip_longest
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from sqlalchemy import select

from app.core import clock
from app.core.db.database import session, unit_of_work
from app.core.declare import Policy, registry
from app.core.errors import NotFound, UserError
from app.core.reference import dictionaries, policy_edits, policy_versions
from app.core.reference.policies import PolicyVersion
from app.core.reference.policy_edits import Typed
from app.web.screens import Screen, chronicle, screen
from app.web.screens.forms import VersionForm, version_form

SPARE = 2  # empty lines at the end of a table that is filled in


@screen("policies")
class PoliciesScreen(Screen):
    """Policies with what holds on a day."""

    @expose("/")
    @permission_name("view")
    def home(self) -> str:
        """List what holds today, or on the day that was asked for."""
        on, wrong = _day()
        return self.render(
            "runtime/policies.html",
            rows=policy_versions.held(on),
            on=on,
            wrong=wrong,
            **self._words(),
        )

    @expose("/<name>")
    @permission_name("view")
    def show(self, name: str) -> str:
        """Show all versions of a policy, and which holds on a day."""
        item = policy_versions.policy(name)
        on, wrong = _day()
        versions = policy_versions.versions(name)
        rows = [version.row for version in versions]
        return self.render(
            "runtime/policy.html",
            title=item.title,
            item=item,
            on=on,
            wrong=wrong,
            held=policy_versions.held_of(item, rows, on),
            now=policy_versions.held_of(item, rows, clock.today()),
            versions=versions,
            uses=policy_versions.uses(name),
            today=clock.today(),
            **self._words(),
        )

    @expose("/<name>/new", methods=["GET", "POST"])
    @permission_name("edit")
    def new(self, name: str) -> Any:
        """Add a version."""
        item = policy_versions.policy(name)
        begun = self._begun(item)
        form = version_form(item, begun)
        form.level.offer(
            [(item.level, item.level)] if item.takes else policy_versions.LEVELS.items()
        )
        if not form.is_submitted():
            return self._form(item, form, begun)
        typed = _typed(item, form)
        if form.more.data:
            return self._form(item, form, typed, more=SPARE + 3)
        if form.validate_on_submit():
            try:
                with unit_of_work():
                    row = policy_edits.add(name, typed, form.seen.data)
            except UserError as error:
                session.rollback()
                form.refuse(error)
            else:
                flash(f"已增加版本，自 {row.valid_from} 起适用", "success")
                return redirect(url_for(f"{self.endpoint}.show", name=name), code=303)
        return self._form(item, form, typed), form.status

    @expose("/<name>/<int:pk>/withdraw", methods=["POST"])
    @permission_name("edit")
    def withdraw(self, name: str, pk: int) -> Any:
        """Take back a version that has not begun."""
        try:
            with unit_of_work():
                row = policy_edits.withdraw(policy_versions.policy(name).name, pk)
        except NotFound:
            raise
        except UserError as error:
            flash(error.message, "error")
        else:
            flash(f"已撤销自 {row.valid_from} 起的版本", "success")
        return redirect(url_for(f"{self.endpoint}.show", name=name), code=303)

    # -- shared

    def _begun(self, item: Policy) -> Typed:
        """Return a form that begins with what holds now, or with what is shipped."""
        rows = [version.row for version in policy_versions.versions(item.name)]
        now = policy_versions.held_of(item, rows, clock.today())
        from_default = request.args.get("like") == "default"
        typed = policy_edits.typed_of(item, now.default if from_default else now.row)
        typed.valid_from = clock.today().isoformat()
        if not from_default:
            typed.source = ""  # a new version has a source of its own
        return typed

    def _form(self, item: Policy, form: VersionForm, typed: Typed, more: int = SPARE) -> str:
        blank = (tuple("" for _ in item.by), "")
        rows = [*typed.rows, *([blank] * more if item.by else [])]
        versions = policy_versions.versions(item.name)
        form.show_version(policy_edits.stamp(item.name))
        return self.render(
            "runtime/policy_form.html",
            title=f"{item.title}：新增版本",
            item=item,
            form=form,
            rows=rows or [blank],
            today=clock.today(),
            now=policy_versions.held_of(item, [v.row for v in versions], clock.today()),
            **self._words(),
        )

    def _words(self) -> dict[str, Any]:
        return {
            "levels": policy_versions.LEVELS,
            "text_of": policy_versions.text_of,
            "cells_of": policy_versions.cells_of,
            "key_text": policy_versions.key_text,
            "entries": dictionaries.entries,
            "value_text": policy_versions.value_text,
            "listed": policy_versions.listed,
            "may": self.may,
        }


def _day() -> tuple[date, str]:
    text = request.args.get("on", "").strip()
    if not text:
        return clock.today(), ""
    try:
        return date.fromisoformat(text), ""
    except ValueError:
        return clock.today(), f"“{text[:20]}”不是日期，以下为今天适用的规定"


def _typed(item: Policy, form: VersionForm) -> Typed:
    columns = [form[f"key{place}"].data for place in range(len(item.by))]
    values = form.value.data
    lines = zip_longest(*columns, values, fillvalue="")  # nothing is cut: what is too long is told
    rows = [(tuple(keys), text) for *keys, text in lines]
    if item.by:
        rows = [row for row in rows if any(row[0]) or row[1]]
    return Typed(
        valid_from=form.valid_from.data,
        level=form.level.data,
        source=form.source.data.strip(),
        profile=form.profile.data,
        rows=rows,
    )


def _names(ids: Sequence[int]) -> dict[int, str]:
    declared = registry.registry().policies
    found = session.execute(
        select(PolicyVersion.id, PolicyVersion.policy).where(PolicyVersion.id.in_(ids))
    )
    return {row.id: declared[row.policy].title for row in found if row.policy in declared}


chronicle.keep(
    policy_versions.OBJECT,
    chronicle.Kept(
        "政策参数",
        {
            "content": "规定",
            "valid_from": "生效日期",
            "level": "不符合时",
            "source": "依据",
        },
        _names,
    ),
)
