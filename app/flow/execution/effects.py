"""What a step does besides moving the case: handlers by name, run in the step's own transaction."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from app.core.declare import Effect, Object, registry
from app.core.expressions.env import Env, make_env
from app.flow.models import Case, StepRecord


@dataclass(frozen=True)
class Context:
    """All that a handler may need."""

    obj: Object
    record: Any
    case: Any  # None for what is no case: a ladder's stage on a plain record
    step: StepRecord
    env: Env
    params: dict[str, Any] = field(default_factory=dict)

    def variables(self) -> dict[str, str]:
        """Return what messages may name besides the record's fields."""
        return {
            "comment": self.step.comment or "",
            "action": self.step.action_title,
            "step": self.step.target_title,
            "actor": self.step.actor_name,
            "code": (self.case.code if self.case else "") or "",
        }

    def values(self, formulas: dict[str, Any]) -> dict[str, Any]:
        """Return what formulas give for the record, by the names of the fields that they are for."""
        return {name: value_of(one, self.record, self.env) for name, one in formulas.items()}


def value_of(formula: Any, record: Any, env: Env) -> Any:
    """Return what is written for a formula, of a record its id; a literal stands for itself."""
    value = formula(record, env) if callable(formula) else formula
    return getattr(value, "id", value)


def typed(obj: Object, values: dict[str, Any]) -> dict[str, str]:
    """Return values as a form of the object would send them."""
    return {name: obj.field(name).type.dump(value) for name, value in values.items()}


TELLING = frozenset({"notify"})  # read nothing that a step writes
Handler = Callable[[Context], None]
_handlers: dict[str, Handler] = {}


def register(kind: str) -> Callable[[Handler], Handler]:
    """Make a function the handler of an effect."""

    def wrap(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return wrap


_listeners: list[Handler] = []
_heeders: list[Handler] = []


def listen(handler: Handler) -> Handler:
    """Let a function know of every step that is taken, in the step's own transaction."""
    _listeners.append(handler)
    return handler


def heed(handler: Handler) -> Handler:
    """Let a function know of every stage that is climbed after its day, in the same transaction.

    The step of the context is named after the ladder; its id is that of the climbed stage.
    """
    _heeders.append(handler)
    return handler


def late(context: Context) -> None:
    """Let everybody who heeds it know that a stage was climbed."""
    for heeder in _heeders:
        heeder(context)


def tell(context: Context) -> None:
    """Let everybody who listens know of a step that was taken."""
    for listener in _listeners:
        listener(context)


def run(effect: Effect, context: Context) -> None:
    """Carry out one effect if its condition holds; with `each`, for every row for which it does."""
    try:
        handler = _handlers[effect.kind]
    except KeyError:
        raise RuntimeError(f"no handler for effect {effect.kind!r}") from None
    for one in _each(effect, context):
        if effect.when is None or effect.when(one.record, one.env):
            handler(replace(one, params=effect.params))


def _each(effect: Effect, context: Context) -> list[Context]:
    """Return the surroundings of an effect: of the record, or of each row of a list of it."""
    if not effect.each:
        return [context]
    child = next(one for one in context.obj.children if one.name == effect.each)
    obj, env = registry.object(child.object), replace(context.env, parent=context.record)
    rows = getattr(context.record, effect.each)
    return [replace(context, obj=obj, record=row, env=env) for row in rows]


def context_of(obj: Object, record: Any, case: Case, step: StepRecord) -> Context:
    """Return the surroundings of the effects of a step."""
    return Context(obj, record, case, step, make_env())
