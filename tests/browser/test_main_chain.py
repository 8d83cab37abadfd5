"""The main chain as a clerk walks it: a unit registers, files, plans, applies, and gets its sealed paper.

The chapters, modules of tests/browser/main_chain/, follow one another on one unit; each of their steps is a test
that needs those before it. They all are tests of this one file, so that one process walks them through.
"""

from collections.abc import Callable

import pytest

from tests.browser.main_chain import (
    afterwards,
    decision,
    liaisons,
    papers,
    plan,
    travellers,
    trip,
    unit,
)
from tests.browser.main_chain.story import Story

pytestmark = pytest.mark.browser

CHAPTERS = (unit, liaisons, travellers, plan, trip, decision, papers, afterwards)


for chapter in CHAPTERS:
    globals().update(
        {name: step for name, step in vars(chapter).items() if name.startswith("test_")}
    )


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return Story(tmp_path_factory.mktemp("papers"))


@pytest.fixture(autouse=True)
def in_order(request: pytest.FixtureRequest, story: Story) -> None:
    """A step is told only after those before it."""
    names = [item.name for item in request.session.items if item.path == request.path]
    before = names[: names.index(request.node.name)]
    missing = [name for name in before if name not in story.told]
    if missing:
        pytest.fail(f"the step before did not come to its end: {missing[0]}", pytrace=False)


@pytest.fixture
def told(request: pytest.FixtureRequest, story: Story) -> Callable[[], None]:
    """Call at the end of a step."""
    return lambda: story.told.append(request.node.name)
