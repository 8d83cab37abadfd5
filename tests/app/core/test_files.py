"""Stored files: damage is found, what belongs to nothing is told apart from what is on its way."""

import os
from io import BytesIO

import pytest

from app.core import files
from app.core.actor import SYSTEM, acting_as
from app.core.database import session, unit_of_work


@pytest.fixture
def stored(app, own_var):
    with acting_as(SYSTEM), unit_of_work():
        yield files.store(BytesIO(b"%PDF-1.4 whole"), "../../批件.pdf", ("pdf",), 1000)


def test_whole_files_are_fine(stored):
    assert files.check_all() == []
    assert files.orphans() == []


@pytest.mark.parametrize(
    ("harm", "what"),
    [
        (lambda place: place.write_bytes(b"%PDF-1.4 other"), "内容与校验值不符"),
        (lambda place: place.unlink(), "缺少内容"),
    ],
)
def test_harm_is_found_and_named(stored, harm, what):
    harm(files.path_of(stored))
    assert files.check_all() == [(stored.id, what)]


def test_content_without_a_row_is_told_once_it_is_old(stored):
    place = files.path_of(stored)
    session.delete(stored)
    session.flush()
    assert files.orphans() == [], "its row may still be on its way"
    day = 2 * 24 * 3600
    os.utime(place, (place.stat().st_atime - day, place.stat().st_mtime - day))
    assert files.orphans() == [place]


def test_no_path_of_a_user_reaches_the_disk(stored, own_var):
    assert stored.name == "批件.pdf"
    assert files.path_of(stored).is_relative_to(own_var / "files")
