"""The framework's model view with our routes: what all screens of generated functions share."""

import copy
from functools import cached_property
from typing import Any

from flask import abort, g, has_request_context, url_for
from flask_appbuilder import ModelView
from flask_appbuilder.models.base import BaseInterface
from flask_appbuilder.models.sqla.interface import SQLAInterface, _include_filters
from sqlalchemy.orm import SynonymProperty, class_mapper

from app.core.access.actor import current_actor
from app.core.declare import Flow, Function, Object, registry

STOCK_ROUTES = frozenset(
    {"list", "show", "add", "edit", "delete", "download", "action", "action_post"}
)


class DataInterface(SQLAInterface):
    """The framework's access to a model, which looks at the model only when it is first asked.

    The framework's own looks at once; then every model would have to be imported before the
    first view is declared.
    """

    def __init__(self, obj: Any, session: Any = None) -> None:
        BaseInterface.__init__(self, obj)
        _include_filters(self)
        self._session = session

    @cached_property
    def list_properties(self) -> dict[str, Any]:  # type: ignore[override]
        """Mapped attributes by name."""
        mapper = class_mapper(self.obj)
        return {p.key: p for p in mapper.iterate_properties if not isinstance(p, SynonymProperty)}

    @cached_property
    def list_columns(self) -> dict[str, Any]:  # type: ignore[override]
        """Columns by the name of their attribute."""
        columns = self.obj.__mapper__.columns.items()
        return {name: column for name, column in columns if name in self.list_properties}


class View(ModelView):
    """Base of the screens of generated functions.

    Kept of the framework: class attributes, registration of URLs, `datamodel`, permissions
    (`can_<operation>` on the function's id). Not kept: its routes, forms, widgets and templates.
    """

    function: str = ""
    exclude_route_methods = STOCK_ROUTES
    default_view = "home"

    # -- the framework's preparations that would build forms and widgets nobody shows

    def _init_forms(self) -> None:
        self.search_form = self.add_form = self.edit_form = None

    def _init_properties(self) -> None:
        self.label_columns = dict(self.label_columns or {})
        self.base_filters = self.base_filters or []
        self._base_filters = self.datamodel.get_filters().add_filter_list(self.base_filters)
        self._filters = self.datamodel.get_filters([])
        self.related_views, self._related_views = [], []
        for name in ("list", "show", "add", "edit", "search", "order"):
            attribute = f"{name}_columns"
            setattr(self, attribute, list(getattr(self, attribute) or ()))
        for name in ("description", "validators", "formatters"):
            attribute = f"{name}_columns"
            setattr(self, attribute, dict(getattr(self, attribute) or {}))

    def _init_titles(self) -> None:
        self.list_title = self.list_title or self.__doc__ or self.function
        self.title = self.add_title = self.edit_title = self.show_title = self.list_title

    # -- one view object serves all threads, so what a request filters by belongs to the request

    @property
    def _filters(self) -> Any:  # type: ignore[override]
        own = self.__dict__.get("_own_filters")
        if own is None or not has_request_context():
            return own
        kept = g.setdefault("view_filters", {})
        if id(self) not in kept:
            kept[id(self)] = copy.copy(own)
            kept[id(self)].clear_filters()
        return kept[id(self)]

    @_filters.setter
    def _filters(self, value: Any) -> None:
        self.__dict__["_own_filters"] = value

    # -- the framework keeps five full addresses in the cookie; we keep none

    def update_redirect(self) -> None:
        """Remember nothing: pages link back by themselves."""

    def get_redirect(self) -> str:
        """Return the list of this function."""
        return self.url("home")

    # -- declarations

    @property
    def declared(self) -> Function:
        """The declaration of the function that this view serves."""
        return registry.function(self.function)

    @property
    def object(self) -> Object:
        """The object that the function works on."""
        return registry.object(self.declared.object)

    @property
    def flow(self) -> Flow | None:
        """The flow of the object, if it has one."""
        return registry.flow_of(self.declared.object)

    def url(self, method: str, **values: Any) -> str:
        """Return the address of one of this view's methods."""
        return url_for(f"{self.endpoint}.{method}", **values)

    def may(self, operation: str) -> bool:
        """Tell whether the person of this request may do the operation here."""
        return current_actor().may(operation, self.function)

    def require(self, operation: str) -> None:
        """Refuse the request unless the person may do the operation here."""
        if not self.may(operation):
            abort(403)

    def render(self, template: str, **values: Any) -> str:
        """Render a template of the product, titled by the function unless `title` is given."""
        values.setdefault("title", self.list_title)
        return str(self.render_template(template, view=self, **values))
