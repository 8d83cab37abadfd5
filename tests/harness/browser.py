"""A real Chromium against the product in processes of its own."""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from app.ops.ports import free_port
from app.ops.supervisor import die_with_parent
from app.settings import ROOT
from tests.harness.databases import copy_sqlite
from tests.harness.people import PASSWORD
from tests.harness.product import Ground

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PICTURES = ROOT / "var" / "test" / "pictures"  # of pages where a test failed
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
SIZE = {"width": 1366, "height": 768}
PATIENCE = 60_000  # milliseconds until an expectation has failed, on a machine that has other work
expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True)
class Live:
    """A running product: its address, and where its data lies."""

    url: str
    database_url: str
    var: Path


def serve(var: Path, database_url: str, *, demonstration: bool = True) -> Iterator[Live]:
    """Serve the product from a process of its own until the generator is closed."""
    port = free_port()
    environment = {
        **os.environ,
        "VAR": str(var),
        "DATABASE_URL": database_url,
        "PORT": str(port),
        "WEB_PROCESSES": "1",
        "DEMONSTRATION": "1" if demonstration else "0",
    }
    process = subprocess.Popen(
        [sys.executable, "run.py", "web"],
        cwd=ROOT, env=environment, preexec_fn=die_with_parent,
        stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    live = Live(f"http://127.0.0.1:{port}", database_url, var)
    try:
        _wait(live, process)
        yield live
    finally:
        process.terminate()
        process.wait(20)


def _wait(live: Live, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 40
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(f"{live.url}/readyz", timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    log = live.var / "log" / "platform.log"
    said = log.read_text("utf-8")[-3000:] if log.exists() else "nothing was logged"
    raise RuntimeError(f"the product did not become ready: {said}")


@pytest.fixture(scope="session")
def live_server(sqlite_ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The product with one account for every role, shared by all browser tests of a run."""
    var = tmp_path_factory.mktemp("live")
    (var / "data").mkdir()
    url = f"sqlite:///{var / 'data' / 'platform.db'}"
    copy_sqlite(sqlite_ground.url, url)
    _open_people(url)
    yield from serve(var, url)


def _open_people(url: str) -> None:
    """Open an account for every role, called like the role."""
    program = (
        "from app import settings; from app.web.factory import create_app\n"
        "from app.core.declare import registry; from tests.harness.people import open_person\n"
        "app = create_app(settings.load())\n"
        "with app.app_context():\n"
        "    for name in registry.registry().roles: open_person(name, username=name)\n"
    )
    subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT, check=True, env={**os.environ, "DATABASE_URL": url},
    )  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a module; its event loop would stand in the way of others."""
    if not Path(CHROMIUM).exists():
        pytest.fail(f"no browser at {CHROMIUM}: apt-get install --no-install-recommends chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def context(browser: Browser, live_server: Live) -> Iterator[BrowserContext]:
    """A fresh window without cookies; nothing but the product can be reached from it."""
    window = browser.new_context(
        base_url=live_server.url, viewport=SIZE, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    window.set_default_timeout(PATIENCE)
    window.route(re.compile(f"^(?!{re.escape(live_server.url)})https?:"), _foreign)
    yield window
    window.close()


def _foreign(route: Any) -> None:
    route.abort()
    raise AssertionError(f"the page asked for something from elsewhere: {route.request.url}")


@pytest.fixture
def page_for(
    context: BrowserContext, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """`page_for("role")` is a page on which somebody in this role has signed in.

    A script error or a refusal by the content policy on any page fails the test.
    """
    pages: list[Page] = []
    complaints: list[str] = []

    def opened(role: str = "", path: str = "/") -> Page:
        page = context.new_page()
        pages.append(page)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
        if role:
            sign_in(page, role)
        page.goto(path)
        return page

    yield opened
    if _failed(request.node):
        PICTURES.mkdir(parents=True, exist_ok=True)
        for number, page in enumerate(pages):
            name = re.sub(r"\W+", "-", request.node.nodeid)
            page.screenshot(path=PICTURES / f"{name}-{number}.png", full_page=True)
    assert complaints == []


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    """Sign in by the form, as a person does."""
    page.goto("/sign-in")
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(password)
    page.locator("form [type=submit], form button:not([type])").first.click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


_REPORT = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Any:
    """Remember that a test failed, for its pictures."""
    report = yield
    if report.when == "call":
        item.stash[_REPORT] = report.failed
    return report


def _failed(item: pytest.Item) -> bool:
    return item.stash.get(_REPORT, False)
