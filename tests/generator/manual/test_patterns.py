"""The page of patterns tells an implementer everything that `mixins` and `use` may name."""

import re

from generator.compile import compile_all
from generator.load import BUILTIN, FRAMEWORK
from generator.manual.patterns import PAGE
from tests.generator.projects import make


def test_a_project_elsewhere_reads_of_mixins_shipped_patterns_and_its_own(tmp_path):
    folder = make(tmp_path)
    own = {path.stem for path in (folder / "metadata/patterns").glob("*.yaml")}
    shipped = {path.stem for path in (FRAMEWORK / "metadata/patterns").glob("*.yaml")} - own
    page = str(compile_all(folder).files[PAGE])
    mixins = set(re.findall(r"(?m)^### (\w+)$", page))
    assert mixins == {path.stem for path in BUILTIN.glob("*.yaml")}
    sections = dict(re.findall(r"(?ms)^## (\w+)\n(.*?)(?=^## |\Z)", page))
    assert {name for name, text in sections.items() if "随产品交付。" in text} == shipped
    for name in own:
        assert f"`metadata/patterns/{name}.yaml`" in sections[name]
    assert own
    assert "| `remaining` | 剩余 | `integer` |" in page  # what slotted brings
