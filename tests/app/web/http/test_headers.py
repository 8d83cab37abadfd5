import gzip
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

PAGES = ("/", "/W01/", "/W01/?view=charts&f.kind=desk", "/W01/counts", "/W02/", "/nowhere", "/me")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_forbids_what_it_does_not_use_and_uses_no_inline_code(
    clerk: FlaskClient, path: str
) -> None:
    answer = clerk.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(r"<script(?![^>]* src=)", answer.text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|hx-on", answer.text)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text)


def test_static_files_are_kept_by_their_digest(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/sign-in").text
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
        answer = client.get(address, buffered=True)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers
    assert (
        "immutable"
        not in client.get("/static/css/base.css", buffered=True).headers["Cache-Control"]
    )


def test_every_icon_that_templates_name_exists(app: Flask) -> None:
    from app.web.http.assets import FOLDER, icons

    if not icons():
        pytest.fail("set-up has not brought the icons")
    for path in (FOLDER.parent / "templates").rglob("*.html"):
        for name in re.findall(r'\bicon\("([^"]+)"', path.read_text("utf-8")):
            assert name in icons(), (path.name, name)


def test_pages_are_compressed_and_hide_their_length(clerk: FlaskClient) -> None:
    asking = {"Accept-Encoding": "gzip"}
    plain = clerk.get("/W01/")
    packed = [clerk.get("/W01/", headers=asking) for _ in range(12)]
    assert all(answer.headers["Content-Encoding"] == "gzip" for answer in packed)
    assert "Accept-Encoding" in packed[0].headers["Vary"]
    assert "第 1–20 行" in gzip.decompress(packed[0].data).decode()
    assert len(packed[0].data) < len(plain.data) / 4
    assert len({len(answer.data) for answer in packed}) > 3


def test_a_first_visit_weighs_under_300_kb_and_a_later_one_under_60(clerk: FlaskClient) -> None:
    asking = {"Accept-Encoding": "gzip"}
    page = clerk.get("/W01/", headers=asking)
    text = gzip.decompress(page.data).decode()
    files = re.findall(
        r'<(?:link rel="(?:stylesheet|icon)"|script)[^>]* (?:href|src)="(/static/[^"]+)"', text
    )
    assert len(files) > 6
    weights = [len(clerk.get(name, headers=asking, buffered=True).data) for name in files]
    assert len(page.data) < 60_000
    assert len(page.data) + sum(weights) < 300_000
    assert gzip.decompress(clerk.get(files[-1], headers=asking, buffered=True).data)
