"""The function × operation matrix of a role, grouped as the menu is."""

from dataclasses import dataclass

from app.core.declare import Function, registry
from app.security.operation_titles import COMMON, operation_title
from app.security.shipped import operations

Pair = tuple[str, str]


@dataclass(frozen=True)
class Cell:
    """One operation on one function: whether it is held, and whether it was shipped so."""

    operation: str
    title: str
    held: bool
    shipped: bool

    @property
    def differs(self) -> bool:
        """Tell whether an administrator changed it."""
        return self.held != self.shipped


@dataclass(frozen=True)
class Line:
    """One function with everything that can be granted on it."""

    id: str
    title: str
    help: str
    common: tuple[Cell | None, ...]  # in the order of COMMON
    further: tuple[Cell, ...]

    @property
    def held(self) -> bool:
        """Tell whether anything on it is held."""
        return any(cell and cell.held for cell in (*self.common, *self.further))


@dataclass(frozen=True)
class Group:
    """The functions of one module."""

    subsystem: str
    module: str
    lines: tuple[Line, ...]


def matrix(held: frozenset[Pair], shipped: frozenset[Pair], *, only_held: bool) -> list[Group]:
    """Return the matrix; `only_held` leaves out what the role may not do at all."""
    groups = []
    functions = registry.registry().functions.values()
    for subsystem in registry.project().subsystems:
        for module in subsystem.modules:
            own = [f for f in functions if (f.subsystem, f.module) == (subsystem.name, module.name)]
            own.sort(key=lambda f: (f.order, f.id))
            lines = tuple(_line(function, held, shipped) for function in own)
            if only_held:
                lines = tuple(line for line in lines if line.held)
            if lines:
                groups.append(Group(subsystem.title, module.title, lines))
    return groups


def _line(function: Function, held: frozenset[Pair], shipped: frozenset[Pair]) -> Line:
    cells = {
        operation: Cell(
            operation,
            operation_title(function.id, operation),
            (function.id, operation) in held,
            (function.id, operation) in shipped,
        )
        for operation in operations(function)
    }
    return Line(
        function.id,
        function.title,
        function.help,
        tuple(cells.get(name) for name in COMMON),
        tuple(cell for name, cell in cells.items() if name not in COMMON),
    )
