"""Stored files, in a folder and in an S3 store: damage is found, what belongs to nothing is told apart."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.core.errors import NotFound, Rejected, Unavailable
from app.core.files import attachments, storage
from tests.harness import s3

PDF = b"%PDF-1.4 whole %%EOF"


@pytest.fixture(scope="module")
def s3_url() -> Iterator[str]:
    with s3.server() as url:
        yield url


@dataclass
class Place:
    """One of the places where contents may lie, and hands that reach into it past the product."""

    kind: str
    store: Any

    def harm(self, name: str) -> None:
        if self.kind == "folder":
            self.store.place(name).write_bytes(b"%PDF-1.4 other")
        else:
            client = self.store.client
            client.put_object(Bucket="papers", Key=self.store.prefix + name, Body=b"%PDF-1.4 other")

    def names(self) -> list[str]:
        return [kept.name for kept in self.store.walk()]


def use(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("FILES_URL", url)
    monkeypatch.setenv("FILES_KEY", "key")
    monkeypatch.setenv("FILES_SECRET", "secret")


@pytest.fixture(params=["folder", "s3"])
def place(request, monkeypatch, own_var) -> Place:
    if request.param == "s3":
        url = request.getfixturevalue("s3_url")
        use(monkeypatch, f"{url}/{request.node.name}")
    return Place(request.param, storage.contents())


@pytest.fixture
def stored(app, place):
    with acting_as(SYSTEM), unit_of_work():
        yield attachments.store(BytesIO(PDF), "../../批件.pdf", ("pdf",), 1000)


def test_whole_files_are_fine_and_read_back(stored, place):
    assert attachments.check_all() == []
    assert list(attachments.orphans(timedelta(0))) == []
    assert place.names() == [hashlib.sha256(PDF).hexdigest()]
    with attachments.open_file(stored) as content:
        assert content.read() == PDF
        content.seek(4)
        assert content.read() == PDF[4:]


def test_harm_is_found_and_named(stored, place):
    place.harm(stored.sha256)
    assert attachments.check_all() == [(stored.id, "内容与校验值不符")]


def test_loss_is_found_and_told(stored, place):
    place.store.remove(stored.sha256)
    assert attachments.check_all() == [(stored.id, "缺少内容")]
    with pytest.raises(NotFound, match="文件内容已丢失"):
        attachments.open_file(stored)


def test_the_same_content_is_kept_once(stored, place):
    attachments.store(BytesIO(PDF), "另一份.pdf", ("pdf",), 1000)
    assert place.names() == [stored.sha256]


def test_content_without_a_row_is_removed_once_it_is_old(stored, place):
    kept = attachments.store(BytesIO(PDF + b" kept"), "留下.pdf", ("pdf",), 1000)
    session.delete(stored)
    session.flush()
    assert list(attachments.orphans()) == [], "its row may still be on its way"
    assert attachments.remove_orphans(timedelta(days=-1)) == 1
    assert place.names() == [kept.sha256]


def test_forgotten_content_that_comes_again_is_young_again(stored, own_var, place):
    if place.kind == "folder":
        old = place.store.place(stored.sha256)
        os.utime(old, (1, 1))
    session.delete(stored)
    session.flush()
    with unit_of_work():
        attachments.store(BytesIO(PDF), "批件.pdf", ("pdf",), 1000)
        ages = [kept.at.year for kept in place.store.walk()]
    assert min(ages) > 2000


def test_what_was_broken_off_is_left_over_and_removed(app, place, own_var):
    left = own_var / "files" / "tmpbroken"
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"%PDF")
    assert "tmpbroken" in attachments.orphans(timedelta(days=-1))
    assert attachments.remove_orphans(timedelta(days=-1)) == 1
    assert not left.exists()


class Trickle:
    """An upload whose bytes come as they are asked for, and of which nobody may take all at once."""

    def __init__(self, size: int) -> None:
        self.left, self.most = size, 0
        self.head = PDF

    def read(self, size: int = -1) -> bytes:
        assert 0 < size <= 1024 * 1024, "the whole upload was asked for at once"
        taken = self.head[:size] or (b"%%EOF" * size)[: min(size, self.left)]
        self.head = b""
        self.left -= len(taken)
        return taken if self.left >= 0 else b""


def test_an_upload_is_streamed(app, place):
    size = 24 * 1024 * 1024  # an S3 client sends it in parts
    with acting_as(SYSTEM), unit_of_work():
        file = attachments.store(Trickle(size), "大.pdf", ("pdf",), size)  # type: ignore[arg-type]
    assert file.size == size
    assert attachments.check_all() == []


def test_a_refused_upload_leaves_nothing(app, place, own_var):
    with acting_as(SYSTEM), pytest.raises(Rejected), unit_of_work():
        attachments.store(BytesIO(b"MZ program"), "批件.pdf", ("pdf",), 1000)
    assert place.names() == []


def test_a_pdf_that_was_cut_off_is_refused(app, place, own_var):
    whole = PDF + b"\n" + bytes(3000)  # some programs write more behind the end
    with acting_as(SYSTEM), unit_of_work():
        attachments.store(BytesIO(whole), "批件.pdf", ("pdf",), 10_000)
    with acting_as(SYSTEM), pytest.raises(Rejected) as error, unit_of_work():
        attachments.store(BytesIO(PDF[:-5]), "批件.pdf", ("pdf",), 10_000)
    assert "不完整" in error.value.faults[0].message
    assert len(place.names()) == 1


def test_no_path_of_a_user_reaches_the_store(stored, place, own_var):
    assert stored.name == "批件.pdf"
    assert place.names() == [stored.sha256]


@contextmanager
def nobody_there(monkeypatch) -> Iterator[None]:
    with s3.server() as url:
        use(monkeypatch, url)
        storage.contents()
    yield


def test_a_store_that_is_away_is_told_and_nothing_is_written(app, own_var, monkeypatch):
    with nobody_there(monkeypatch), acting_as(SYSTEM):
        with pytest.raises(Unavailable, match="文件存储暂不可用"), unit_of_work():
            attachments.store(BytesIO(PDF), "批件.pdf", ("pdf",), 1000)
        assert session.query(attachments.File).count() == 0
        assert list((own_var / "files").iterdir()) == []


def test_a_bucket_that_does_not_exist_is_no_missing_file(stored, s3_url, monkeypatch):
    use(monkeypatch, s3_url.replace("/papers", "/nowhere"))
    with pytest.raises(Unavailable, match="文件存储暂不可用"):
        attachments.open_file(stored)
