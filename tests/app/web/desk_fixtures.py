"""The desk on a real database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.app.web.desk.people import browser, furnish
from tests.app.web.ground import served
from tests.harness.databases import Fillings

DESK = "tests.app.web.desk.registry"


@pytest.fixture
def desk(tmp_path: Path, fillings: Fillings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application with the desk's declarations, rows and people."""
    with served(DESK, tmp_path, fillings, monkeypatch, furnish) as app:
        yield app


@pytest.fixture
def liaison(desk: Flask) -> FlaskClient:
    """Somebody who files for the first group."""
    return browser(desk, "liaison")


@pytest.fixture
def clerk(desk: Flask) -> FlaskClient:
    """Somebody who checks."""
    return browser(desk, "clerk")
