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
    from app.web.assets import FOLDER, icons

    if not icons():
        pytest.fail("set-up has not brought the icons")
    for path in (FOLDER.parent / "templates").rglob("*.html"):
        for name in re.findall(r'\bicon\("([^"]+)"', path.read_text("utf-8")):
            assert name in icons(), (path.name, name)
