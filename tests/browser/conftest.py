"""A small city on a working morning, served once for all walks; windows in which its people have signed in."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from app.ops.ports import free_port
from app.ops.supervisor import die_with_parent
from app.security.demonstration import PASSWORD
from app.settings import ROOT
from tests.browser.desk import Desk
from tests.harness.browser import PATIENCE, PICTURES, SIZE
from tests.harness.patience import until

MORNING = "2026-11-10T09:00"  # a Tuesday on which annual plans are taken
PROGRAM = Path(__file__).with_name("city_program.py")

pytest.register_assert_rewrite(
    "tests.browser.main_chain"
)  # its chapters hold the steps of a test file


@dataclass
class City:
    """The running product, its gateway and the people who have a window open."""

    url: str
    gateway: str
    var: Path
    browser: Browser
    desks: dict[str, Desk] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    def desk(self, username: str = "", password: str = PASSWORD) -> Desk:
        """Return the window of a person, signed in; a stranger's window is always a new one."""
        if username not in self.desks or not username:
            desk = Desk(self._window(), self.url)
            if username:
                desk.sign_in(username, password)
            self.desks[username] = desk
        return self.desks[username]

    def another(self, username: str, password: str = PASSWORD) -> Desk:
        """Return a second, separate window of a person."""
        desk = Desk(self._window(), self.url)
        desk.sign_in(username, password)
        self.desks[f"{username} again"] = desk
        return desk

    def _window(self) -> Page:
        context = self.browser.new_context(
            base_url=self.url, viewport=SIZE, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self._listen(page, said.type, said.text))
        page.on("response", lambda answer: self._answered(answer.status, answer.url))
        return page

    def _listen(self, page: Page, kind: str, text: str) -> None:
        # The browser reports every refusal (422, 409, 403) as an error; those are what walks provoke.
        if kind == "error" and not text.startswith("Failed to load resource"):
            self.complaints.append(f"{page.url}: {text}")

    def _answered(self, status: int, url: str) -> None:
        if status >= 500 or not url.startswith((self.url, "data:", "blob:", "chrome")):
            self.complaints.append(f"{status} {url}")

    def texts(self, phone: str) -> list[str]:
        """Return the short messages that the gateway took for a telephone, oldest first."""
        with urllib.request.urlopen(f"{self.gateway}/messages.json", timeout=5) as answer:
            found = reversed(json.load(answer)["messages"])
        return [message["text"] for message in found if message["receiver"] == phone]

    def text_to(self, phone: str, part: str) -> str:
        """Wait for the worker to hand a message with that part to the gateway; return it."""

        def found() -> str:
            return next((text for text in reversed(self.texts(phone)) if part in text), "")

        return until(found, lambda: f"no message with “{part}” to {phone}: {self.texts(phone)}")


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, Path]]:
    """The city in processes of its own: web, worker, gateway simulator; where they listen and write."""
    var = tmp_path_factory.mktemp("city")
    port = free_port()
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("SMS_", "DATABASE"))}
    environment |= {"VAR": str(var), "PORT": str(port), "WEB_PROCESSES": "2"}
    with subprocess.Popen(
        [sys.executable, str(PROGRAM), MORNING],
        cwd=ROOT, env=environment, preexec_fn=die_with_parent,
        stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        try:
            gateway = _wait(process)
            yield f"http://127.0.0.1:{port}", gateway, var
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _wait(process: subprocess.Popen[str]) -> str:
    """Read what the product says until it serves; return where the gateway listens."""
    said, gateway = [], ""
    assert process.stdout
    for line in process.stdout:
        said.append(line)
        found = re.search(r"短信网关模拟器\S*?(http://\S+)", line)
        gateway = found[1].rstrip("（") if found else gateway
        if "已启动" in line:
            return re.match(r"http://[\d.:]+", gateway)[0]  # type: ignore[index]
    raise RuntimeError("the city did not start: " + "".join(said))


@pytest.fixture(scope="module")
def windows(served: tuple[str, str, Path], browser: Browser) -> Iterator[City]:
    """The city with the windows of one walk."""
    city = City(*served, browser)
    yield city
    for desk in city.desks.values():
        desk.page.context.close()


@pytest.fixture
def city(windows: City, request: pytest.FixtureRequest) -> Iterator[City]:
    """The city; a script error, a refusal by the content policy or an answer 5xx fails the test."""
    windows.complaints.clear()
    yield windows
    if request.node.stash.get(FAILED, False):
        _draw(windows.desks, re.sub(r"\W+", "-", request.node.name))
    assert windows.complaints == []


def _draw(desks: dict[str, Desk], name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for who, desk in desks.items():
        desk.page.screenshot(path=PICTURES / f"{name}-{who or 'stranger'}.png", full_page=True)


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Any:
    """Remember that a test failed, for its pictures."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture
def desk(city: City) -> Callable[..., Desk]:
    """`desk("username")` is that person's window, signed in; `desk()` a stranger's."""
    return city.desk
