"""Each test begins as the first of its process would: nobody acts, and nothing is remembered of another one.

What a process remembers of its database, settings and askers would else be that of whichever test ran before.
"""

import os
from pathlib import Path

import pytest

from app.core import plugin
from app.core.access.actor import ANONYMOUS, enter
from app.core.reference import dictionaries
from app.documents import verification
from app.security import grants
from app.web import shell
from app.web.page import menu
from generator import language

_ANCHORS = Path(
    os.environ["VAR"], "anchors", "history.jsonl"
)  # of all tests without a VAR of their own


def forget() -> None:
    """Make this process forget what it remembers; a fixture that takes up another database calls it, too."""
    enter(ANONYMOUS)
    grants.forget()
    dictionaries._forget()  # workdays, too
    dictionaries._seen_version = None
    menu.forget()
    shell.forget_badges()
    verification._asked.clear()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Forget before the fixtures of a test are made, whatever they are."""
    forget()
    _ANCHORS.unlink(
        missing_ok=True
    )  # of another database: a worker process that ran may have written it
    plugin.forget_plugins()
    language.use()
