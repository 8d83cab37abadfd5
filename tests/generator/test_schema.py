"""The schemas for editors: they take all of our YAML and mark what the language does not have."""

import json
import re

import jsonschema
import pytest
import yaml

from generator.compile import analyse
from generator.schema import render
from tests.generator.projects import BASE, HERE

ROOT = HERE.parent.parent
FOLDERS = (
    "patterns", "dictionaries", "policies", "decisions", "documents", "reports", "scores", "interfaces",
)  # fmt: skip
FLOAT, DIGITS = "tag:yaml.org,2002:float", re.compile(r"[-+]?[0-9]+\.[0-9]+\Z")
SINGULAR = {"patterns": "pattern"}


def kind_of(path: str) -> str:
    parts = path.split("/")
    if len(parts) == 2:
        return parts[1].removesuffix(".yaml")
    if parts[1] in FOLDERS:
        return SINGULAR.get(parts[1], parts[1])
    return "functions" if parts[2] == "functions.yaml" else "object"


def files(root):
    found = (path.relative_to(root).as_posix() for path in (root / "metadata").rglob("*.yaml"))
    return sorted(path for path in found if path.split("/")[1] not in ("demo", "reference"))


@pytest.fixture(scope="module", params=[ROOT, BASE], ids=["product", "base"])
def project(request):
    found = analyse(request.param)
    return request.param, {
        path.rsplit("/", 1)[-1].removesuffix(".json"): json.loads(text)
        for path, text in render(found.linked).items()
    }


def validator(schema):
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def faults(schema, data):
    return [error.message for error in validator(schema).iter_errors(data)]


def read(root, path):
    # an editor reads YAML 1.2: yes, no, on, off, dates and 9:30.5 are texts there
    class Loader(yaml.SafeLoader):
        yaml_implicit_resolvers = {
            first: [(FLOAT, DIGITS)] * (first in "+-0123456789")
            + [
                (tag, pattern)
                for tag, pattern in found
                if not tag.endswith(("timestamp", "bool", "float")) or first in "tf"
            ]
            for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

    return yaml.load((root / path).read_text(encoding="utf-8"), Loader=Loader)


def test_it_takes_what_the_compiler_takes(project):
    root, schemas = project
    found = {path: faults(schemas[kind_of(path)], read(root, path)) for path in files(root)}
    assert {path: words for path, words in found.items() if words} == {}


def test_every_key_says_what_it_is_for(project):
    for schema in project[1].values():
        for name, definition in schema["definitions"].items():
            for key, value in definition["properties"].items():
                assert value.get("description"), (name, key)


def test_every_hint_of_an_editor_is_in_chinese(project):
    def hints(node):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            if key == "description" and isinstance(value, str):
                yield value
            elif isinstance(value, dict | list):
                yield from hints(value)

    found = {text for schema in project[1].values() for text in hints(schema)}
    assert [text for text in sorted(found) if not re.search("[一-鿿]", text)] == []


@pytest.mark.parametrize(
    ("path", "keys", "value"),
    [
        ("metadata/desk/room.yaml", ("fields", "door", "tpye"), "string"),
        ("metadata/desk/room.yaml", ("fields", "door", "type"), "strng"),
        ("metadata/desk/room.yaml", ("scope",), "nobody"),
        ("metadata/desk/room.yaml", ("title",), {"de": "Raum"}),
        ("metadata/roles.yaml", ("keeper", "face"), "front"),
        ("metadata/project.yaml", ("subsystems", "desk", "modules"), "one"),
    ],
)
def test_it_marks_what_the_language_does_not_have(project, path, keys, value):
    root, schemas = project
    if root != BASE:
        pytest.skip("the words are those of the base project")
    data = read(root, path)
    spot = data
    for key in keys[:-1]:
        spot = spot.setdefault(key, {})
    spot[keys[-1]] = value
    assert faults(schemas[kind_of(path)], data)
