"""Heads of the history's chains, written to a file outside the database every hour.

A chain tells of an entry that was changed, inserted or taken out of its middle, but not of one
cut off its end. The file remembers how far each chain reached: `var/anchors/history.jsonl`, one
block an hour, each block sealed under the history's key together with the block before it. Copy
it to another machine, and whoever holds the database alone cannot shorten a chain unseen.
"""

import hmac
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from app.core import clock, settings
from app.core.audit.history import Break, Change, digest
from app.core.db.database import elevated, session
from app.core.jobs import scheduler

OVERLAP = timedelta(minutes=15)  # an entry may be committed some time after its moment
_BLOCK = 500


@dataclass(frozen=True)
class Anchored:
    """What the file says: the last known head of every chain, and when it was written last."""

    heads: dict[tuple[str, int], tuple[int, str, str]]  # entry number, its mac, moment
    at: datetime | None
    seal: str
    broken: int  # number of the first block that was changed, 0 if none was


def path() -> Path:
    """Return where the anchors lie."""
    return settings.folder("anchors") / "history.jsonl"


def read() -> Anchored:
    """Read the file; blocks behind a changed one are not believed."""
    heads: dict[tuple[str, int], tuple[int, str, str]] = {}
    at, seal, number = None, "", 0
    lines = path().read_text("utf-8").splitlines() if path().exists() else []
    for number, line in enumerate(lines, 1):
        try:
            block = json.loads(line)
            expected = _seal(seal, block["at"], block["heads"])
            whole = hmac.compare_digest(expected, block["seal"])
        except (ValueError, KeyError, TypeError):
            whole = False
        if not whole:
            return Anchored(heads, at, seal, number)
        at, seal = datetime.fromisoformat(block["at"]), block["seal"]
        for obj, pk, seq, mac in block["heads"]:
            heads[obj, pk] = (seq, mac, block["at"])
    return Anchored(heads, at, seal, 0)


def write() -> str:
    """Append a block with the heads of all chains that have grown since the last one."""
    known = read()
    if known.broken:
        put_aside = path().with_name(f"history-{clock.now():%Y%m%d%H%M%S}.jsonl")
        path().replace(put_aside)
        return f"锚定文件第 {known.broken} 段已被改动，已另存为 {put_aside.name}"
    now = clock.now()
    fresh = [
        [obj, pk, seq, mac]
        for obj, pk, seq, mac in _grown(known.at - OVERLAP if known.at else None)
        if known.heads.get((obj, pk), (0, "", ""))[0] != seq
    ]
    at = now.isoformat(" ", "seconds")
    block = {"at": at, "heads": fresh, "seal": _seal(known.seal, at, fresh)}
    with path().open("a", encoding="utf-8") as file:
        file.write(json.dumps(block, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return f"锚定 {len(fresh)} 条记录"


def _grown(since: datetime | None) -> Iterator[tuple[str, int, int, str]]:
    later = aliased(Change)
    tops = select(later.object, later.record_id, func.max(later.seq).label("seq"))
    if since is not None:
        tops = tops.where(later.at >= since)
    top = tops.group_by(later.object, later.record_id).subquery()
    query = select(Change.object, Change.record_id, Change.seq, Change.mac).join(
        top,
        and_(
            Change.object == top.c.object,
            Change.record_id == top.c.record_id,
            Change.seq == top.c.seq,
        ),
    )
    with elevated():
        for row in session.execute(query.order_by(Change.object, Change.record_id)):
            yield row.object, row.record_id, row.seq, row.mac


def _seal(before: str, at: str, heads: Any) -> str:
    return digest(settings.secret("history"), json.dumps([before, at, heads], ensure_ascii=False))


def missing() -> Iterator[Break]:
    """Yield every chain that no longer holds the entry that the file remembers."""
    known = read()
    if known.broken:
        yield Break("", 0, known.broken, f"锚定文件 {path().name} 的第 {known.broken} 段已被改动")
    heads = sorted(known.heads.items())
    for start in range(0, len(heads), _BLOCK):
        part = heads[start : start + _BLOCK]
        stored = _stored([(key, seq) for key, (seq, _, _) in part])
        for (obj, pk), (seq, mac, at) in part:
            if stored.get((obj, pk, seq)) != mac:
                yield Break(obj, pk, seq, f"{at} 锚定的第 {seq} 条已被删除或替换")


def _stored(wanted: list[tuple[tuple[str, int], int]]) -> dict[tuple[str, int, int], str]:
    names = {name for (name, _), _ in wanted}
    ids = {pk for (_, pk), _ in wanted}
    query = select(Change.object, Change.record_id, Change.seq, Change.mac).where(
        Change.object.in_(names),
        Change.record_id.in_(ids),
        Change.seq.in_({seq for _, seq in wanted}),
    )
    return {(row.object, row.record_id, row.seq): row.mac for row in session.execute(query)}


scheduler.declare(scheduler.Job(name="anchor_history", title="锚定变更记录", run=write, every=3600))
