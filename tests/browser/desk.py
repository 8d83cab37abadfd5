"""What a person does with keyboard and mouse at a desk: forms filled, papers handed in, cases decided."""

import base64
import os
import re
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload, Locator, Page, expect

LOOK = os.environ.get("LOOK", "")  # a folder: pictures of the walk, to be looked at
LARGE = {"width": 1920, "height": 1080}
KIND = """part => part.matches('[role=combobox]') ? 'pick' : part.matches('.fx-draft') ? 'draft'
  : part.matches('[role=radiogroup]') ? 'radio' : part.matches('[data-upload]') ? 'upload'
  : part.type === 'checkbox' ? 'check' : part.tagName === 'SELECT' ? 'select' : 'text'"""


class Desk:
    """One window. Paths name fields as forms do: `name`, `members.0.post`."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self._looks = 0

    # -- getting there -----------------------------------------------------------------------------

    def sign_in(self, username: str, password: str) -> None:
        """Sign in by the form, as a person does."""
        self.page.goto("/sign-in")
        self.page.locator("[name=username]").fill(username)
        self.page.locator("[name=password]").fill(password)
        self.page.locator("#sign-in button.btn-primary").click()
        self.page.wait_for_url(lambda url: "/sign-in" not in url)

    def open(self, path: str) -> "Desk":
        """Open an address and wait until its scripts have asked what they ask at first."""
        self.page.goto(path)
        return self

    def find(self, function: str, words: str) -> None:
        """Open the row of a list that says something, by its link."""
        self.open(f"/{function}/")
        self.page.locator("[data-rows] tbody tr", has_text=words).locator("a").first.click()
        self.page.wait_for_url(re.compile(rf"/{function}/\d+"))

    @property
    def number(self) -> int:
        """The number of the record that the window shows."""
        found = re.search(r"/\w+/(\d+)", self.page.url)
        assert found, self.page.url
        return int(found[1])

    # -- filling in ---------------------------------------------------------------------------------

    def control(self, path: str) -> Locator:
        """Return the control of a field."""
        return self.page.locator(f'[id="c-{path}"]')

    def enter(self, values: dict[str, Any]) -> None:
        """Fill in fields, each as its control wants it."""
        for path, value in values.items():
            part = self.control(path)
            match part.evaluate(KIND):
                case "pick":
                    self.pick(path, value)
                case "select":
                    part.select_option(label=value)
                case "radio":
                    part.get_by_text(value, exact=True).click()
                case "check":
                    part.set_checked(value)
                case "upload":
                    part.locator("[data-file]").set_input_files(value)
                    expect(part.locator("[data-now] a")).to_be_visible()
                case _:
                    part.fill(value)
                    part.dispatch_event("change")

    def pick(self, path: str, words: str, option: str = "") -> None:
        """Type into a search box and take what it finds."""
        part = self.control(path)
        part.click()
        part.fill(words)
        found = self.page.locator(f'[id="o-{path}"] .fx-option', has_text=option or words).first
        found.click()

    def row(self, child: str) -> int:
        """Add a row to a child list; return its number."""
        table = self.page.locator(f'[data-child="{child}"]')
        before = table.locator("[data-rows] > .ft-row").count()
        table.locator("[data-add]").click()
        return before

    def pick_row(self, child: str, words: str) -> int:
        """Add a row to a child list by picking what it is about."""
        table = self.page.locator(f'[data-child="{child}"]')
        before = table.locator("[data-rows] > .ft-row").count()
        box = table.locator("[data-adder] [role=combobox]")
        box.click()
        box.fill(words)
        table.locator("[data-adder] .fx-option", has_text=words).first.click()
        expect(table.locator("[data-rows] > .ft-row")).to_have_count(before + 1)
        return before

    def more(self, path: str) -> None:
        """Open what a row holds besides its columns: `more("stops.0")`."""
        child, _, number = path.rpartition(".")
        rows = self.page.locator(f'[data-child="{child}"] [data-rows] > .ft-row')
        button = rows.nth(int(number)).locator("[data-more]")
        if button.get_attribute("aria-expanded") == "false":
            button.click()

    def hand_in(self, **papers: Any) -> None:
        """Choose a file for lines of the checklist."""
        for name, file in papers.items():
            line = self.material(name)
            line.locator("[data-file]").set_input_files(file)
            expect(line.locator("[data-files] .mat-file").last).to_contain_text(
                name_of(file[-1] if isinstance(file, list) else file)
            )

    def drop(self, name: str, file: Path) -> None:
        """Drag a file from the desktop onto a line of the checklist."""
        transfer = self.page.evaluate_handle(
            """([name, data]) => {
              const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
              const transfer = new DataTransfer();
              transfer.items.add(new File([bytes], name));
              return transfer;
            }""",
            [file.name, base64.b64encode(file.read_bytes()).decode()],
        )
        line = self.material(name)
        for event in ("dragenter", "dragover", "drop"):
            line.dispatch_event(event, {"dataTransfer": transfer})
        expect(line.locator("[data-files] .mat-file")).to_contain_text(file.name)

    def material(self, name: str) -> Locator:
        """Return a line of the checklist."""
        return self.page.locator(f'[data-material="{name}"]')

    # -- sending and deciding --------------------------------------------------------------------------

    def press(self, words: str) -> None:
        """Press a button at the head of a form and wait for the answer."""
        button = self.page.locator("#form-head").get_by_role("button", name=words)
        with self.page.expect_response(
            lambda answer: answer.request.method == "POST" and "/preview" not in answer.url
        ):
            button.click()
        expect(self.page.locator('#form[aria-busy="true"]')).to_have_count(0)

    def submit(self, words: str = "提交") -> None:
        """Send a form and see that it went through."""
        self.press(words)
        self.page.wait_for_url(re.compile(r"/\w+/\d+$"))

    def decide(self, words: str, *, checks: bool = True, comment: str = "") -> None:
        """Take an action that needs no dialog: tick what is to be confirmed, write, press."""
        if checks:
            for box in self.page.locator(".dock-checks input").all():
                box.check()
        if comment:
            self.page.locator("#comment").fill(comment)
        self._done(
            self.page.locator(".dock-actions").get_by_role("button", name=re.compile(f"^{words}"))
        )

    def ask(self, action: str, comment: str, target: str = "") -> None:
        """Take an action by its dialog, with the reason that it asks for."""
        self.page.locator(f"[data-ask={action}]").click()
        dialog = self.page.locator(f"#ask-{action}")
        if target:
            dialog.get_by_label(target).check()
        dialog.locator("textarea").fill(comment)
        self._done(dialog.locator("[data-act]"))

    def _done(self, button: Locator) -> None:
        with self.page.expect_response(re.compile(r"/do/")) as answered:
            button.click()
            self.confirm()
        assert answered.value.ok, answered.value.text()[:500]
        self.page.wait_for_load_state("load")
        expect(self.page.locator("#messages .notice.success")).to_be_visible()

    def confirm(self) -> None:
        """Say yes where a step asks before it is taken."""
        sure = self.page.locator("#confirm[open]").get_by_role("button", name="确定")
        if sure.count():
            sure.click()

    # -- what is seen ---------------------------------------------------------------------------------

    @property
    def faults(self) -> Locator:
        """What stands on top of a form that was refused."""
        return self.page.locator("#form-faults li")

    def fault(self, path: str) -> Locator:
        """What stands beside a field."""
        return self.page.locator(f'[id="f-{path}"]')

    def shows(self, *words: str) -> None:
        """See that the page says something."""
        for text in words:
            expect(self.page.locator("#main")).to_contain_text(text)

    def fact(self, label: str) -> Locator:
        """Return what a case page says of a field."""
        return (
            self.page.locator(
                ".fact", has=self.page.locator("dt", has_text=re.compile(f"^{label}"))
            )
            .locator("dd")
            .first
        )

    def fact_at(self, label: str) -> str:
        """Return what a list of facts says under a heading."""
        term = self.page.locator("dt", has_text=re.compile(f"^{label}$"))
        return term.locator("xpath=following-sibling::dd[1]").inner_text().strip()

    def tab(self, words: str) -> None:
        """Turn to a tab of a case."""
        self.page.locator(".case-tabs").get_by_role("tab", name=words).click()

    def look(self, name: str, *, whole: bool = False) -> None:
        """Take pictures of the window at both sizes, when somebody wants to look."""
        if not LOOK:
            return
        Path(LOOK).mkdir(parents=True, exist_ok=True)
        self.page.wait_for_timeout(400)
        small = self.page.viewport_size
        self.page.screenshot(path=f"{LOOK}/{name}.png", full_page=whole)
        self.page.set_viewport_size(LARGE)
        self.page.wait_for_timeout(200)
        self.page.screenshot(path=f"{LOOK}/{name}-large.png")
        if small:
            self.page.set_viewport_size(small)


def name_of(file: Any) -> str:
    """Return the name of a file that is handed in."""
    return str(file["name"]) if isinstance(file, dict) else Path(file).name


def scan(folder: Path, name: str, words: str = "") -> Path:
    """Draw a page as a scanner would send it; the ending of the name says as what."""
    place = folder / name
    page = Image.new("RGB", (620, 877), "white")
    ImageDraw.Draw(page).text(
        (60, 80), words or place.stem.encode("ascii", "ignore").decode() or "scan", fill="black"
    )
    ImageDraw.Draw(page).ellipse((360, 640, 520, 800), outline=(200, 30, 30), width=6)
    page.save(place)
    return place


def payload(name: str, content: bytes) -> FilePayload:
    """Return a file that exists only in the window."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}
