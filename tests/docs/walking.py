"""Does in a real browser what the tutorial tells its reader to do, line by line, in the reader's words."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Locator, expect

from app.security.demonstration import PASSWORD
from tests.browser.desk import Desk, scan
from tests.harness.browser import PATIENCE, SIZE

ROW = re.compile(r"(\S+) (\d+) (.+)")


class Walk:
    """One reader at one product; each line of the text is a verb with what it is about."""

    def __init__(self, browser: Browser, url: str, folder: Path) -> None:
        self.browser, self.url, self.folder = browser, url, folder
        self.verbs: dict[str, Callable[[str], None]] = {
            "登录": self.sign_in, "打开": self.open, "点": self.click, "填": self.fill,
            "选": self.pick, "添加": self.add, "附": self.attach, "提交": self.submit,
            "进入": self.enter, "办理": self.decide, "看到": self.see,
        }  # fmt: skip

    def follow(self, text: str) -> None:
        """Do every line; a line that cannot be done names itself."""
        for line in text.strip().splitlines():
            verb, _, rest = line.partition(" ")
            try:
                self.verbs[verb](rest)
            except Exception as fault:
                raise AssertionError(f"“{line}” cannot be done: {fault}") from fault

    def sign_in(self, username: str) -> None:
        """登录 ACCOUNT: in a window of one's own."""
        context = self.browser.new_context(
            base_url=self.url, viewport=SIZE, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        context.set_default_timeout(2 * PATIENCE)
        self.desk = Desk(context.new_page(), self.url)
        self.desk.sign_in(username, PASSWORD)

    @property
    def main(self) -> Locator:
        """What stands beside the menu."""
        return self.desk.page.locator("#main")

    def open(self, title: str) -> None:
        """打开 FUNCTION: by the menu."""
        entry = self.desk.page.locator("nav a").filter(has_text=re.compile(f"^\\s*{title}(\\s|$)"))
        href = entry.first.get_attribute("href")
        assert href, title
        self.desk.open(href)

    def click(self, words: str) -> None:
        """点 WORDS: a link or button that says exactly this."""
        self.main.locator("a, button").filter(
            has_text=re.compile(f"^\\s*{re.escape(words)}")
        ).first.click()
        self.desk.page.wait_for_load_state("load")

    def _path(self, words: str) -> str:
        """Return the path of a field that a label names, or LIST NUMBER LABEL of a row."""
        found = ROW.fullmatch(words)
        if found:
            child, number, label = found.groups()
            row = self._list(child).locator("[data-rows] > .ft-row").nth(int(number) - 1)
            return str(row.get_by_label(label, exact=True).get_attribute("name"))
        name = re.compile(f"^\\s*{re.escape(words)}\\*?\\s*$")
        label = self.main.locator("label").filter(has_text=name).first
        return str(label.get_attribute("for")).removeprefix("c-")

    def _list(self, title: str) -> Locator:
        return self.main.locator("[data-child]").filter(
            has=self.desk.page.get_by_role("region", name=title, exact=True)
        )

    def fill(self, words: str) -> None:
        """填 LABEL：VALUE."""
        label, _, value = words.partition("：")
        self.desk.enter({self._path(label): value})

    def pick(self, words: str) -> None:
        """选 LABEL：WORDS: search and take."""
        label, _, value = words.partition("：")
        self.desk.pick(self._path(label), value)

    def add(self, title: str) -> None:
        """添加 LIST: one more row."""
        rows = self._list(title).locator("[data-rows] > .ft-row")
        before = rows.count()
        self._list(title).locator("[data-add]").click()
        expect(rows).to_have_count(before + 1)

    def attach(self, title: str) -> None:
        """附 MATERIAL: a picture of some paper."""
        line = self.main.locator("[data-material]").filter(has_text=title).first
        self.desk.hand_in(
            **{str(line.get_attribute("data-material")): scan(self.folder, "photo.png")}
        )

    def submit(self, words: str) -> None:
        """提交 WORDS: send the form and arrive at the case."""
        self.desk.submit(words)

    def enter(self, words: str) -> None:
        """进入 WORDS: the row of the list that says so."""
        self.main.locator("[data-rows] tbody tr, tr[data-id]").filter(has_text=words).locator(
            "a"
        ).first.click()
        self.desk.page.wait_for_load_state("load")

    def decide(self, words: str) -> None:
        """办理 WORDS: tick what is to be confirmed and take the action."""
        self.desk.decide(words)

    def see(self, words: str) -> None:
        """看到 WORDS on the page."""
        expect(self.main).to_contain_text(words)
