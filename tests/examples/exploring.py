"""The analysis of the examples, as somebody who may use it opens it."""

import re

import pytest

from tests.examples.test_report_screens import figures
from tests.examples.test_reports import put

NESTED = "rows=bureau&inner=grade&columns=month&show=persons"


@pytest.fixture
def office_of(world, client):
    put(world)
    return client


@pytest.fixture
def officer(office_of):
    return office_of("officer")


def rows(page):
    """The lines of the table: names and figures, also of rows within rows."""
    return figures(re.sub(r'<tr class="(?:whole|within)"', "<tr", page))


def links(page):
    found = re.findall(r'href="(/RP04/rows[^"]+)">([\d,]+)<', page)
    return [(link.replace("&amp;", "&"), int(number)) for link, number in found]
