"""How long somebody who writes metadata waits: from the save of a file to the page that shows it.

The product under `watch --serve`, a real browser with a list open, nobody touching it. Each round
renames a field of that list; the page is asked at every frame whether the new name stands on it.
On the way there, the module of the list is written, and a process that has taken it up says so.
"""

import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

from tests.bench.figures import Figure
from tests.harness.browser import ARGUMENTS, CHROMIUM, sign_in
from tests.harness.watching import SERVES, Watched, watched

GROUP = "编写元数据"
GOAL = 3000.0  # milliseconds
ROUNDS = 9
FILE, MODULE = "metadata/base/country.yaml", "app/generated/base/country.py"
FIELD, LIST, ROLE = "简称", "/BM24/", "fao_handler"
SHOWN = "word => document.querySelector('thead')?.textContent.includes(word)"


@dataclass(frozen=True)
class Way:
    """Moments after a save, in milliseconds: module written, new process serves, shown."""

    built: float
    serves: float
    shown: float


def figures() -> Iterator[Figure]:
    """Measure saves, one after the other."""
    with (
        TemporaryDirectory(prefix="watch-", ignore_cleanup_errors=True) as folder,
        watched(Path(folder)) as product,
    ):
        product.open_people(ROLE)
        ways = list(_ways(product))
    shown = [way.shown for way in ways]
    build = statistics.median(way.built for way in ways)
    start = statistics.median(way.serves - way.built for way in ways)
    page = statistics.median(way.shown - way.serves for way in ways)
    yield Figure(
        GROUP, "保存一个 YAML 文件，到打开着的页面显示出来（watch --serve）",
        statistics.median(shown), GOAL, "目标", 1,
        note=f"{len(ways)} 次，最短 {min(shown):,.0f}，最长 {max(shown):,.0f}；"
        f"其中发现并生成 {build:,.0f}，新进程就绪 {start:,.0f}，页面 {page:,.0f}",
    )  # fmt: skip


def _ways(product: Watched) -> Iterator[Way]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(base_url=product.url)
        sign_in(page, ROLE)
        page.goto(LIST)
        for number in range(ROUNDS):
            yield _way(product, page, f"{FIELD}{number}")
        browser.close()


def _way(product: Watched, page: Page, name: str) -> Way:
    time.sleep(1)  # what the last round left to do is done: the difference in words
    began = time.time()
    text = (product.folder / FILE).read_text(encoding="utf-8")
    now = re.search(rf"title: ({FIELD}\d*),", text)
    assert now
    product.save(FILE, f"title: {now[1]},", f"title: {name},")
    page.wait_for_function(SHOWN, arg=name, timeout=60_000)
    shown = time.time()
    serves, _ = product.says(SERVES)
    built = (product.folder / MODULE).stat().st_mtime
    return Way(*(1000 * (moment - began) for moment in (built, serves, shown)))
