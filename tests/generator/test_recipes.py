"""What recipes may say is what the loader of the demonstration reads."""

import ast

from app.demo import closures, load
from generator.demo import FUNCTIONS, GRAMMAR, RECORDS


def test_the_functions_of_recipes_are_those_of_the_loader(monkeypatch):
    known = {}
    monkeypatch.setattr(load.formulas, "Formulas", known.update)
    loader = object.__new__(load._Loading)
    loader.chance = load.Chance(1, {})
    loader.store = load.Store()
    loader._formulas()
    assert set(known) == FUNCTIONS
    assert set(RECORDS) <= FUNCTIONS


def test_the_grammar_of_recipes_is_that_of_the_closures():
    parts = {name.lower() for name in dir(ast) if isinstance(getattr(ast, name), type)}
    known = {name[1:] for name in vars(closures._Maker) if name[1:] in parts}
    assert known == {name.lower() for name in GRAMMAR} - {"slice"}  # read with its subscript
