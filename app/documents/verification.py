"""What anybody may learn who scans the code on a paper: whether it is valid, and its public values."""

import json
import time
from collections import deque
from dataclasses import dataclass

from sqlalchemy import select

from app.core.db.database import elevated, session
from app.core.declare import registry
from app.documents.models import IssuedDocument

PER_MINUTE = 30
REMEMBERED = 10_000


@dataclass(frozen=True)
class Verdict:
    """What the page says."""

    title: str
    words: str
    tone: str
    rows: tuple[tuple[str, str], ...] = ()
    document: IssuedDocument | None = None


UNKNOWN = Verdict(
    "查无此件", "没有查到这份函件：二维码可能不完整，或函件尚未签章。请向出具单位核实。", ""
)

_asked: dict[str, deque[float]] = {}


def verdict_of(token: str) -> Verdict:
    """Return what is known of the paper with this token."""
    with elevated():
        paper = session.scalars(
            select(IssuedDocument).where(IssuedDocument.token == token[:40])
        ).first()
    if paper is None or paper.sealed_at is None:
        return UNKNOWN
    rows = tuple((label, text) for label, text in json.loads(paper.public_values or "[]"))
    if paper.state == "void":
        return Verdict("已作废", "这份函件已经作废，不得再使用。", "red", rows, paper)
    words = f"这份函件由{registry.project().owner}出具，现在有效。"
    return Verdict("有效", words, "green", rows, paper)


def allowed(address: str) -> bool:
    """Tell whether an address may ask once more within this minute."""
    now = time.monotonic()
    if len(_asked) > REMEMBERED:
        _asked.clear()
    times = _asked.setdefault(address, deque())
    while times and now - times[0] > 60:
        times.popleft()
    if len(times) >= PER_MINUTE:
        return False
    times.append(now)
    return True
