"""Expands patterns and mixins: their nodes, with holes filled, are merged below an object's own."""

import re
from collections.abc import Iterable
from collections.abc import Mapping as Table
from dataclasses import dataclass, replace

from generator import fullwidth
from generator.language import tr
from generator.merging import merge
from generator.problem import Place, Problems, did_you_mean
from generator.reader import Reader, Unreadable
from generator.shared import Parameter
from generator.source import Mapping, Node, Scalar, Sequence, Source

HOLE = re.compile(r"\$(?:\{([a-z][a-z0-9_]*)\}|([a-z][a-z0-9_]*))")
_DEEPEST = 6
_HEAD = frozenset({"pattern", "parameters", "help"})


@dataclass(frozen=True)
class Pattern:
    """A named part of an object's file with parameters."""

    name: str
    parameters: dict[str, Parameter]
    body: Mapping
    place: Place
    help: str = ""  # what it is for


@dataclass(frozen=True)
class Argument:
    """What a use of a pattern gives for a parameter; checked once everything is known."""

    parameter: Parameter
    node: Node
    others: Table[str, Node]


def read_pattern(source: Source, problems: Problems) -> Pattern | None:
    """Read a file of metadata/patterns/."""
    root = source.root
    if root is None:
        return None
    name = root.get("pattern")
    if not isinstance(name, Scalar):
        problems.add(
            "E009",
            Place(source.path),
            tr("a pattern begins with the key 'pattern'"),
            "pattern: NAME",
        )
        return None
    stem = source.path.rsplit("/", 1)[-1].removesuffix(".yaml")
    if name.value != stem:
        problems.add(
            "E013", name.place, tr("the pattern '{value}' stands in {stem}.yaml", value=name.value, stem=stem),
            tr("call the file {value}.yaml.", value=name.value),
        )  # fmt: skip
    parameters: dict[str, Parameter] = {}
    listed = root.get("parameters")
    if listed is not None:
        try:
            table = Reader(problems).table(str, Parameter, listed)
            parameters = {str(key): value for key, value in table.items()}
        except Unreadable:
            pass
    for one in parameters.values():
        if one.of is not None and one.of not in parameters:
            what = tr(
                "the parameter '{name}' takes fields of the unknown parameter '{of}'",
                name=one.name,
                of=one.of,
            )
            hint = did_you_mean(one.of, parameters, "parameter")
            problems.add("E014", one.of.place, what, hint)
    body = tuple((key, node) for key, node in root if key.value not in _HEAD)
    help = root.get("help")
    said = help.value if isinstance(help, Scalar) else ""
    return Pattern(name.value, parameters, Mapping(body, root.place), name.place, said)


class Expander:
    """Expands `mixins` and `use` of object files."""

    def __init__(
        self, patterns: Table[str, Pattern], given: Table[str, str], problems: Problems
    ) -> None:
        self.patterns = patterns
        self.given = given
        self.problems = problems
        self.arguments: list[Argument] = []
        self.used: set[str] = set()
        self.failed = False  # some pattern could not be used as it was meant

    def expand(self, root: Mapping, depth: int = 0) -> Mapping:
        """Return the file's mapping merged over what its patterns say."""
        uses = self._uses(root)
        own = Mapping(
            tuple(pair for pair in root if pair[0].value not in ("use", "mixins")),
            root.place,
            root.uses,
        )
        if not uses:
            return own
        base: Mapping | None = None
        for name, arguments in uses:
            part = self._apply(name, arguments, depth)
            if part is not None:
                base = part if base is None else merge(base, part, self.problems)
        return (
            own
            if base is None
            else replace(merge(base, own, self.problems), place=root.place, uses=root.uses)
        )

    def _uses(self, root: Mapping) -> list[tuple[Scalar, Node | None]]:
        uses: list[tuple[Scalar, Node | None]] = []
        mixins, use = root.get("mixins"), root.get("use")
        if mixins is not None:
            items = mixins.items if isinstance(mixins, Sequence) else (mixins,)
            for item in items:
                if isinstance(item, Scalar):
                    uses.append((item, None))
                else:
                    self.failed = True
                    self._note(
                        "E010", item, tr("a mixin is a name"), tr("give parameters under `use`.")
                    )
        for item in use.items if isinstance(use, Sequence) else () if use is None else (use,):
            if isinstance(item, Scalar):
                uses.append((item, None))
            elif isinstance(item, Mapping):
                uses += list(item.pairs)
            else:
                self.failed = True
                self._note("E010", item, tr("`use` is a list of {pattern: {parameter: value}}"))
        return uses

    def _note(self, code: str, node: Node, message: str, hint: str = "") -> None:
        self.problems.add(code, node.place, message, hint, node.uses)

    def _apply(self, name: Scalar, arguments: Node | None, depth: int) -> Mapping | None:
        pattern = self.patterns.get(name.value)
        if pattern is None:
            self.failed = True
            if name.value not in self.problems.lost:
                hint = did_you_mean(name.value, self.patterns, "pattern")
                self._note(
                    "E013", name, tr("there is no pattern '{value}'", value=name.value), hint
                )
            return None
        if depth >= _DEEPEST:
            hint = tr("take it out of the `use` or `mixins` of the patterns that lead back here.")
            self._note(
                "E016", name, tr("the pattern '{value}' uses itself", value=name.value), hint
            )
            return None
        self.used.add(name.value)
        values = self._arguments(pattern, name, arguments)
        filled = Filler(pattern, values, self.given, self.problems, name.place).fill(pattern.body)
        assert isinstance(filled, Mapping)
        return self.expand(filled, depth + 1)

    def _arguments(
        self, pattern: Pattern, name: Scalar, node: Node | None
    ) -> dict[str, Node | None]:
        pairs: tuple[tuple[Scalar, Node], ...] = ()
        if isinstance(node, Mapping):
            pairs = node.pairs
        elif node is not None and not (isinstance(node, Scalar) and node.null):
            wanted = ", ".join(f"{name}: …" for name in pattern.parameters)
            what = tr("the parameters of '{name}' are keys and values", name=pattern.name)
            self._note(
                "E010",
                node,
                what,
                tr("such as {name}: {{{wanted}}}.", name=pattern.name, wanted=wanted),
            )
        values: dict[str, Node | None] = {}
        slipped = False
        for key, value in pairs:
            if key.value in pattern.parameters:
                values[key.value] = value
            elif (at := fullwidth.first(key.value)) >= 0:
                mark = key.value[at]
                told = fullwidth.message(mark), fullwidth.hint(mark)
                self.problems.add(fullwidth.CODE, key.at(at), *told, key.uses)
                slipped = self.failed = True
            else:
                self._note(
                    "E014",
                    key,
                    tr(
                        "the pattern '{name}' has no parameter '{value}'",
                        name=pattern.name,
                        value=key.value,
                    ),
                    did_you_mean(key.value, pattern.parameters, "parameter"),
                )
        for parameter in pattern.parameters.values():
            given = values.get(parameter.name)
            if slipped and given is None:
                continue
            if given is not None:
                self.arguments.append(
                    Argument(parameter, given, {k: v for k, v in values.items() if v})
                )
                continue
            values[parameter.name] = parameter.default
            if parameter.default is None and parameter.node.get("default") is None:
                self.failed = True
                self._note(
                    "E014",
                    name,
                    tr(
                        "the pattern '{name}' needs the parameter '{name2}'",
                        name=pattern.name,
                        name2=parameter.name,
                    ),
                    tr(
                        "it takes: {type}. {value}", type=parameter.type, value=parameter.help or ""
                    ).rstrip(),
                )
        return values


class Filler:
    """Copies a pattern's nodes with the holes filled."""

    def __init__(
        self,
        pattern: Pattern,
        values: dict[str, Node | None],
        given: Table[str, str],
        problems: Problems,
        use: Place | None,
    ) -> None:
        self.pattern = pattern
        self.values = values
        self.given = given
        self.problems = problems
        self.use = (use,) if use else ()

    def fill(self, node: Node) -> Node | None:
        """Return the node filled, or None where it is a hole without value."""
        uses = (*node.uses, *self.use)
        if isinstance(node, Scalar):
            return self.scalar(node)
        if isinstance(node, Sequence):
            return Sequence(self._items(node), node.place, uses)
        pairs = []
        for key, value in node:
            filled = self.fill(value)
            name = self.scalar(key)
            if filled is None or name is None:
                continue
            if isinstance(name, Scalar):
                pairs.append((name, filled))
            else:
                what = tr("'{value}' is filled with no word", value=key.value)
                hint = tr("a key is one word: give the parameter one, without brackets.")
                self.problems.add("E015", key.place, what, hint, uses)
        return Mapping(tuple(pairs), node.place, uses)

    def _items(self, node: Sequence) -> tuple[Node, ...]:
        items: list[Node] = []
        for item in node.items:
            filled = self.fill(item)
            hole = isinstance(item, Scalar) and HOLE.fullmatch(item.value)
            if hole and isinstance(filled, Sequence):
                items += filled.items
            elif filled is not None:
                items.append(filled)
        return tuple(items)

    def scalar(self, node: Scalar) -> Node | None:
        whole = HOLE.fullmatch(node.value)
        if whole:
            name = whole[1] or whole[2]
            if name in self.values:
                return self.values[name]
            return self._text(node)
        return self._text(node)

    def _text(self, node: Scalar) -> Scalar:
        def replaced(hole: "re.Match[str]") -> str:
            name = hole_of(hole, (*self.values, *self.given))
            rest = "" if hole[1] else hole[2][len(name) :]
            value = self.values.get(name)
            if isinstance(value, Scalar):
                return value.value + rest
            if name in self.given:
                return self.given[name] + rest
            if name in self.values and value is None:
                return rest
            self._unknown(node, hole[0], name)
            return hole[0]

        return replace(node, value=HOLE.sub(replaced, node.value), uses=(*node.uses, *self.use))

    def _unknown(self, node: Scalar, hole: str, name: str) -> None:
        if name in self.values:
            message = tr("'{hole}' is a list or mapping and cannot stand inside a text", hole=hole)
            self.problems.add("E015", node.place, message, tr("let it stand alone."), self.use)
            return
        hint = did_you_mean(name, self.values, "parameter")
        self.problems.add(
            "E015",
            node.place,
            tr("'{hole}' is no parameter of the pattern", hole=hole),
            hint,
            self.use,
        )


def hole_of(hole: "re.Match[str]", known: Iterable[str]) -> str:
    """Return the name of a hole: the longest that `$text` can begin with, `$of_change` is `of`."""
    if hole[1]:
        return hole[1]
    names = [name for name in known if (hole[2] + "_").startswith(name + "_")]
    return max(names, key=len, default=hole[2])
