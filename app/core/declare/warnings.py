"""What generated code declares about warnings: frozen values without behaviour."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Warned:
    """Warned of as long as `when` holds: `effects` once it does, `ended` once it does no longer."""

    name: str
    title: str
    when: Callable[[Any, Any], Any]  # a criterion `(cls, env)`
    text: str  # fields in braces
    effects: tuple[Any, ...] = ()
    ended: tuple[Any, ...] = ()
