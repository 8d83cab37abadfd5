"""The framework's security manager, with its costs and open doors removed."""

from typing import Any

from flask import Flask, Response, g, jsonify
from flask_appbuilder.security.manager import BaseSecurityManager
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_jwt_extended import JWTManager
from flask_login import AnonymousUserMixin, LoginManager, current_user

from app.core.db.database import session
from app.security import gate, request_identity
from app.security.grants import PREFIX


class PersonLoader(LoginManager):
    """Takes the person from our own session or token instead of a signed cookie."""

    def _load_user(self) -> None:
        signed = request_identity.signed_in()
        self._update_request_context_with_user(signed.user if signed else AnonymousUserMixin())

    def _update_remember_cookie(self, response: Response) -> Response:
        return response


class Manager(SecurityManager):
    """Access by membership in a set: starting costs no SQL, a request one query for the person."""

    def __init__(self, appbuilder: Any) -> None:
        # The framework's own step in between writes on view classes that all apps share.
        BaseSecurityManager.__init__(self, appbuilder)

    @property
    def session(self) -> Any:
        """The product's session."""
        return session

    # -- start-up: nothing is written, `sync_permissions` does that at an upgrade

    def create_db(self) -> None:
        """Tables come from migrations."""

    def add_permissions_view(self, base_permissions: Any, view_menu: Any) -> None:
        """Permissions come from `sync_permissions`."""

    def add_permissions_menu(self, view_menu_name: Any) -> None:
        """Menus have no permission of their own; they follow the functions."""

    def register_views(self) -> None:
        """Register sign-in and what belongs to a person's own account."""
        from app.security.views import AccountView, SignInView  # they import this package

        self.auth_view = self.appbuilder.add_view_no_menu(SignInView)
        self.user_view = self.appbuilder.add_view_no_menu(AccountView)

    def security_cleanup(self, baseviews: Any, menus: Any) -> None:
        """Refuse: it would delete grants that an administrator made."""
        raise NotImplementedError("permissions are synchronised by `run.py upgrade`")

    def security_converge(self, baseviews: Any, menus: Any, dry: bool = False) -> dict:
        """Refuse: it would move grants by class names."""
        raise NotImplementedError("permissions are synchronised by `run.py upgrade`")

    @staticmethod
    def create_builtin_roles() -> dict:
        """No role is built into code: grants of such a role could not be edited."""
        return {}

    # -- who

    def create_login_manager(self, app: Flask) -> LoginManager:
        """Let people be found by our sessions."""
        manager = PersonLoader(app)
        manager.session_protection = None
        return manager

    def create_jwt_manager(self, app: Flask) -> JWTManager:
        """Answer in the product's language where the framework asks for a token."""
        manager = super().create_jwt_manager(app)
        manager.unauthorized_loader(_unauthorized)
        manager.invalid_token_loader(_unauthorized)
        return manager

    def load_user(self, pk: Any) -> None:
        """People are not loaded by number from a cookie."""

    def load_user_jwt(self, _jwt_header: Any, jwt_data: Any) -> None:
        """The framework's own tokens are not accepted: they cannot be ended."""

    def before_request(self) -> Any:
        """Let nobody through who may not: the one gate before every route."""
        g.pop("_login_user", None)  # a test's outer application context outlives a request
        g.user = current_user
        return gate.check()

    # -- what

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """Tell whether the person of this request holds the permission."""
        function = view_name
        return request_identity.current().may(permission_name.removeprefix(PREFIX), function)

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        """Nothing is public but what stands in `app.security.open_routes`."""
        return False

    def get_user_menu_access(self, menu_names: list[str] | None = None) -> set[str]:
        """Return the functions that this person may open."""
        return {
            function
            for operation, function in request_identity.current().grants
            if operation == "view"
        }

    # -- closed: the framework's own ways in

    def auth_user_db(self, username: str, password: str) -> None:
        """Refuse: it knows no lock and no limit; `app.security.signin` does."""
        return

    def validate_api_key(self, api_key_string: str) -> None:
        """Refuse: `app.security.tokens` does it."""
        return


def _unauthorized(message: str) -> tuple[Response, int]:
    return jsonify(message="请先登录，或提供有效的访问令牌"), 401
