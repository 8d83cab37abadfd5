"""Each test begins as the first of its process would: nobody acts, and nothing is remembered of another one.

What a process remembers of its database, settings and askers would else be that of whichever test ran before.
"""

import pytest

from app.core import dictionaries, plugin
from app.core.actor import ANONYMOUS, enter
from app.documents import verify
from app.security import grants
from app.web import menu, shell
from generator import language


def forget() -> None:
    """Make this process forget what it remembers; a fixture that takes up another database calls it, too."""
    enter(ANONYMOUS)
    grants.forget()
    dictionaries._forget()  # workdays, too
    dictionaries._seen_version = None
    menu.forget()
    shell.forget_badges()
    verify._asked.clear()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Forget before the fixtures of a test are made, whatever they are."""
    forget()
    plugin.forget_plugins()
    language.use()
