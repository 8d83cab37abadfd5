"""`runtime.dictionaries`: the lists of codes that fields choose from."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from sqlalchemy import select

from app.core.db.database import session, unit_of_work
from app.core.declare import Dictionary, registry
from app.core.errors import NotFound, UserError
from app.core.reference import dictionary_edits, dictionary_entries, policy_versions
from app.core.reference.dictionaries import DictionaryEntry
from app.security.screens import workbook
from app.web.screens import Screen, chronicle, screen
from app.web.screens.forms import EntryForm

HEADS = ("字典", "代码", "名称", "上级代码", "状态", "来源", "默认名称")


@screen("dictionaries")
class DictionariesScreen(Screen):
    """Dictionaries beside the entries of the chosen one."""

    @expose("/")
    @permission_name("view")
    def home(self) -> Any:
        """Show the first dictionary that was asked for."""
        found = self._found(_search())
        if not found:
            return self._page(None, found)
        return self._page(found[0], found)

    @expose("/<name>")
    @permission_name("view")
    def show(self, name: str) -> Any:
        """Show the entries of a dictionary."""
        return self._page(dictionary_entries.dictionary(name), self._found(_search()))

    @expose("/<name>/used")
    @permission_name("view")
    def used(self, name: str) -> str:
        """Count how often the entries on the page are used; asked for after the page has come."""
        parent, search = _level()
        lines = dictionary_entries.lines(name, parent, search)
        numbers = dictionary_entries.used(
            dictionary_entries.dictionary(name).name, [line.entry.code for line in lines]
        )
        return render_template("runtime/dictionary_used.html", lines=lines, numbers=numbers)

    @expose("/export")
    @permission_name("export")
    def export_all(self) -> Any:
        """Send all dictionaries as a workbook."""
        rows = [
            row for item in registry.registry().dictionaries.values() for row in _sheet_rows(item)
        ]
        return workbook.send(self.declared.title, HEADS, rows)

    @expose("/<name>/export")
    @permission_name("export")
    def export(self, name: str) -> Any:
        """Send one dictionary as a workbook."""
        item = dictionary_entries.dictionary(name)
        return workbook.send(item.title, HEADS, _sheet_rows(item))

    @expose("/<name>/new", methods=["GET", "POST"])
    @permission_name("add")
    def new(self, name: str) -> Any:
        """Add an entry."""
        item = dictionary_entries.dictionary(name)
        form = _form(item, None, {"parent": request.args.get("under", "")[:40]})
        if form.validate_on_submit():
            try:
                with unit_of_work():
                    made = dictionary_edits.add(
                        name, form.code.data, form.title.data, form.parent.data, form.like.data
                    )
            except UserError as error:
                form.refuse(error)
            else:
                flash(f"已增加“{made.title}”，即时可选", "success")
                _remind(made)
                return self._to(name, made.parent or "")
        return self._entry(item, None, form), form.status

    @expose("/<name>/<int:pk>")
    @permission_name("view")
    def entry(self, name: str, pk: int) -> Any:
        """Show one entry: its name, where it is used, what happened to it."""
        row = dictionary_entries.get(name, pk)
        item = dictionary_entries.dictionary(name)
        return self._entry(item, row, _form(item, row, _held(row)))

    @expose("/<name>/<int:pk>/edit", methods=["POST"])
    @permission_name("edit")
    def edit(self, name: str, pk: int) -> Any:
        """Rename an entry."""
        item = dictionary_entries.dictionary(name)
        form = _form(item, dictionary_entries.get(name, pk))
        if form.validate_on_submit():
            try:
                with unit_of_work():
                    row = dictionary_entries.get(name, pk, lock=True)
                    seen = form.seen.data
                    is_changed = dictionary_edits.change(
                        row, form.title.data, form.parent.data, seen
                    )
            except NotFound:
                raise
            except UserError as error:
                session.rollback()
                form.refuse(error)
            else:
                flash("已保存，即时生效" if is_changed else "没有改动", "success")
                return self._to(name, row.parent or "")
        return self._entry(item, dictionary_entries.get(name, pk), form), form.status

    @expose("/<name>/<int:pk>/move/<way>", methods=["POST"])
    @permission_name("edit")
    def move(self, name: str, pk: int, way: str) -> Any:
        """Move an entry up or down among its neighbours."""
        with unit_of_work():
            row = dictionary_entries.get(name, pk, lock=True)
            dictionary_edits.move(row, -1 if way == "up" else 1)
        return self._to(name, row.parent or "", f"entry-{pk}")

    @expose("/<name>/<int:pk>/disable", methods=["POST"])
    @permission_name("disable")
    def disable(self, name: str, pk: int) -> Any:
        """Take an entry out of use; records that have it keep it."""

        def act(row: DictionaryEntry) -> str:
            dictionary_edits.set_disabled(row, True)
            return f"已停用“{row.title}”：新填报不再可选，已有记录不受影响"

        return self._try(name, pk, act)

    @expose("/<name>/<int:pk>/enable", methods=["POST"])
    @permission_name("disable")
    def enable(self, name: str, pk: int) -> Any:
        """Bring an entry back into use."""

        def act(row: DictionaryEntry) -> str:
            dictionary_edits.set_disabled(row, False)
            _remind(row)
            return f"已启用“{row.title}”"

        return self._try(name, pk, act)

    @expose("/<name>/<int:pk>/restore", methods=["POST"])
    @permission_name("edit")
    def restore(self, name: str, pk: int) -> Any:
        """Bring an entry back to what is shipped."""

        def act(row: DictionaryEntry) -> str:
            dictionary_edits.restore(row)
            return f"“{row.title}”已恢复为默认"

        return self._try(name, pk, act)

    @expose("/<name>/<int:pk>/delete", methods=["POST"])
    @permission_name("delete")
    def delete(self, name: str, pk: int) -> Any:
        """Delete an entry of one's own that nothing uses."""

        def act(row: DictionaryEntry) -> str:
            dictionary_edits.delete(row)
            return f"已删除“{row.title}”"

        return self._try(name, pk, act)

    @expose("/<name>/order", methods=["POST"])
    @permission_name("edit")
    def order(self, name: str) -> Any:
        """Bring the entries back into the shipped order."""
        with unit_of_work():
            dictionary_edits.restore_order(dictionary_entries.dictionary(name).name)
        flash("已恢复默认顺序", "success")
        return self._to(name)

    # -- shared

    def _to(self, name: str, under: str = "", place: str = "") -> Any:
        address = url_for(f"{self.endpoint}.show", name=name, under=under or None)
        return redirect(address + (f"#{place}" if place else ""), code=303)

    def _try(self, name: str, pk: int, act: Any) -> Any:
        try:
            with unit_of_work():
                row = dictionary_entries.get(name, pk, lock=True)
                under = row.parent or ""
                told = act(row)
        except NotFound:
            raise
        except UserError as error:
            flash(error.message, "error")
            under = dictionary_entries.get(name, pk).parent or ""
        else:
            flash(told, "success")
        return self._to(name, under)

    def _found(self, search: str) -> list[Dictionary]:
        every = registry.registry().dictionaries.values()
        if not search:
            return list(every)
        having = dictionary_entries.having(search)
        return [item for item in every if search in item.title or item.name in having]

    def _page(self, item: Dictionary | None, found: list[Dictionary]) -> str:
        search = _search()
        parent, narrowed = _level()
        lines: list[dictionary_entries.Line] = []
        if item is not None:
            lines = dictionary_entries.lines(item.name, parent, narrowed)
            if search and not narrowed:
                narrowed = search if _has(item, search, lines) else ""
        return self.render(
            "runtime/dictionaries.html",
            item=item,
            found=found,
            lines=lines,
            ordered=dictionary_entries.in_order(lines),
            totals=dictionary_entries.totals(),
            zero=dictionary_entries.Totals(),
            search=search,
            narrowed=narrowed,
            under=parent,
            tree=item is not None and dictionary_entries.is_tree(item.name),
            way=dictionary_entries.way(item.name, parent) if item is not None and parent else [],
            uses=_places(item.name) if item is not None else [],
            may=self.may,
        )

    def _entry(self, item: Dictionary, row: DictionaryEntry | None, form: EntryForm) -> str:
        form.show_version(dictionary_entries.stamp(row) if row else "")
        return self.render(
            "runtime/dictionary_entry.html",
            title=f"{item.title}：{row.title}" if row else f"{item.title}：新增条目",
            item=item,
            line=dictionary_entries.line_of(row) if row else None,
            form=form,
            tree=dictionary_entries.is_tree(item.name),
            used=dictionary_entries.used_where(row) if row else [],
            changes=chronicle.of(dictionary_entries.OBJECT, row.id) if row else [],
            may=self.may,
        )


def _form(
    item: Dictionary, row: DictionaryEntry | None, held: dict[str, str] | None = None
) -> EntryForm:
    form = EntryForm(**(held or {}))
    tree = dictionary_entries.is_tree(item.name)
    like = bool(item.attributes) and row is None
    others = [line.entry for line in dictionary_entries.lines(item.name)] if tree or like else []
    pairs = [(other.code, other.title) for other in others if other is not row]
    form.parent.offer(pairs if tree else ())
    form.like.offer(pairs if like else ())
    return form


def _search() -> str:
    return request.args.get("q", "").strip()[:60]


def _level() -> tuple[str, str]:
    """Return the parent whose entries are shown, and the word that they must contain."""
    return request.args.get("under", "")[:40], request.args.get("entry", "").strip()[:60]


def _has(item: Dictionary, search: str, lines: list[dictionary_entries.Line]) -> bool:
    return search not in item.title and any(search in line.entry.title for line in lines)


def _remind(row: DictionaryEntry) -> None:
    """Say which policies do not speak of an entry that can be chosen from now on."""
    silent = policy_versions.silent_about(row.dictionary, row.code)
    if silent:
        flash(
            f"政策参数“{'”“'.join(silent)}”没有规定“{row.title}”，暂不检查；请增加版本补上",
            "warning",
        )


def _held(row: DictionaryEntry) -> dict[str, str]:
    return {"code": row.code, "title": row.title, "parent": row.parent or ""}


def _places(name: str) -> list[str]:
    return [f"{obj.title} · {field.title}" for obj, field in dictionary_entries.uses(name)]


def _sheet_rows(item: Dictionary) -> list[tuple[str, ...]]:
    return [
        (
            item.title,
            line.entry.code,
            line.entry.title,
            line.entry.parent or "",
            "停用" if line.entry.disabled else "在用",
            "自行增加" if line.own else "系统预置",
            line.entry.shipped_title or "",
        )
        for line in dictionary_entries.lines(item.name)
    ]


def _names(ids: Sequence[int]) -> dict[int, str]:
    declared = registry.registry().dictionaries
    return {
        row.id: f"{declared[row.dictionary].title if row.dictionary in declared else ''}：{row.title}"
        for row in session.scalars(select(DictionaryEntry).where(DictionaryEntry.id.in_(ids)))
    }


chronicle.keep(
    dictionary_entries.OBJECT,
    chronicle.Kept(
        "数据字典",
        {
            "title": "名称",
            "code": "代码",
            "parent": "上级代码",
            "disabled": "停用",
            "position": "顺序",
        },
        _names,
    ),
)
