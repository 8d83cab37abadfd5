"""`runtime.roles`: what each role may do, and who holds it."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name

from app.core.access.actor import current_actor
from app.core.db.database import session, unit_of_work
from app.core.db.row_ids import id_of
from app.core.declare import registry
from app.core.errors import NotFound, UserError
from app.security import accounts, directory, operation_titles, roles, shipped
from app.security.matrix import matrix
from app.security.models import Account, RoleProfile
from app.security.screens import pages, workbook
from app.security.screens.forms import AssignForm, GrantsForm, RoleForm
from app.security.screens.why import WhyRoutes
from app.web.page.paging import Address, Pager
from app.web.screens import screen

FORM = ("title", "reach", "face", "purpose")


@screen("roles")
class RolesScreen(WhyRoutes):
    """Roles, their matrix, their holders."""

    @expose("/")
    @permission_name("view")
    def home(self) -> str:
        """List roles."""
        search = request.args.get("q", "").strip()[:60]
        found = [
            role
            for role in roles.all_roles(granted=True)
            if search in f"{role.title}{role.purpose or ''}"
        ]
        return self.render(
            "security/roles.html",
            rows=[
                (role, len(role.role.permissions), difference)
                for role, difference in zip(found, roles.differences(found), strict=True)
            ],
            holders=roles.count_holders(),
            search=search,
            may=self.may,
            **_words(),
        )

    @expose("/export")
    @permission_name("view")
    def export(self) -> Any:
        """Send the whole matrix: role, function, operation, shipped or not."""
        rows = [
            (role.role.id, role.title, function, operation_titles.function_title(function), pair,
             operation_titles.operation_title(function, operation))
            for role in roles.all_roles(granted=True)
            for function, operation, pair in roles.numbered_pairs(role)
        ]  # fmt: skip
        heads = ("角色 ID", "角色名称", "功能编号", "功能名称", "权限 ID", "权限名称")
        return workbook.send("角色权限", heads, rows)

    @expose("/new", methods=["GET", "POST"])
    @permission_name("add")
    def new(self) -> Any:
        """Make a role, empty or like another one."""
        copied = id_of(request.args.get("copy") or RoleForm().copy.data)
        source = roles.get(copied) if copied is not None else None
        known = _described(source) if source else {"reach": "all", "face": "office"}
        form = _form(None, **{**known, "title": "", "copy": source.id if source else ""})
        if form.validate_on_submit():
            try:
                with unit_of_work():
                    made = roles.create(_values(form), source)
            except UserError as error:
                session.rollback()
                form.refuse(error)
            else:
                flash(f"已新建角色“{made.title}”，请设置它的权限", "success")
                return redirect(url_for(f"{self.endpoint}.grants", pk=made.id))
        return self._edited(None, form, source), form.status

    @expose("/<int:pk>")
    @permission_name("view")
    def show(self, pk: int) -> str:
        """Show what the role may do and who holds it."""
        role = roles.get(pk)
        return self._page(role, only_held=request.args.get("all") != "1", editing=False)

    @expose("/<int:pk>/edit", methods=["GET", "POST"])
    @permission_name("edit")
    def edit(self, pk: int) -> Any:
        """Change title, reach, purpose and exclusions."""
        role = roles.get(pk)
        form = _form(role, **_described(role))
        if form.validate_on_submit():
            try:
                with unit_of_work():
                    roles.change(role, _values(form))
            except UserError as error:
                session.rollback()
                form.refuse(error)
            else:
                flash("已保存", "success")
                return self._to(pk)
        return self._edited(roles.get(pk), form), form.status

    @expose("/<int:pk>/grants", methods=["GET", "POST"])
    @permission_name("edit")
    def grants(self, pk: int) -> Any:
        """Change what the role may do."""
        role = roles.get(pk)
        form = GrantsForm()
        if not form.validate_on_submit():
            return self._page(role, only_held=False, editing=True)
        wanted = [
            (function, operation)
            for function, dot, operation in (raw.partition(".") for raw in form.grant.data)
            if dot
        ]
        return self._try(pk, lambda: _told(roles.set_grants(role, wanted)))

    @expose("/<int:pk>/reset", methods=["POST"])
    @permission_name("edit")
    def reset(self, pk: int) -> Any:
        """Bring a shipped role back to what this release ships."""
        role = roles.get(pk)

        def act() -> str:
            roles.reset(role)
            return "已恢复为默认权限"

        return self._try(pk, act)

    @expose("/<int:pk>/delete", methods=["POST"])
    @permission_name("delete")
    def delete(self, pk: int) -> Any:
        """Delete a role that nobody holds."""
        role = roles.get(pk)
        try:
            with unit_of_work():
                roles.delete(role)
        except UserError as error:
            flash(error.message, "error")
            return self._to(pk)
        flash("角色已删除", "success")
        return redirect(url_for(f"{self.endpoint}.home"))

    @expose("/people")
    @permission_name("view")
    def people(self) -> str:
        """List accounts to assign roles to."""
        asked = directory.read(request.args)
        totals = directory.counts(asked, self.function)
        return self.render(
            "security/people.html",
            title="分配角色",
            asked=asked,
            people=directory.find(asked, self.function),
            totals=totals,
            states=directory.STATES,
            roles=roles.all_roles(),
            pager=Pager(asked.page, asked.size, totals[asked.state]),
            address=Address(request.args),
            may=self.may,
        )

    @expose("/people/<int:pk>", methods=["GET", "POST"])
    @permission_name("assign")
    def assign(self, pk: int) -> Any:
        """Choose the roles of one person."""
        account = self._person(pk)
        everyone = roles.all_roles()
        form = AssignForm(role=[role.name for role in account.user.roles])
        form.role.offer((role.role.name, role.title) for role in everyone)
        if form.validate_on_submit():
            try:
                with unit_of_work():
                    roles.assign(account, form.role.data)
            except UserError as error:
                session.rollback()
                form.refuse(error, roles="role")
            else:
                flash(f"已保存{account.name}的角色", "success")
                return redirect(url_for(f"{self.endpoint}.people", q=account.user.username))
        account, everyone = self._person(pk), roles.all_roles()
        page = self.render(
            "security/assign.html",
            title=f"{account.name}的角色",
            account=account,
            form=form,
            roles=[(role, roles.apart_from(role, everyone)) for role in everyone],
            is_self=account.id == current_actor().user_id,
            **_words(),
        )
        return page, form.status

    @expose("/who")
    @permission_name("view")
    def who(self) -> str:
        """Tell who may do an operation on a function, and through which roles."""
        functions = registry.registry().functions
        chosen = functions.get(request.args.get("function", ""))
        operation = request.args.get("operation", "view")
        found = []
        if chosen is not None:
            if operation not in shipped.operations(chosen):
                operation = "view"
            pair = (chosen.id, operation)
            found = [role for role in roles.all_roles(granted=True) if pair in roles.pairs_of(role)]
        return self.render(
            "security/who.html",
            title="谁能办理",
            functions=sorted(functions.values(), key=lambda item: item.id),
            chosen=chosen,
            operation=operation,
            operations=[
                (name, operation_titles.operation_title(chosen.id, name))
                for name in shipped.operations(chosen)
            ]
            if chosen
            else [],
            found=[(role, [p for p in roles.holders(role) if p.user.is_active]) for role in found],
            **_words(),
        )  # fmt: skip

    # -- shared

    def _person(self, pk: int) -> Account:
        account = accounts.get(pk)
        if not directory.visible(account, self.function):
            raise NotFound("账户不存在，或不在您的管理范围内")
        return account

    def _to(self, pk: int) -> Any:
        return redirect(url_for(f"{self.endpoint}.show", pk=pk))

    def _try(self, pk: int, act: Any) -> Any:
        try:
            with unit_of_work():
                told = act()
        except UserError as error:
            flash(error.message, "error")
        else:
            flash(told, "success")
        return self._to(pk)

    def _page(self, role: RoleProfile, *, only_held: bool, editing: bool) -> str:
        held = roles.pairs_of(role)
        own = role.role.name not in registry.registry().roles
        default = held if own else roles.shipped_pairs(role)
        difference = roles.difference(role)
        return self.render(
            "security/role.html",
            title=role.title,
            role=role,
            groups=matrix(held, default, only_held=only_held),
            common=operation_titles.COMMON,
            only_held=only_held,
            editing=editing,
            difference=difference,
            difference_words=[
                (
                    verb,
                    f"{operation_titles.function_title(f)} · {operation_titles.operation_title(f, o)}",
                )
                for verb, pairs in (
                    ("增加", difference.added),
                    ("收回", difference.removed),
                )
                for f, o in sorted(pairs)
            ],
            holders=roles.holders(role),
            excluded=roles.apart_from(role, roles.all_roles()),
            changes=pages.changes(roles.OBJECT, role.id),
            is_own=role.role.name in current_actor().roles,
            may=self.may,
            **_words(),
        )

    def _edited(
        self, role: RoleProfile | None, form: RoleForm, source: RoleProfile | None = None
    ) -> str:
        return self.render(
            "security/role_form.html",
            title=f"修改“{role.title}”" if role else "新建角色",
            role=role,
            form=form,
            source=source,
        )


def _words() -> dict[str, Any]:
    return {"reach_titles": roles.REACH_TITLES, "face_titles": roles.FACE_TITLES}


def _form(role: RoleProfile | None, **known: Any) -> RoleForm:
    form = RoleForm(**known)
    form.face.offer(roles.FACE_TITLES.items())
    form.reach.offer(roles.REACH_TITLES.items())
    others = [item for item in roles.all_roles() if item is not role]
    form.excludes.offer((item.role.name, item.title) for item in others)
    return form


def _values(form: RoleForm) -> dict[str, str]:
    values = {name: getattr(form, name).data.strip() for name in FORM}
    return values | {"excludes": ",".join(form.excludes.data)}


def _described(role: RoleProfile) -> dict[str, Any]:
    known = {name: getattr(role, name) or "" for name in FORM}
    return known | {"excludes": (role.excludes or "").split(",")}


def _told(change: roles.Difference) -> str:
    if not change:
        return "没有改动"
    return f"已保存：新增 {len(change.added)} 项，收回 {len(change.removed)} 项，即时生效"
