"""The quick search for two Chinese characters over many rows, beside a bare ILIKE."""

import os
import random
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select, text

from app.core.access.actor import SYSTEM, acting_as
from app.core.db import search_index
from app.core.db.database import session
from app.core.db.search_text import initials
from app.core.declare import registry
from app.core.records import queries
from tests.bench.figures import Figure, in_turns
from tests.bench.ground import Ground, application

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
_BLOCK = 20_000
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_SIGNS = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国文辉力斌"


def figures(ground: Ground) -> Iterator[Figure]:
    """Measure a rare and a frequent word on one kind of database."""
    url = ground.upgraded()
    app = application(url)
    with app.app_context(), acting_as(SYSTEM):
        obj = _searched()
        model: Any = obj.model
        _fill(obj)
        frequent = "王伟"
        for word, what in (("樊璐", "少见的两个字（20 行）"), (frequent, "常见的两个字")):
            yield _figure(ground.kind, obj, model, word, what)


def _searched() -> Any:
    """Return the searchable object with the most fields: what people look for most."""
    found = [o for o in registry.registry().objects.values() if hasattr(o.model, "search_text")]
    return max(found, key=lambda o: (hasattr(o.model, "state"), len(o.fields)))


def _fill(obj: Any) -> None:
    """Write the rows past everything, then let the upgrade's own routine make the index."""
    table = obj.model.__table__
    chance = random.Random(7)
    connection = session.connection()
    index = search_index._name(table.name)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"DROP INDEX {index}")
    else:
        for ending in ("added", "gone", "changed"):
            connection.exec_driver_sql(f"DROP TRIGGER {index}_{ending}")
    spelled = {sign: initials(sign) for sign in _SURNAMES + _SIGNS}
    for start in range(0, ROWS, _BLOCK):
        part = []
        for number in range(start, min(start + _BLOCK, ROWS)):
            name = chance.choice(_SURNAMES) + chance.choice(_SIGNS) + chance.choice(_SIGNS)
            if number % (ROWS // 20) == 7:
                name = f"樊璐{name}"
            short = "".join(spelled.get(sign, "x") for sign in name)
            content = f"{name} {short} 4201{chance.randrange(10**14):014}"
            part.append({"search_text": content, "version": 1})
        connection.execute(table.insert(), part)
    search_index.install(connection, [table])
    session.commit()
    if session.get_bind().dialect.name == "postgresql":
        with session.get_bind().connect() as raw:
            raw.execution_options(isolation_level="AUTOCOMMIT")
            raw.execute(text(f"VACUUM ANALYZE {table.name}"))
    else:
        session.execute(text("ANALYZE"))
        session.commit()


def _figure(kind: str, obj: Any, model: Any, word: str, what: str) -> Figure:
    like = model.search_text.ilike if kind == "postgresql" else model.search_text.like
    bare = select(model.id).where(like(f"%{word}%")).order_by(model.id.desc()).limit(20)
    count = select(func.count()).select_from(
        select(model.id).where(like(f"%{word}%")).limit(queries.COUNT_CAP + 1).subquery()
    )

    def ours() -> object:
        statement = queries.query(obj, search_for=word)
        total = queries.count_of(statement, obj)
        page = statement.with_only_columns(model.id).order_by(model.id.desc()).limit(20)
        return total, session.scalars(page).all()

    def other() -> object:
        return session.scalar(count), session.scalars(bare).all()

    assert ours()[1] == other()[1], "both find the same"
    mine, theirs = in_turns(ours, other, rounds=9, warm=1)
    return Figure(
        kind, f"在 {ROWS:,} 行中查含{what}", mine, theirs, "裸 ILIKE（同样取数与计数）",
        0.2 if "少见" in what else None,
    )  # fmt: skip
