"""The recipes for implementers compile, one beside the other, as they stand in the document."""

import re
from pathlib import Path

from tests.generator.projects import compiled

PAGE = Path(__file__).parents[2] / "docs" / "做法.md"


def blocks() -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def test_every_recipe_compiles(tmp_path):
    changes = []
    for text in blocks():
        named = re.match(r"# (metadata/\S+)\n", text)
        word = re.match(r"object: (\w+)\n", text)
        path = named[1] if named else f"metadata/desk/{word[1]}.yaml"
        changes.append({"file": path, "text": text})
    assert len(changes) >= 6
    found = compiled(tmp_path, *changes)
    assert found.problems == [], found.report
