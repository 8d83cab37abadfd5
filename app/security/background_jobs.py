"""Long jobs that somebody asked for: done as that person, at once where the page may wait."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from app.core.access.actor import Actor, acting_as
from app.core.errors import Refused
from app.core.jobs.background import Work
from app.security import request_identity


@contextmanager
def as_asked(work: Work, operation: str) -> Iterator[Actor]:
    """Act as the person who asked, with the rights that this person has now."""
    found = request_identity.actor_of(work.job.user_id)
    actor = replace(found, ip=work.values.get("ip", ""))
    if not actor.may(operation, work.job.function):
        raise Refused("您的权限已被收回或账户已停用，没有执行")
    with acting_as(actor, work.job.function):
        yield actor


def here() -> str:
    """Return who does a job within this request."""
    return f"web:{os.getpid()}:{os.urandom(4).hex()}"
