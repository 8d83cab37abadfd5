"""What the factory calls before Flask-AppBuilder: sessions, forms' protection, proxies, defaults."""

from typing import Any

from flask import Flask, abort, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from app.security import (
    colleagues,  # noqa: F401 - tells the engine who may act
    effects,  # noqa: F401 - lets flows open accounts
    gate,
    request_identity,
    version,  # noqa: F401 - makes grants follow their changes
)
from app.security.devices import device
from app.security.open_routes import door_of
from app.security.sessions import CookieSessions

DEFAULTS = {
    "SESSION_IDLE_MINUTES": 30,
    "SESSION_LONGEST_HOURS": 12,
    "TRUSTED_PROXIES": 0,
    "DEMONSTRATION": False,
    "PASSWORD_LENGTH": 10,
    "PASSWORD_REMEMBERED": 5,
    "PASSWORD_DAYS": 90,
    "LOCK_AFTER": 5,
    "LOCK_MINUTES": 15,
    "FAB_PASSWORD_HASH_METHOD": "scrypt",
    "FAB_ADD_SECURITY_VIEWS": True,  # our own `register_views` is behind it
    "FAB_ADD_SECURITY_API": False,
    "FAB_API_KEY_ENABLED": False,
    "FAB_CREATE_DB": False,
    "FAB_UPDATE_PERMS": False,
    "AUTH_RATE_LIMITED": False,  # limits are kept in the database, for all processes
    "RATELIMIT_ENABLED": False,
    "WTF_CSRF_TIME_LIMIT": None,  # as long as the session
}


class Forms(CSRFProtect):
    """Protects every form; a call that proves itself by a bearer token needs no form token."""

    def protect(self, **how: Any) -> None:
        """Check the form token, unless no browser could have been tricked into sending this.

        What is found here is what every form of WTForms goes by: none looks at the token again.
        """
        if request.headers.get("Authorization", "").lower().startswith("bearer "):
            g.csrf_valid = True
        else:
            super().protect(**how)

    def _error_response(self, reason: str) -> None:
        """Ask to sign in where the form outlived its session."""
        rule = request.url_rule
        door = door_of(rule.rule) if rule else None
        if request_identity.signed_in() is None and not (door and door.to == "public"):
            abort(gate.ask_to_sign_in())
        super()._error_response(reason)


def prepare(app: Flask) -> None:
    """Set the defaults and put sessions and forms' protection in place."""
    for name, value in DEFAULTS.items():
        app.config.setdefault(name, value)
    app.session_interface = CookieSessions()
    proxies = app.config["TRUSTED_PROXIES"]
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)
    Forms(app)
    app.jinja_env.filters["device"] = device
