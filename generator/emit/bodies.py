"""The functions of a generated module: one expression each, named after what it decides."""

from dataclasses import dataclass, field

from generator.emit.text import Raw, docstring
from generator.formulas import Formulas, Where
from generator.reader import Word

_MODULES = {"ex": "expr as ex", "sql": "expr_sql as sql"}


@dataclass
class Bodies:
    """Collects the functions of one module."""

    formulas: Formulas
    texts: dict[str, str] = field(default_factory=dict)

    def name(self, wanted: str) -> str:
        """Return a function name that is not taken yet."""
        number, name = 1, wanted
        while name in self.texts:
            number += 1
            name = f"{wanted}_{number}"
        return name

    def formula(self, name: str, code: Word, where: Where, expect: object = None) -> Raw:
        """Add a function `(this, env)` and return its name."""
        compiled = self.formulas.compile(code, where, expect)  # type: ignore[arg-type]
        return self.add(name, "this, env", str(code), compiled.python if compiled else "None")

    def condition(self, name: str, code: Word, where: Where) -> Raw:
        """Add a predicate `(this, env)` and return its name."""
        compiled = self.formulas.condition(code, where)
        return self.add(name, "this, env", str(code), compiled.python if compiled else "None")

    def criterion(self, name: str, code: Word, where: Where) -> Raw:
        """Add the SQL twin `(cls, env)` of a condition and return its name."""
        compiled = self.formulas.condition(code, where, sql=True)
        return self.add(
            f"{name}_sql", "cls, env", str(code), (compiled.sql if compiled else None) or "None"
        )

    def add(self, name: str, arguments: str, text: str, body: str) -> Raw:
        """Add a function with a given body."""
        name = self.name(name)
        self.texts[name] = f"def {name}({arguments}):\n    {docstring(text)}\n    return {body}\n"
        return Raw(name)

    def imports(self) -> set[str]:
        """Return what the bodies need of app.core.expressions."""
        source = "".join(self.texts.values())
        return {module for word, module in _MODULES.items() if f"{word}." in source}
