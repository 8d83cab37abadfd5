"""Late rules build the addresses that the library's own rules build."""

import pytest
from werkzeug.routing import BuildError, Map, Rule

from app.web.http.late_rule import LateRule

RULES = (
    ("/", "home", {}),
    ("/x/<int:pk>", "show", {}),
    ("/x/<int:pk>/do/<action>", "do", {}),
    ("/pages/", "pages", {"defaults": {"n": 1}}),
    ("/pages/<int:n>", "pages", {}),
    ("/files/<path:name>", "file", {}),
)
ASKED = (
    ("home", {}), ("home", {"q": "甲 乙"}), ("show", {"pk": 7}), ("show", {"pk": 7, "tab": "a&b"}),
    ("do", {"pk": 1, "action": "退/回"}), ("pages", {"n": 1}), ("pages", {"n": 2}),
    ("file", {"name": "a/b c.pdf"}), ("show", {}), ("nothing", {}),
)  # fmt: skip


def address(kind, endpoint, values, unknown):
    urls = Map([kind(path, endpoint=name, **more) for path, name, more in RULES]).bind("host")
    try:
        return urls.build(endpoint, values, append_unknown=unknown)
    except BuildError as error:
        return str(error)


@pytest.mark.parametrize(("endpoint", "values"), ASKED)
@pytest.mark.parametrize("unknown", [True, False])
def test_it_builds_what_the_library_builds(endpoint, values, unknown):
    assert address(LateRule, endpoint, values, unknown) == address(Rule, endpoint, values, unknown)


def test_nothing_is_compiled_before_an_address_is_built(monkeypatch):
    compiled = []
    own = Rule._compile_builder
    monkeypatch.setattr(
        Rule,
        "_compile_builder",
        lambda rule, unknown=True: compiled.append(1) or own(rule, unknown),
    )
    urls = Map([LateRule(path, endpoint=name, **more) for path, name, more in RULES]).bind("host")
    assert compiled == []
    assert urls.match("/x/3") == ("show", {"pk": 3})
    assert urls.build("show", {"pk": 3}) == urls.build("show", {"pk": 3}) == "/x/3"
    assert compiled == [1]
