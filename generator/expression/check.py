"""From the syntax tree to typed nodes: every construct that the language has, and no other."""

import ast
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from generator.expression import functions, operators
from generator.expression.convert import (
    MOST_DIGITS,
    bring,
    common,
    comparable,
    described,
    fault,
    member_of,
    to_scale,
)
from generator.expression.errors import ExpressionError, suggest
from generator.expression.names import Names
from generator.expression.nodes import (
    Compare,
    Const,
    Empty,
    If,
    In,
    Logic,
    Node,
    Policy,
    opposite,
)
from generator.expression.parse import Source
from generator.expression.scope import PolicySignature, Scope
from generator.expression.types import BOOLEAN, INTEGER, NULL, NUMBERS, STRING, Type, decimal
from generator.language import later, tr

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_LARGEST = 2**53
_POLICY_SCALE = 4


class Checker:
    """Checks one expression."""

    def __init__(self, source: Source, scope: Scope) -> None:
        self.source = source
        self.scope = scope
        self.names = Names(source, scope)

    def node(self, tree: ast.expr) -> Node:
        """Return the checked node of a tree."""
        handlers: dict[type[ast.expr], Callable[[Any], Node]] = {
            ast.Constant: self._literal,
            ast.Name: self.names.name,
            ast.Attribute: self._attribute,
            ast.BoolOp: self._logic,
            ast.UnaryOp: self._unary,
            ast.BinOp: self._arithmetic,
            ast.Compare: self._comparison,
            ast.IfExp: self._choice,
            ast.Call: self._call,
        }
        if handler := handlers.get(type(tree)):
            return handler(tree)
        if isinstance(tree, (ast.Tuple, ast.List)):
            message, hint = (
                tr("a list of values may only stand after 'in'"),
                tr("write: kind in ('a', 'b')"),
            )
            raise self.source.error(tree, message, hint)
        what = _plain(type(tree).__name__)
        hint = tr(
            "there are names, literals, comparisons, and/or/not, arithmetic, if/else and calls."
        )
        raise self.source.error(tree, tr("{what} is not part of the language", what=what), hint)

    def _arithmetic(self, tree: ast.BinOp) -> Node:
        left, right = self.node(tree.left), self.node(tree.right)
        return operators.arithmetic(self.source, tree, left, right)

    def condition(self, tree: ast.expr) -> Node:
        """Return a node that is asked whether it holds."""
        return bring(self.node(tree), BOOLEAN, tr("a condition"))

    def _at(self, tree: ast.AST) -> dict[str, int]:
        at, length = self.source.place(tree)
        return {"at": at, "length": length}

    def _literal(self, tree: ast.Constant) -> Const:
        at, value = self._at(tree), tree.value
        if value is None:
            return Const(type=NULL, value=None, **at)
        if isinstance(value, bool):
            return Const(type=BOOLEAN, value=value, **at)
        if isinstance(value, str):
            kind = STRING if value else NULL
            return Const(type=kind, value=value or None, **at)
        if isinstance(value, (int, float)):
            return self._number(tree, at)
        raise self.source.error(
            tree, tr("{words} is not a literal of the language", words=self.source.words(tree))
        )

    def _number(self, tree: ast.Constant, at: dict[str, int]) -> Const:
        words = self.source.words(tree)
        if not words.replace(".", "").replace("_", "").isdigit():
            raise self.source.error(
                tree, tr("'{words}' is not written as a decimal number", words=words)
            )
        number = Decimal(words.replace("_", ""))
        scale = max(0, -int(number.as_tuple().exponent))
        if scale > MOST_DIGITS:
            message = tr(
                "'{words}' has more than {MOST_DIGITS} digits after the point",
                words=words,
                MOST_DIGITS=MOST_DIGITS,
            )
            raise self.source.error(tree, message)
        value = int(number.scaleb(scale))
        if value > _LARGEST:
            raise self.source.error(tree, tr("'{words}' is too large a number", words=words))
        return Const(type=decimal(scale) if scale else INTEGER, value=value, **at)

    def _attribute(self, tree: ast.Attribute) -> Node:
        owner = tree.value
        if isinstance(owner, ast.Name):
            if owner.id in ("policy", "decide"):
                return self._policy(tree, [], owner.id)
            if owner.id == "me" or (owner.id == "form" and self.scope.form):
                return self.names.attribute(tree, None)
        return self.names.attribute(tree, self.node(owner))

    def _logic(self, tree: ast.BoolOp) -> Node:
        operator = "and" if isinstance(tree.op, ast.And) else "or"
        parts: list[Node] = []
        for value in tree.values:
            part = self.condition(value)
            same = isinstance(part, Logic) and part.operator == operator
            parts.extend(part.parts if same and isinstance(part, Logic) else [part])
        return Logic(type=BOOLEAN, operator=operator, parts=tuple(parts), **self._at(tree))

    def _unary(self, tree: ast.UnaryOp) -> Node:
        if isinstance(tree.op, ast.Not):
            return opposite(self.condition(tree.operand))
        if isinstance(tree.op, ast.USub):
            return operators.negative(self.source, tree, self.node(tree.operand))
        raise self.source.error(
            tree, tr("'{words}' is not an operator here", words=self.source.words(tree)[0])
        )

    def _single(self, tree: ast.expr) -> Node:
        value = self.node(tree)
        if value.type.many:
            raise fault(
                value,
                tr("here may not stand {described}", described=described(value.type)),
                tr("take one value of the list."),
            )
        return value

    def _comparison(self, tree: ast.Compare) -> Node:
        lefts = [tree.left, *tree.comparators]
        parts = [
            self._compare(tree, left, operator, right)
            for left, operator, right in zip(lefts, tree.ops, tree.comparators, strict=False)
        ]
        if len(parts) == 1:
            return parts[0]
        return Logic(type=BOOLEAN, operator="and", parts=tuple(parts), **self._at(tree))

    def _compare(
        self, tree: ast.Compare, left: ast.expr, operator: ast.cmpop, right: ast.expr
    ) -> Node:
        if isinstance(operator, (ast.Is, ast.IsNot)):
            return self._empty(tree, left, right, isinstance(operator, ast.IsNot))
        if isinstance(operator, (ast.In, ast.NotIn)):
            test = self._in(tree, self.node(left), right)
            return opposite(test) if isinstance(operator, ast.NotIn) else test
        first, second = self.node(left), self.node(right)
        sign = _COMPARISONS[type(operator)]
        operators.refuse_comparison(first, sign, second)
        first, second = comparable(first, second)
        return Compare(type=BOOLEAN, operator=sign, left=first, right=second, **self._at(tree))

    def _empty(self, tree: ast.Compare, left: ast.expr, right: ast.expr, negated: bool) -> Node:
        if not (isinstance(right, ast.Name) and right.id == "empty"):
            words = tr("is not empty") if negated else tr("is empty")
            raise self.source.error(
                right, tr("after 'is' only 'empty' may stand"), tr("write '{words}'.", words=words)
            )
        return Empty(type=BOOLEAN, value=self.node(left), negated=negated, **self._at(tree))

    def _in(self, tree: ast.Compare, item: Node, right: ast.expr) -> In:
        place = Const(type=NULL, value=None, **self._at(tree))
        if item.type.many or item.type == NULL:
            hint = tr("write any(rows, condition).") if item.type.many else tr("write 'is empty'.")
            what = described(item.type) if item.type.many else "None"
            raise fault(item, tr("{what} cannot be asked for with 'in'", what=what), hint)
        if isinstance(right, (ast.Tuple, ast.List)):
            if not right.elts:
                raise self.source.error(
                    right, tr("there is nothing in ()"), tr("write: kind in ('a', 'b')")
                )
            return member_of(item, tuple(map(self._single, right.elts)), place)
        values = self.node(right)
        if not values.type.many:
            hint = tr("write (a, b) or a list; for a part of a text write contains(text, part).")
            raise fault(
                values,
                tr(
                    "'in' expects several values, here stands {described}",
                    described=described(values.type),
                ),
                hint,
            )
        kind = values.type.one
        if item.type.kind in NUMBERS and kind.kind in NUMBERS and item.type.scale <= kind.scale:
            item = to_scale(item, kind.scale)
        elif isinstance(item, Const) or item.type.kind not in NUMBERS:
            item = comparable(Const(type=kind, value=0), item)[1]
        else:
            raise fault(
                item,
                tr("a {type} cannot be looked for in a {type2}", type=item.type, type2=values.type),
            )
        return In(type=BOOLEAN, item=item, options=(values,), at=place.at, length=place.length)

    def _choice(self, tree: ast.IfExp) -> Node:
        condition = self.condition(tree.test)
        branches = [self._single(tree.body), self._single(tree.orelse)]
        then, other = common(branches, tr("the other branch"))
        at = self._at(tree)
        return If(type=_known(then, other), condition=condition, then=then, other=other, **at)

    def _call(self, tree: ast.Call) -> Node:
        if tree.keywords or any(isinstance(part, ast.Starred) for part in tree.args):
            raise self.source.error(
                tree, tr("arguments are written one after another, without names")
            )
        if isinstance(tree.func, ast.Attribute):
            owner = tree.func.value
            if isinstance(owner, ast.Name) and owner.id in ("policy", "decide"):
                return self._policy(tree.func, tree.args, owner.id)
            if isinstance(owner, ast.Name):
                self.node(owner)  # an unknown name is the likelier fault
            message = tr("'{words}' cannot be called", words=self.source.words(tree.func))
            hint = tr("functions stand before their arguments: upper(name), count(lines).")
            raise self.source.error(tree.func, message, hint)
        if not isinstance(tree.func, ast.Name):
            raise self.source.error(tree.func, tr("this cannot be called"))
        handler = functions.FUNCTIONS.get(tree.func.id)
        if handler is None:
            hint = suggest(tree.func.id, functions.FUNCTIONS, "functions")
            raise self.source.error(tree.func, tr("unknown function '{id}'", id=tree.func.id), hint)
        return handler(self, tree)

    def _policy(self, tree: ast.Attribute, arguments: list[ast.expr], root: str) -> Node:
        decides = root == "decide"
        find = self.scope.decision if decides else self.scope.policy
        signature = find(tree.attr)
        at, length = self.source.place(tree)
        if signature is None:
            known = self.scope.decisions() if decides else self.scope.policies()
            hint = suggest(tree.attr, known, "decisions" if decides else "policies")
            at += length - len(tree.attr)
            what = "decision" if decides else "policy"
            raise ExpressionError(
                tr("unknown {what} '{attr}'", what=what, attr=tree.attr), at, hint, len(tree.attr)
            )
        if len(arguments) != signature.takes:
            takes = tr(
                "{root}.{attr} takes {amount}",
                root=root,
                attr=tree.attr,
                amount=functions.amount(signature.takes),
            )
            raise ExpressionError(
                tr("{takes}, not {count}", takes=takes, count=len(arguments)), at, "", length
            )
        values = tuple(self._argument(part) for part in arguments)
        for value, kind in zip(values, signature.kinds, strict=False):
            if value.type.kind != kind and value.type != NULL:
                raise fault(
                    value,
                    tr(
                        "decide.{attr} takes {kind} here, not {type}",
                        attr=tree.attr,
                        kind=kind,
                        type=value.type,
                    ),
                )
        if not decides and len(values) == 1 and values[0].type.codes:
            _check_keys(tree.attr, signature, values[0])
        return Policy(
            type=_policy_type(signature), at=at, length=length, name=tree.attr, root=root,
            arguments=values,
        )  # fmt: skip

    def _argument(self, tree: ast.expr) -> Node:
        value = self.node(tree)
        if value.type.many:
            raise fault(
                value, tr("a policy takes single values"), tr("count(…) says how many there are.")
            )
        return value


def _check_keys(name: str, signature: PolicySignature, value: Node) -> None:
    """Refuse a policy whose table speaks of a code that the value can never be, or not of one that it can.

    Codes of a dictionary are named by the policy itself, whose tables are then checked where they
    stand, and on screen.
    """
    asked = value.type.dictionary
    if asked and signature.codes in (asked, None):
        return
    if asked:
        said = (
            tr("has codes of '{codes}'", codes=signature.codes)
            if signature.codes
            else tr("does not say so")
        )
        what = tr(
            "'{name}' is asked about codes of '{asked}', but {said}",
            name=name,
            asked=asked,
            said=said,
        )
        raise fault(value, what, tr("write codes: {asked} in the policy.", asked=asked))
    for key in signature.keys:
        if key not in value.type.codes:
            hint = suggest(key, value.type.codes, "codes")
            what = tr(
                "the table of '{name}' speaks of '{key}', which is no {dictionary}",
                name=name,
                key=key,
                dictionary=value.type.dictionary,
            )
            raise fault(value, what, hint)
    covers = signature.covers
    silent = [code for code in value.type.codes if covers is not None and code not in covers]
    if silent:
        what = tr(
            "a table of '{name}' says nothing of '{silent}', so a rule would let it pass",
            name=name,
            silent=silent[0],
        )
        raise fault(
            value,
            what,
            tr(
                "add a line for it, or '*' for all others ({{{silent}: null}} if nothing is asked).",
                silent=silent[0],
            ),
        )


def _policy_type(signature: PolicySignature) -> Type:
    if signature.returns == "decimal":
        return decimal(_POLICY_SCALE)
    return Type(signature.returns, dictionary=signature.dictionary)


def _known(*values: Node) -> Type:
    return next((value.type for value in values if value.type != NULL), NULL)


def _plain(what: str) -> str:
    names = {
        "Lambda": later("a lambda"),
        "ListComp": later("a comprehension"),
        "GeneratorExp": later("a comprehension"),
        "SetComp": later("a comprehension"),
        "DictComp": later("a comprehension"),
        "Dict": later("a dictionary"),
        "Set": later("a set"),
        "Subscript": tr("an index in brackets"),
        "JoinedStr": tr("an f-string"),
        "NamedExpr": tr("an assignment"),
        "Starred": later("a star"),
        "Await": "await",
        "Yield": "yield",
    }
    return names.get(what, f"'{what.lower()}'")
