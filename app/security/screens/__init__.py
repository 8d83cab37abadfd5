"""Screens of accounts, roles and sign-ins; importing this package registers them."""

from app.security.screens import accounts, roles, sign_ins

__all__ = ["accounts", "roles", "sign_ins"]
