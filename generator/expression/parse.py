"""Text to Python's syntax tree, with what people get wrong explained."""

import ast
import re

from generator import fullwidth
from generator.expression.errors import ExpressionError
from generator.language import later, tr

LONGEST = 2000
DEEPEST = 60

_SLIPS = (
    (r"(?<![=<>!])=(?!=)", later("a single '=' does not compare"), later("write '=='.")),
    (r"&&", later("'&&' is not a word of the language"), later("write 'and'.")),
    (r"\|\|", later("'||' is not a word of the language"), later("write 'or'.")),
    (r"<>", later("'<>' is not a comparison"), later("write '!='.")),
    (r"!(?!=)", later("'!' is not a word of the language"), later("write 'not'.")),
    (r"\bis\s+null\b", later("'is null' is not a test"), later("write 'is empty'.")),
    (
        r"\bexists?\b",
        later("'exists' is not a test"),
        later("write 'is not empty' or 'any(rows, condition)'."),
    ),
)
_STRING = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")


class Source:
    """The text of an expression and its tree; finds the place of a node in characters."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise ExpressionError(
                tr("the expression is longer than {LONGEST} characters", LONGEST=LONGEST), LONGEST
            )
        self.text = re.sub(r"[\r\n\t]", " ", text)
        body = self.text.lstrip(" ")
        self._shift = len(self.text) - len(body)
        self._body = body.encode(errors="replace")
        if not body:
            raise ExpressionError(
                tr("the expression is empty"), 0, tr("remove it or write a condition.")
            )
        self.tree = self._parse(body.rstrip(" "))

    def _parse(self, body: str) -> ast.expr:
        try:
            tree = ast.parse(body, mode="eval").body
            depth = _depth(tree)
        except SyntaxError as error:
            raise self._explain(error, body) from None
        except (ValueError, RecursionError, MemoryError):
            raise ExpressionError(tr("this cannot be read as an expression"), self._shift) from None
        if depth > DEEPEST:
            raise ExpressionError(
                tr("the expression is nested more than {DEEPEST} deep", DEEPEST=DEEPEST),
                self._shift,
            )
        return tree

    def _explain(self, error: SyntaxError, body: str) -> ExpressionError:
        bare = _STRING.sub(lambda found: " " * len(found[0]), self.text)
        for place, mark in enumerate(bare):
            if fullwidth.plain(mark) != mark:
                return ExpressionError(
                    fullwidth.message(mark), place, fullwidth.in_expression(mark)
                )
        for pattern, message, hint in _SLIPS:
            if slip := re.search(pattern, bare):
                return ExpressionError(message, slip.start(), hint, len(slip[0]))
        place = self._shift + (error.offset or len(body) + 1) - 1
        return ExpressionError(
            tr("this cannot be read: {msg}", msg=tr(error.msg)),
            min(place, max(0, len(self.text) - 1)),
            tr("an expression is one value or condition, such as: ends_on >= starts_on"),
        )

    def place(self, node: ast.AST) -> tuple[int, int]:
        """Return offset and length of a node, in characters of the text."""
        start, end = getattr(node, "col_offset", 0), getattr(node, "end_col_offset", 1)
        before = len(self._body[:start].decode(errors="replace"))
        return self._shift + before, len(self._body[start:end].decode(errors="replace"))

    def words(self, node: ast.AST) -> str:
        """Return the text of a node."""
        offset, length = self.place(node)
        return self.text[offset : offset + length]

    def error(self, node: ast.AST, message: str, hint: str = "") -> ExpressionError:
        """Return an error at a node."""
        offset, length = self.place(node)
        return ExpressionError(message, offset, hint, length)


def _depth(node: ast.AST) -> int:
    return 1 + max((_depth(child) for child in ast.iter_child_nodes(node)), default=0)
