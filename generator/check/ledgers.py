"""Ledgers: accounts that are free, a balance over them, postings that name them."""

from app.core.plugin import KINDS
from generator import ledgers
from generator.check.context import Context
from generator.formulas import Where
from generator.language import tr
from generator.reader import Code, Name, Word
from generator.readers import Effect
from generator.source import Mapping, Scalar
from generator.world import Entity

CODE = "E141"
PLUGINS = frozenset(name for name, kind in KINDS.items() if hasattr(kind.protocol, "settle"))
KEYS = {"post": (), "settle": ("by", "equals"), "price": ("by", "rows", "field")}
_WRITTEN = {
    "post": "post: {ACCOUNT: expression}.",
    "settle": "settle: {by: PLUGIN, equals: {ACCOUNT: expression}}.",
    "price": "price: {by: PLUGIN, rows: LIST, field: FIELD}.",
}


def check(context: Context) -> None:
    """Check every ledger, and that every case with postings has one."""
    for entity in context.linked.entities.values():
        ledger = entity.spec.ledger if entity.spec else None
        if ledger is None or entity.spec is None:
            continue
        for name in (*ledger.accounts, Name(ledgers.BALANCE)):
            own = entity.spec.fields.get(name)
            if own is not None:
                what = tr("'{name}' is a field and belongs to the ledger too", name=name)
                context.note(CODE, own.name, what, tr("give one of them another name."))
        if entity.flow is None:
            what = tr("'{name}' has no flow, so nothing is ever posted", name=entity.name)
            context.note_at(CODE, ledger.node, what, tr("ledgers belong to cases."))


def effect(context: Context, entity: Entity, effect: Effect) -> None:
    """Check what is posted, settled or priced."""
    ledger = entity.spec.ledger if entity.spec else None
    kind, argument = str(effect.kind), effect.argument
    if ledger is None and kind != "price":
        what = tr("'{name}' has no ledger to post to", name=entity.name)
        context.note(CODE, effect.kind, what, tr("add ledger: {accounts: {NAME: title}}."))
        return
    if not isinstance(argument, Mapping):
        context.note_at(
            CODE, argument, tr("'{kind}' takes keys and values", kind=kind), _WRITTEN[kind]
        )
        return
    if kind == "post" and ledger is not None:
        _amounts(context, entity, argument, list(map(str, ledger.accounts)))
        return
    _keys(context, kind, argument)
    by, equals = argument.get("by"), argument.get("equals")
    if isinstance(by, Scalar):
        context.known(
            CODE, Word.of(by), PLUGINS, tr("no plugin can {kind} called", kind=kind), "plugin"
        )
    if isinstance(equals, Mapping) and ledger is not None:
        _amounts(context, entity, equals, list(map(str, ledger.accounts)))
    if kind == "price":
        _rows(context, entity, argument)


def _keys(context: Context, kind: str, argument: Mapping) -> None:
    for key, _ in argument:
        context.known(
            CODE, Word.of(key), KEYS[kind], tr("'{kind}' does not take", kind=kind), "key"
        )
    for name in KEYS[kind]:
        if argument.get(name) is None:
            context.note_at(
                CODE,
                argument,
                tr("'{kind}' lacks the key '{name}'", kind=kind, name=name),
                tr("add {name}; all keys: {names}.", name=name, names=", ".join(KEYS[kind])),
            )


def _amounts(context: Context, entity: Entity, node: Mapping, accounts: list[str]) -> None:
    for key, value in node:
        known = context.known(CODE, Word.of(key), accounts, tr("there is no account"), "account")
        if known and isinstance(value, Scalar):
            context.formulas.compile(Code.of(value), Where(this=entity.name), "money")


def _rows(context: Context, entity: Entity, argument: Mapping) -> None:
    rows, field = argument.get("rows"), argument.get("field")
    if not isinstance(rows, Scalar) or not isinstance(field, Scalar):
        return
    if context.known(CODE, Word.of(rows), entity.children, tr("there is no list"), "list"):
        row = context.linked.entities[str(entity.children[Name(rows.value)].object)]
        if context.known(CODE, Word.of(field), row.fields, tr("a row has no field"), "field"):
            item = row.fields[Name(field.value)]
            if context.linked.kind(item) != "money":
                context.note_at(
                    CODE,
                    field,
                    tr("'{value}' is no amount of money", value=field.value),
                    tr("name a field of type money."),
                )
