"""The product itself under these tests, not the store of the folder above."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.harness.product import Ground


@pytest.fixture
def app(wsgi: Flask, database: Ground) -> Iterator[Flask]:
    """The application on the database of this test, within its context."""
    with wsgi.app_context():
        yield wsgi
