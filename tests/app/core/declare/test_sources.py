"""The line of what decides is found in the file as it is now, not as it was when it was compiled."""

import re
from pathlib import Path

import pytest

from app.core.declare import registry, sources
from app.core.declare.addresses import addresses
from app.generated.places import PLACES

ROOT = Path(__file__).resolve().parents[4]
TEXT = """functions:
  A1:
    roles: {clerk: [view], host: [add]}
    where: "a == 1"
scope:
  where: b
steps:
  - one
  - two
"""


def test_keys_and_values_have_addresses() -> None:
    at = {address: (mark.line + 1, mark.column + 1) for address, mark in addresses(TEXT)}
    assert at["functions/A1/roles/host"] == (3, 28)
    assert at["functions/A1/where="] == (4, 12)
    assert at["functions/A1/roles="] == (3, 12)
    assert at["steps/1="] == (9, 5)
    assert list(addresses("a: [")) == []


def test_each_address_leads_to_a_line_that_names_what_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(registry, "package", lambda: "app.generated")
    for path, keys in PLACES.items():
        lines = (ROOT / path).read_text("utf-8").splitlines()
        for key, address in keys.items():
            assert address, f"{key} in {path} has no address"
            found = re.fullmatch(rf"{re.escape(path)}:(\d+)", sources.line_of(key))
            assert found, key
            named = address.rstrip("=").rsplit("/", 1)[-1]
            assert named.isdecimal() or address.endswith("=") or named in lines[int(found[1]) - 1]


def test_a_line_more_above_moves_what_is_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "app" / "generated"
    folder.mkdir(parents=True)
    (folder / "places.py").write_text("")
    (tmp_path / "a.yaml").write_text(TEXT, "utf-8")

    class Places:
        __file__ = str(folder / "places.py")
        PLACES = {"a.yaml": {"where A1": "functions/A1/where="}}

    monkeypatch.setattr(sources, "_places", lambda package: Places)
    monkeypatch.setattr(registry, "package", lambda: "made")
    for more, line in (("", 4), ("# one\n# two\n", 6)):
        (tmp_path / "a.yaml").write_text(more + TEXT, "utf-8")
        sources._lines.cache_clear()
        sources._table.cache_clear()
        assert sources.line_of("where A1") == f"a.yaml:{line}"
    (tmp_path / "a.yaml").unlink()
    sources._lines.cache_clear()
    assert sources.line_of("where A1") == "a.yaml", "an installation without its metadata"
    sources._table.cache_clear()
