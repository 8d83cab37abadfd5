"""`watch` builds on every save; with `--serve` an open page shows it by itself."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from app.ops.ports import free_port
from generator.cli import main
from generator.watch import Watcher
from tests.generator.projects import apply, make
from tests.harness.browser import sign_in
from tests.harness.patience import until
from tests.harness.watching import SERVES, Watched, watched

ROOT = Path(__file__).parents[2]
ROOM = "metadata/desk/room.yaml"
SEATS = {"file": ROOM, "old": "title: 座位,", "new": "title: 座位数,"}
FLOOR = {"file": ROOM, "old": "  seats:", "new": "  floor: {type: integer, title: 楼层}\n  seats:"}
COUNTRY = "metadata/base/country.yaml"
ROLE, LIST = "fao_handler", "/BM24/"


def test_watching_builds_on_save_and_says_what_it_means(tmp_path):
    folder, said, built = make(tmp_path), [], []
    watcher = Watcher(folder, said.append, lambda: built.append(1))
    assert watcher.begin()
    assert not watcher.look()
    apply(folder, SEATS)
    assert watcher.look()
    assert "field `room.seats` 座位数: title `座位` → `座位数`" in said[-1]
    assert "座位数" in (folder / "app/generated/desk/room.py").read_text(encoding="utf-8")
    assert built == [1, 1]


def test_watching_survives_a_mistake(tmp_path):
    folder, said, built = make(tmp_path), [], []
    watcher = Watcher(folder, said.append, lambda: built.append(1))
    watcher.begin()
    apply(folder, {"file": ROOM, "old": "title: 座位,", "new": "titel: 座位,"})
    assert watcher.look()
    assert "E008" in said[-1] and built == [1]
    apply(folder, {"file": ROOM, "old": "titel: 座位,", "new": "title: 座位,"})
    assert watcher.look()
    assert built == [1, 1]


def test_what_cannot_be_read_is_told_at_every_build_until_it_is_mended(tmp_path):
    folder, said, built = make(tmp_path), [], []
    watcher = Watcher(folder, said.append, lambda: built.append(1))
    watcher.begin()
    apply(folder, {"file": ROOM, "old": "title: 座位,", "new": "title: [座位,"})
    assert watcher.look() and "E004" in said[-1]
    booking = "metadata/desk/booking.yaml"
    apply(folder, {"file": booking, "old": "title: 主题,", "new": "title: 题目,"})
    assert watcher.look() and "E004" in said[-1] and built == [1]
    apply(folder, {"file": ROOM, "old": "title: [座位,", "new": "title: 座位,"})
    assert watcher.look() and built == [1, 1]
    assert "题目" in (folder / "app/generated/desk/booking.py").read_text(encoding="utf-8")


def test_what_lacks_a_revision_is_not_served_until_it_has_one(tmp_path):
    folder, said, built = make(tmp_path), [], []
    migrate = ["--root", str(folder), "migrate", "-m"]
    assert main([*migrate, "tables"]) == 0
    watcher = Watcher(folder, said.append, lambda: built.append(1))
    watcher.begin()
    apply(folder, FLOOR)
    assert watcher.look()
    assert "the tables have changed without a revision" in said[-1] and built == [1]
    assert main([*migrate, "floors"]) == 0
    assert watcher.look()
    assert built == [1, 1]


def test_a_project_that_is_metadata_alone_is_served_for_a_trial(tmp_path):
    assert main(["--root", str(tmp_path), "new", "project", ".", "--title", "试用"]) == 0
    port = free_port()
    command = [sys.executable, "-m", "generator", "--root", str(tmp_path), "watch", "--serve"]
    environment = os.environ | {"PORT": str(port)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            until(lambda: "试用" in read(port), "the first build is not served")
            path = tmp_path / "metadata/project.yaml"
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace("title: 试用", "title: 试行"), encoding="utf-8")
            until(lambda: "试行" in read(port), "the second build is not served")
        finally:
            process.terminate()
            assert process.wait(30) == 0
    with pytest.raises(OSError):
        urlopen(f"http://127.0.0.1:{port}/", timeout=5)


def read(port: int) -> str:
    """Return the page that a stranger gets, "" as long as nobody answers."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
            return answer.read().decode()
    except OSError:
        return ""


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """The product under `watch --serve`, with one person."""
    with watched(tmp_path_factory.mktemp("watched")) as made:
        made.open_people(ROLE)
        yield made


@pytest.fixture
def page(product: Watched, browser: Browser) -> Iterator[Page]:
    """A list of the product that nobody touches."""
    window = browser.new_context(base_url=product.url, locale="zh-CN")
    opened = window.new_page()
    sign_in(opened, ROLE)
    opened.goto(LIST)
    yield opened
    window.close()


@pytest.mark.browser
def test_an_open_page_shows_what_was_saved(product, page):
    product.save(COUNTRY, "title: 国家管理信息", "title: 国家一览")
    expect(page.locator("h1")).to_have_text("国家一览")
    product.save(COUNTRY, "title: 国家一览", "title: 国家管理信息")
    expect(page.locator("h1")).to_have_text("国家管理信息")


@pytest.mark.browser
def test_the_name_of_the_product_changes_for_whoever_signed_in_and_for_strangers(
    product, page, browser
):
    stranger = browser.new_page(base_url=product.url)
    stranger.goto("/")
    project = "metadata/project.yaml"
    product.save(project, "\nshort_title: 因公出国（境）管理\n", "\nshort_title: 出国管理\n")
    expect(page.locator(".side .name")).to_contain_text("出国管理")
    product.save(project, "title: 武汉市因公出国（境）管理信息系统", "title: 出国管理系统")
    expect(stranger.locator(".bare-head")).to_contain_text("出国管理系统")
    stranger.close()


@pytest.mark.browser
def test_a_mistake_is_said_while_the_last_build_goes_on(product, page):
    product.save(COUNTRY, "screen: catalog", "screen: catalogue")
    assert f"{COUNTRY}:36:13: error[E" in product.says("error[E")[1]
    fault = page.locator("#develop-fault")
    expect(fault).to_contain_text("did you mean 'catalog'?")
    page.reload()
    expect(page.locator("h1")).to_have_text("国家管理信息")
    expect(fault).to_contain_text(f"{COUNTRY}:36:13: error[E")
    product.save(COUNTRY, "screen: catalogue", "screen: catalog")
    product.says(SERVES)
    expect(fault).to_have_count(0)


@pytest.mark.browser
def test_a_build_that_does_not_come_up_leaves_the_last_one_serving(product, page):
    broken = product.folder / "app/migrations/versions/9999_broken.py"
    broken.write_text("revision = \n", encoding="utf-8")
    product.says("✗ SyntaxError")
    page.reload()
    expect(page.locator("h1")).to_have_text("国家管理信息")
    broken.unlink()
    product.says(SERVES)


@pytest.mark.browser
def test_a_new_column_is_shown_once_it_has_a_revision(product, page):
    field = "  short: {type: string, length: 30, title: 简称,"
    capital = "  capital: {type: string, length: 30, title: 首都, section: basic}\n"
    product.save(COUNTRY, field, capital + field)
    product.save(COUNTRY, "columns: [short,", "columns: [capital, short,")
    product.says("the tables have changed without a revision")
    product.run("-m", "generator", "migrate", "-m", "capitals")
    expect(page.locator("thead")).to_contain_text("首都")
