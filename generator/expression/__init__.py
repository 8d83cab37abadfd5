"""The expression language: a checked subset of Python's expressions, compiled to Python and SQL."""

from generator.expression.compile import CONDITION, Compiled, compile_expression
from generator.expression.errors import ExpressionError
from generator.expression.scope import Member, Place, PolicySignature, Scope, World, members_of_me
from generator.expression.types import Type

__all__ = [
    "CONDITION",
    "Compiled",
    "ExpressionError",
    "Member",
    "Place",
    "PolicySignature",
    "Scope",
    "Type",
    "World",
    "compile_expression",
    "members_of_me",
]
