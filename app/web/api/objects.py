"""The routes of an object for programs: the same rows, rules and permissions as its screens."""

from typing import Any

from flask import Response, jsonify, request, url_for
from flask_appbuilder.api import BaseApi, expose
from flask_appbuilder.security.decorators import permission_name

from app.core.db.database import unit_of_work
from app.core.declare import Object, registry
from app.core.errors import NotFound
from app.core.records import granted_rows
from app.web.api import reading, values, writing
from app.web.form import uploads

VIEWS = frozenset({"ask", "unask", "advise"})
CAPTURES = frozenset({"capture", "confirm_capture"})
WRITES = VIEWS | CAPTURES | {
    "create", "update", "remove", "act", "preview", "options", "upload", "disable", "enable",
}  # fmt: skip


class ObjectApi(BaseApi):
    """REST of one object. The gate asks for each operation through any function on the object."""

    datamodel: object = None
    object_name: str = ""
    function: str = ""
    csrf_exempt = False  # a browser's session needs the secret of the forms, a token does not
    allow_browser_login = True
    openapi_spec_methods: dict[str, Any] = {}

    @property
    def object(self) -> Object:
        """The object that is served."""
        return registry.object(self.object_name)

    @property
    def exclude_route_methods(self) -> frozenset[str]:  # type: ignore[override]
        """Views are asked for only where a step of the flow lets somebody, devices read where there are any."""
        flow = registry.flow_of(self.object_name)
        asks = flow is not None and any(step.ask for step in flow.steps)
        return (frozenset() if asks else VIEWS) | (
            frozenset() if self.object.captures else CAPTURES
        )

    # -- reading -----------------------------------------------------------------------------------

    @expose("/")
    @permission_name("view")
    def listing(self) -> Response:
        """Return a page of rows."""
        return jsonify(reading.listing(self.object))

    @expose("/<int:pk>")
    @permission_name("view")
    def one(self, pk: int) -> Response:
        """Return one record."""
        return jsonify(reading.one(self.object, pk, checked="check" in request.args))

    @expose("/<int:pk>/files/<int:file_id>")
    @permission_name("view")
    def file(self, pk: int, file_id: int) -> Response:
        """Send a file of a record."""
        record, also = reading.file_of(self.object, pk, file_id)
        inline = "inline" in request.args
        return uploads.send(self.object, record, file_id, inline=inline, also=also)

    # -- writing -----------------------------------------------------------------------------------

    @expose("/", methods=["POST"])
    @permission_name("add")
    def create(self) -> Any:
        """Make a record: a draft where the object has a flow."""
        pk, again = writing.create(self.object)
        answer = jsonify(self._written(pk))
        answer.headers["Location"] = url_for(f"{self.endpoint}.one", pk=pk)
        return answer, 200 if again else 201

    @expose("/<int:pk>", methods=["PATCH"])
    @permission_name("edit")
    def update(self, pk: int) -> Response:
        """Change a record."""
        writing.update(self.object, pk)
        return jsonify(self._written(pk))

    @expose("/<int:pk>", methods=["DELETE"])
    @permission_name("delete")
    def remove(self, pk: int) -> Any:
        """Delete a draft that was never submitted."""
        writing.remove(self.object, pk)
        return "", 204

    @expose("/<int:pk>/disable", methods=["POST"])
    @permission_name("disable")
    def disable(self, pk: int) -> Response:
        """Take a row of reference data out of use."""
        writing.switch(self.object, pk, True)
        return jsonify(self._written(pk))

    @expose("/<int:pk>/enable", methods=["POST"])
    @permission_name("disable")
    def enable(self, pk: int) -> Response:
        """Take a row of reference data back into use."""
        writing.switch(self.object, pk, False)
        return jsonify(self._written(pk))

    @expose("/preview", methods=["POST"])
    @permission_name("view")
    def preview(self) -> Response:
        """Say what follows from values that are being entered."""
        writing.may_fill(self.object)
        return jsonify(writing.preview(self.object))

    @expose("/options/<path:field>", methods=["POST"])
    @permission_name("view")
    def options(self, field: str) -> Response:
        """Return what a reference may take."""
        writing.may_fill(self.object)
        return jsonify(writing.options(self.object, field))

    @expose("/files/<slot>", methods=["POST"])
    @permission_name("view")
    def upload(self, slot: str) -> Any:
        """Take a file; it is this person's own until a record holds it."""
        writing.may_fill(self.object)
        with unit_of_work():
            taken = uploads.take(self.object, slot, "", None)
        return jsonify(values.file(int(taken["id"]))), 201

    # -- acting ------------------------------------------------------------------------------------

    @expose("/<int:pk>/actions/<action>", methods=["POST"])
    @permission_name("act")
    def act(self, pk: int, action: str) -> Response:
        """Take an action on the case of a record."""
        writing.act(self.object, pk, action)
        return jsonify(self._written(pk))

    act.operation_argument = "action"  # type: ignore[attr-defined]

    @expose("/<int:pk>/captures/<name>", methods=["POST"])
    @permission_name("edit")
    def capture(self, pk: int, name: str) -> Response:
        """Let a device read into the record."""
        writing.capture(self.object, pk, name)
        return jsonify(self._written(pk))

    @expose("/<int:pk>/captures/<name>/confirm", methods=["POST"])
    @permission_name("edit")
    def confirm_capture(self, pk: int, name: str) -> Response:
        """Count what a device read although it does not pass."""
        writing.confirm_capture(self.object, pk, name)
        return jsonify(self._written(pk))

    @expose("/<int:pk>/ask", methods=["POST"])
    @permission_name("ask")
    def ask(self, pk: int) -> Response:
        """Ask somebody for a view before deciding."""
        writing.ask(self.object, pk)
        return jsonify(self._written(pk))

    @expose("/<int:pk>/unask", methods=["POST"])
    @permission_name("ask")
    def unask(self, pk: int) -> Response:
        """Take a question back."""
        writing.unask(self.object, pk)
        return jsonify(self._written(pk))

    @expose("/<int:pk>/advise", methods=["POST"])
    @permission_name("advise")
    def advise(self, pk: int) -> Response:
        """Give the view that was asked for."""
        writing.advise(self.object, pk)
        return jsonify(self._written(pk))

    def _written(self, pk: int) -> dict[str, Any]:
        """Return the record as it is now, as far as this person still sees it."""
        try:
            return reading.one(
                self.object, pk, checked=bool(granted_rows.functions(self.object, "edit"))
            )
        except NotFound:
            return {"id": pk}


class RowsApi(ObjectApi):
    """REST of an object whose rows are written through another one."""

    exclude_route_methods = WRITES  # type: ignore[assignment]
