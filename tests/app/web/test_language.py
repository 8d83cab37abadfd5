import re
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

SPOKEN = {"title", "placeholder", "aria-label", "alt", "data-confirm", "data-busy"}
ALLOWED = {"Excel", "Enter", "Esc", "Alt", "Ctrl", "PDF"}
PAGES = (
    "/", "/W01/", "/W01/?view=charts", "/W01/?q=zz&tab=check&page=0&size=x&f.kind=no", "/W01/counts", "/W02/",
    "/nowhere", "/me", "/W09/", "/W01/999999",
)  # fmt: skip


class Words(HTMLParser):
    """Collects everything that a page says: texts and the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style", "svg", "kbd")
        self.said += [value or "" for name, value in attrs if name in SPOKEN]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style", "svg", "kbd")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.said.append(data)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_nothing_in_a_foreign_language(clerk: FlaskClient, path: str) -> None:
    words = Words()
    words.feed(clerk.get(path).text)
    latin = set(re.findall(r"[A-Za-z]{3,}", " ".join(words.said)))
    assert latin <= ALLOWED | {"clerk", "Werkzeug"}, latin  # the account and its browser are data


@pytest.mark.parametrize(
    ("method", "status"),
    [
        ("get", 405),
        ("post", 400),
        ("put", 405),
        ("delete", 405),
        ("patch", 405),
    ],  # a form lacks its secret
)
def test_refusals_of_the_router_are_chinese_too(
    clerk: FlaskClient, method: str, status: int
) -> None:
    answer = getattr(clerk, method)("/W01/columns", headers={"Accept": "text/html"})
    assert answer.status_code == status
    words = Words()
    words.feed(answer.text)
    latin = set(re.findall(r"[A-Za-z]{3,}", " ".join(words.said)))
    assert latin <= ALLOWED | {answer.headers["X-Request-Id"]}
