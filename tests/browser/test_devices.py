"""Desks with devices: a person is captured by a workstation, papers are taken in one scan after another.

The example project is served in a process of its own; its workstation is a simulator in another.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.ops.ports import free_port
from app.ops.supervisor import die_with_parent
from app.security.demonstration import PASSWORD
from app.settings import ROOT
from tests.harness.browser import SIZE


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the example project is served."""
    var: Path = tmp_path_factory.mktemp("example") / "var"
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("SMS_", "DATABASE"))}
    environment |= {"VAR": str(var), "PORT": str(free_port())}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.examples.serve"],
        cwd=ROOT, env=environment, preexec_fn=die_with_parent,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        assert process.stdout
        yield process.stdout.readline().split()[0]
        process.terminate()


@pytest.fixture
def page(example: str, browser: Browser) -> Iterator[Page]:
    """The window of an officer; an error of a script fails the test."""
    context = browser.new_context(base_url=example, viewport=SIZE, locale="zh-CN")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto("/sign-in")
    page.get_by_label("用户名").fill("officer1")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    yield page
    context.close()
    assert errors == []


def test_a_person_is_captured_device_by_device_and_then_finished(page: Page) -> None:
    page.goto("/EX80/1")
    page.get_by_role("button", name="完成采集").click()
    expect(page.locator("body")).to_contain_text(
        "还没有读取身份证；还没有拍照；还没有人证比对；还没有采集指纹"
    )
    page.goto("/EX80/1")
    for word in ("读取身份证", "拍照", "人证比对", "采集指纹"):
        page.get_by_role("button", name=word).click()
        expect(page.get_by_text(f"{word}完成（设备 SIM-")).to_be_visible()
        expect(page.get_by_role("button", name=f"{word}（已采集，可重采）")).to_be_visible()
    expect(page.locator("dd", has_text="王伟")).to_be_visible()
    page.get_by_role("button", name="完成采集").click()
    expect(page.locator(".case-name .tag")).to_have_text("已采集")


def test_papers_are_taken_in_by_scanning_without_touching_the_mouse(page: Page) -> None:
    page.goto("/EX24/")
    expect(page.locator("#number")).to_be_focused()
    page.keyboard.type("PE1234567")
    page.keyboard.press("Enter")
    expect(page.get_by_label("今日已办")).to_contain_text("PE1234567")
    expect(page.locator("#number")).to_be_focused()
    page.keyboard.type("PE9999999")
    page.keyboard.press("Enter")
    expect(page.get_by_label("未能办理")).to_contain_text("PE9999999")
    page.keyboard.type("PE7654321")
    page.keyboard.press("Enter")
    expect(page.get_by_label("今日已办")).to_contain_text("PE7654321")
    expect(page.get_by_label("未能办理")).to_contain_text("PE9999999")
