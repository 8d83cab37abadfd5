"""A person without a mouse: Tab to get there, keys to choose, never a click or a script in their place."""

import re
from pathlib import Path

from playwright.sync_api import FileChooser, Page, TimeoutError, expect

FURTHEST = 400  # presses of Tab until somebody would give up
HERE = "selector => Boolean(document.activeElement?.matches(selector))"
SEEN = """() => { const part = document.activeElement, box = part.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return box.top >= 0 && box.bottom <= innerHeight && Boolean(top) && (part.contains(top) || top.contains(part)); }"""


class Keys:
    """The keyboard of one window."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keyboard = page.keyboard

    def press(self, *keys: str) -> None:
        """Press keys one after another."""
        for key in keys:
            self.keyboard.press(key)

    def to(self, selector: str, *, back: bool = False) -> None:
        """Tab on (or back) until something is reached; it must then be in sight."""
        for _ in range(FURTHEST):
            self.keyboard.press("Shift+Tab" if back else "Tab")
            if self.page.evaluate(HERE, selector):
                self.page.wait_for_function(SEEN, timeout=15_000)  # where the focus is can be seen
                return
        raise AssertionError(f"{selector} cannot be reached by Tab")

    def at(self, selector: str) -> None:
        """See that the focus is there already."""
        expect(self.page.locator(f"{selector}:focus")).to_have_count(1)

    def write(self, path: str, text: str) -> None:
        """Go to a field and type into it."""
        self.to(control(path))
        self.keyboard.type(text)

    def choose(self, path: str, words: str) -> None:
        """Go to a drop-down list and walk to an entry."""
        self.to(control(path))
        chosen = "() => document.activeElement.selectedOptions[0].textContent.trim()"
        for _ in range(60):
            if self.page.evaluate(chosen) == words:
                return
            self.press("ArrowDown")
        raise AssertionError(f"{path} has no entry {words}")

    def pick(self, path: str, words: str = "") -> None:
        """Go to a search box, type (or open the whole list), and take the first that is found."""
        self.to(control(path))
        self.search(f'[id="o-{path}"]', words)

    def search(self, found: str, words: str = "") -> None:
        """Search where the focus is, and take the first that is found."""
        if words:
            self.keyboard.type(words)
        else:
            self.press("ArrowDown")
        first = self.page.locator(f"{found} .fx-option", has_text=words).first
        expect(first).to_have_attribute("aria-selected", "true")
        self.press("Enter")
        expect(self.page.locator(found)).to_be_hidden()

    def add_row(self, child: str) -> None:
        """Add a row to a child list; the focus is then in its first field."""
        self.to(f'[data-child="{child}"] [data-add]')
        self.press("Enter")
        assert self.page.evaluate(HERE, f'[data-child="{child}"] .ft-row :is(input, select)')

    def hand_in(self, name: str, file: Path) -> None:
        """Go to a line of the checklist and choose a file for it."""
        self.to(f'[id="c-material.{name}"]')
        self._chooser().set_files(file)
        line = self.page.locator(f'[data-material="{name}"] [data-files]')
        expect(line).to_contain_text(file.name)

    def _chooser(self) -> FileChooser:
        """Press Enter until the dialog comes: Chromium refuses a second one while the first is closing."""
        for _ in range(4):
            try:
                with self.page.expect_file_chooser(timeout=5000) as asked:
                    self.press("Enter")
                return asked.value
            except TimeoutError:
                continue
        raise AssertionError("no dialog to choose a file opens")

    def open_function(self, words: str, function: str) -> None:
        """Jump to a function by the search of the menu."""
        self.press("/")
        self.keyboard.type(words)
        expect(self.page.locator("#found-functions li").first).to_contain_text(function)
        self.press("Enter")
        self.page.wait_for_url(re.compile(rf"/{function}/$"))


def control(path: str) -> str:
    """Return the selector of a field's control."""
    return f'[id="c-{path}"]'
