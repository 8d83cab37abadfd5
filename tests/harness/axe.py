"""What axe finds wrong with a page for those who cannot see it well or have no mouse."""

from playwright.sync_api import Page

from app.settings import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
FIND = """async () => (await axe.run({resultTypes: ['violations']})).violations
  .filter(item => ['serious', 'critical'].includes(item.impact))
  .map(item => [item.id, item.nodes.slice(0, 3).map(
    node => node.html.slice(0, 160) + JSON.stringify(node.any.slice(0, 1)).slice(0, 200))])"""


def serious(page: Page) -> list[list[object]]:
    """Return what is serious or critical on the page as it stands: the rule, and where it is broken.

    The content policy allows no script of a test's own but one that the browser itself injects.
    """
    page.evaluate(AXE.read_text("utf-8"))
    found: list[list[object]] = page.evaluate(FIND)
    return found


def wide(page: Page) -> bool:
    """Tell whether the page scrolls sideways."""
    return bool(page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth"))
