"""The outline of a text is what YAML says it is where YAML can be read, and all but the fault where it cannot."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.editor.completion import CURSOR
from generator.editor.outline import Outline, Token, Way, outline
from generator.problem import Problems
from generator.source import Mapping, Node, Sequence, parse
from tests.generator.projects import HERE

ROOT = HERE.parent.parent
FILES = sorted(
    path
    for folder in (ROOT / "metadata", ROOT / "tests/examples/metadata", HERE / "base/metadata")
    for path in folder.rglob("*.yaml")
)


def read(node: Node, way: Way = ()) -> Iterator[tuple[str, Way, str, int, int]]:
    """Yield what YAML reads of one line: keys and values with their places."""
    if isinstance(node, Mapping):
        for key, child in node:
            yield "key", (*way, key.value), key.value, key.place.line - 1, key.place.column - 1
            yield from read(child, (*way, key.value))
    elif isinstance(node, Sequence):
        for number, child in enumerate(node.items):
            yield from read(child, (*way, number))
    elif node.value:
        yield "value", way, node.value, node.place.line - 1, node.place.column - 1


def seen(found: Outline, rows: list[str]) -> set[tuple[str, Way, str, int, int]]:
    """Return the tokens as `read` gives them: text in quotes begins at the quote."""
    made = set()
    for token in found.tokens:
        quote = rows[token.line][token.column - 1 : token.column] if token.column else ""
        at = token.column - (quote in ("'", '"') and token.text != "")
        text = token.text.replace("''", "'") if quote == "'" else token.text
        made.add(("value" if token.role == "word" else token.role, token.way, text, token.line, at))
    return made


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_is_outlined_as_yaml_reads_it(file: Path):
    text = file.read_text(encoding="utf-8")
    root = parse(text, "", Problems())
    assert root is not None
    rows = text.split("\n")
    asked = {
        one for one in read(root)
        if "\\" not in rows[one[3]] and one[2] in rows[one[3]].replace("''", "'")
    }  # fmt: skip
    assert len(asked) > 3
    assert asked - seen(outline(text), rows) == set()


def cursor(text: str) -> Token:
    """Return what stands where the cursor is, written | in a text."""
    found = outline(text.replace("|", CURSOR))
    [token] = [one for one in found.tokens if CURSOR in one.text]
    return token


@pytest.mark.parametrize(
    ("text", "role", "way"),
    [
        ("obj|", "word", ()),
        ("object: room\n|", "word", ()),
        ("fields:\n  |", "word", ("fields",)),
        ("fields:\n  a: {type: string}\n  |", "word", ("fields",)),
        ("fields:\n  a: {type: string, |", "word", ("fields", "a")),
        ("fields:\n  a: {type: |", "value", ("fields", "a", "type")),
        ("fields:\n  a: {type: |}\n  b: {type: date}", "value", ("fields", "a", "type")),
        ("fields:\n  a: {type: ref,\n      to: |", "value", ("fields", "a", "to")),
        ("columns: [a, |", "value", ("columns", 1)),
        ("columns: [a, |]", "value", ("columns", 1)),
        ("columns:\n- a\n- |", "value", ("columns", 1)),
        ("columns:\n- a\n|", "word", ()),
        ("rules:\n  - check: a\n    |", "word", ("rules", 0)),
        ("rules:\n  - {check: \"a > |", "value", ("rules", 0, "check")),
        ("rules:\n  - {check: \"a\", at: |}\n  - {check: b}", "value", ("rules", 0, "at")),
        ("do: [notify: |]", "value", ("do", 0, "notify")),
        ("do: [|]", "value", ("do", 0)),
        ("a: [{b: c\nd:\n  |", "word", ("d",)),
        ("a: \"never closed\nb: |", "value", ("b",)),
        ("a: {b: 'never closed\nc: {d: |", "value", ("c", "d")),
        ("a:\n  b: |-\n", "value", ("a", "b")),
        ("{a: 1, |", "word", ()),
    ],
)  # fmt: skip
def test_a_line_that_is_being_typed_belongs_where_its_indentation_says(text, role, way):
    token = cursor(text)
    assert (token.role, token.way) == (role, way)


def test_a_bracket_that_is_open_costs_only_itself():
    found = outline("a: [1, {b: 2\nc: {d: 3}\ne: 'x\nf: 4")
    assert (found.value("c", "d"), found.value("f")) == ("3", "4")


def test_a_text_of_several_lines_is_found_in_each():
    found = outline("note: >-\n  one two\n  three\nnext: 'four\n  five'\nlast: 6")
    assert [one.text for one in found.tokens if one.role == "value"] == [
        "one two", "three", "four", "five", "6",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{" * 100_000,
        "a: [" * 1_000,
        "\n".join(" " * depth + "a:" for depth in range(2_000)),
        "'" * 5_000,
        "a: b: c: d\n- - - -\n? x\n: y\n&a *b !c\n%d\n---\n...",
        "\x00\x01\u2028\u2029\x85\ud800: [\ud800",
        "a: \"\\",
        "}" * 50 + "]" * 50 + ":" * 50 + "," * 50,
        "a: x\r\nb:\r\n  - c\r\n",
        "\ta:\n\t\tb: c",
    ],
    ids=range(11),
)  # fmt: skip
def test_no_text_is_too_odd(text):
    outline(text)
