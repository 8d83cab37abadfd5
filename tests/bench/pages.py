"""Lists of a million rows and forms, served by two processes: ours, by hand, and two frameworks."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.settings import ROOT
from tests.bench import fill, others
from tests.bench.figures import Figure
from tests.bench.ground import Ground
from tests.bench.project import Project
from tests.bench.served import (
    GUNICORN,
    Client,
    Server,
    faults,
    hidden,
    in_turns,
    per_second,
    resident,
)
from tests.harness.people import PASSWORD

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
FEW, MANY = 1, 65  # objects with three functions each, beside the seven of the base project
LATE = min(5000, ROWS // 20)  # the late page
LIST, DEEP, NARROW = "first", "late", "narrow"


@dataclass
class Side:
    """One of those that are measured: a signed-in person per client, and the addresses of its pages."""

    name: str
    server: Server
    clients: list[Client]
    pages: dict[str, str]


def figures(ground: Ground) -> Iterator[Figure]:
    """Measure lists, throughput and forms on one kind of database."""
    with ExitStack() as stack:
        sides = _sides(ground, stack)
        yield from _lists(ground.kind, sides)
        yield from _throughput(ground.kind, sides)
        yield from _forms(ground.kind, sides)


def _sides(ground: Ground, stack: ExitStack) -> dict[str, Side]:
    base, peer = ground.folder, ground.empty()
    few, few_url, few_number = _ours(ground, base / "few", FEW)
    many, many_url, many_number = _ours(ground, base / "many", MANY)
    _fill_peer(peer)
    plain = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    django = others.python()
    for interpreter, module in ((sys.executable, "fab"), (str(django), "django_site")):
        subprocess.run(
            [interpreter, "-m", f"tests.bench.peers.{module}"], check=True, cwd=ROOT,
            env={**plain, "DATABASE_URL": peer}, capture_output=True,
        )  # fmt: skip

    def serve(*command: Any, cwd: Path, environment: dict[str, str]) -> Server:
        return stack.enter_context(Server(command, cwd, environment))

    def wsgi(interpreter: object, module: str, url: str) -> Server:
        target = ("-b", "127.0.0.1:{port}", f"tests.bench.peers.{module}:app")
        environment = {**plain, "DATABASE_URL": url}
        (base / module).mkdir()
        return serve(interpreter, *GUNICORN, *target, cwd=base / module, environment=environment)

    def own(project: Project, url: str) -> Server:
        environment = project.environment(DATABASE_URL=url, WEB_PROCESSES="2")
        return serve(sys.executable, "run.py", "web", cwd=project.folder, environment=environment)

    ours = {LIST: "/SQ0000/", DEEP: f"/SQ0000/?page={LATE}", NARROW: "/SQ0000/?f.unit=77"}
    mine = {"username": "host", "password": PASSWORD}
    theirs = {"username": "admin", "password": "bench-bench"}
    admin = "/admin/auth/thing0000/"
    fab = "/thing0000view/list/"
    made = {
        "few": (own(few, few_url), "/sign-in", "csrf_token", mine, ours),
        "many": (own(many, many_url), "/sign-in", "csrf_token", mine, ours),
        "bare": (
            wsgi(sys.executable, "bare", many_url), "/sign-in", "", {},
            {LIST: "/", DEEP: f"/?page={LATE}", NARROW: "/?unit=77"},
        ),
        "fab": (
            wsgi(sys.executable, "fab", peer), "/login/", "", theirs,
            {LIST: fab, DEEP: f"{fab}?page_Thing0000View={LATE - 1}"},
        ),
        "django": (
            wsgi(django, "django_site", peer), "/admin/login/", "csrfmiddlewaretoken", theirs,
            {LIST: admin, DEEP: f"{admin}?p={LATE}"},
        ),
    }  # fmt: skip
    names = {
        "few": f"{few_number} 个功能的本产品",
        "many": f"{many_number} 个功能的本产品",
        "bare": "手写的 Flask + SQLAlchemy Core（不计数、不查权限）",
        "fab": "调优的 Flask-AppBuilder（200 个视图）",
        "django": "调优的 Django admin（200 个模型）",
    }
    return {
        key: Side(names[key], server, [_signed_in(server, *how) for _ in range(4)], pages)
        for key, (server, *how, pages) in made.items()
    }


def _signed_in(server: Server, path: str, secret: str, form: dict[str, str]) -> Client:
    return Client(server).sign_in(path, secret, **form)


def _ours(ground: Ground, folder: Path, objects: int) -> tuple[Project, str, int]:
    project, url = Project(folder, objects), ground.empty()
    said = project.run("-m", "tests.bench.fill", str(ROWS), DATABASE_URL=url)
    return project, url, int(said.split()[-1])


def _fill_peer(url: str) -> None:
    from sqlalchemy import create_engine

    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in (
            "CREATE TABLE desk_office (id {key}, name varchar(200))",
            "CREATE TABLE desk_thing_0000 (id {key}, unit_id bigint REFERENCES desk_office (id),"
            " name varchar(200), note text, amount integer, day date, twice integer,"
            " state varchar(40), created_at timestamp)",
            "CREATE INDEX peer_unit ON desk_thing_0000 (unit_id)",
            "CREATE INDEX peer_state ON desk_thing_0000 (state)",
        ):
            key = "bigserial PRIMARY KEY"
            if connection.dialect.name == "sqlite":
                key = "integer PRIMARY KEY AUTOINCREMENT"
            connection.exec_driver_sql(statement.format(key=key))
    raw = engine.raw_connection()
    fill.write(raw, "desk_office", ("id", "name"), iter(fill.offices()))
    fill.write(raw, "desk_thing_0000", fill.COLUMNS, fill.rows_of(ROWS))
    if engine.dialect.name == "postgresql":
        raw.cursor().execute(f"SELECT setval('desk_thing_0000_id_seq', {ROWS})")
        raw.commit()
    fill.finish(raw)
    engine.dispose()


def _lists(kind: str, sides: dict[str, Side]) -> Iterator[Figure]:
    def times(page: str) -> dict[str, Any]:
        having = {key: side for key, side in sides.items() if page in side.pages}
        return in_turns(
            {key: lambda s=side: s.clients[0].get(s.pages[page]) for key, side in having.items()}
        )

    first = times(LIST)
    many = first["many"]
    sizes = {key: len(side.clients[0].get(side.pages[LIST])) // 1024 for key, side in sides.items()}
    what = f"{ROWS:,} 行的列表，第 1 页"
    about = f"p95 {many.p95:.1f}，页面 {sizes['many']} KB；内存 {resident(sides['many'].server)} MB"
    yield Figure(
        kind, f"{what}：{sides['many'].name}", many.p50, first["few"].p50, sides["few"].name, 1.1,
        note=about,
    )  # fmt: skip
    for key, goal in (("bare", 4.0), ("fab", 1.0), ("django", 1.0)):
        other = first[key]
        about = (
            f"对照 p95 {other.p95:.1f}，页面 {sizes[key]} KB，内存 {resident(sides[key].server)} MB"
        )
        yield Figure(kind, what, many.p50, other.p50, sides[key].name, goal, note=about)
    deep = times(DEEP)
    for key, goal in (("bare", 1.0), ("fab", None), ("django", None)):
        what = f"{ROWS:,} 行的列表，第 {LATE:,} 页"
        yield Figure(kind, what, deep["many"].p50, deep[key].p50, sides[key].name, goal)
    narrow = times(NARROW)
    yield Figure(
        kind, f"{ROWS:,} 行的列表，按单位筛选", narrow["many"].p50, narrow["bare"].p50,
        sides["bare"].name, None,
    )  # fmt: skip


def _throughput(kind: str, sides: dict[str, Side]) -> Iterator[Figure]:
    rates = {
        key: max(per_second(sides[key].clients, sides[key].pages[LIST]) for _ in range(2))
        for key in ("many", "bare", "fab", "django")
    }
    for key, goal in (("fab", 0.5), ("django", None), ("bare", None)):
        note = f"每秒 {rates['many']:.0f} 页，对照 {rates[key]:.0f} 页（{rates['many'] / rates[key]:.1f} 倍）"
        yield Figure(
            kind, "4 个客户端不停翻看第 1 页，每页平均", 1000 / rates["many"], 1000 / rates[key],
            sides[key].name, goal, note=note,
        )  # fmt: skip


def _forms(kind: str, sides: dict[str, Side]) -> Iterator[Figure]:
    clerk = _signed_in(
        sides["many"].server, "/sign-in", "csrf_token", {"username": "clerk", "password": PASSWORD}
    )
    admin = sides["django"].clients[0]
    works = {
        "open": lambda: clerk.get("/SY0000/new"),
        "django open": lambda: admin.get("/admin/auth/thing0000/add/"),
    }
    opened = in_turns(works)
    yield Figure(
        kind, "打开空白表单（5 个字段、一张子表）", opened["open"].p50, opened["django open"].p50,
        sides["django"].name, 1.0,
    )  # fmt: skip
    saved = in_turns({"save": _saves(clerk), "django save": _django_saves(admin)})
    yield Figure(
        kind, "保存新记录与一行子表（本产品连同变更记录）", saved["save"].p50,
        saved["django save"].p50, sides["django"].name, 1.0,
        note="本产品写六行：记录、子表、案件、待办、防重复提交、带校验链的变更记录；"
        "对照写三行：记录、子表、操作日志",
    )  # fmt: skip


def _saves(clerk: Client) -> Any:
    page = clerk.get("/SY0000/new")
    secrets = [(name, hidden(page, name)) for name in ("csrf_token", "_version")]
    number = iter(range(10**6))

    def save() -> None:
        form = [
            *secrets, ("_token", f"bench-{next(number):018}"), ("_do", "save"), ("name", "新的一件"),
            ("note", "说明"), ("amount", "12"), ("day", "2026-11-02"), ("rows", "0"),
            ("rows.0.id", ""), ("rows.0.label", "一行"),
        ]  # fmt: skip
        status, text = clerk.ask("POST", "/SY0000/new", form)
        if status not in (302, 303):
            raise RuntimeError(f"not saved: {status} {faults(text)}")

    return save


def _django_saves(admin: Client) -> Any:
    path = "/admin/auth/thing0000/add/"
    secret = hidden(admin.get(path), "csrfmiddlewaretoken")
    prefix = "row0000_set"

    def save() -> None:
        form = [
            ("csrfmiddlewaretoken", secret), ("name", "新的一件"), ("note", "说明"),
            ("amount", "12"), ("day", "2026-11-02"), ("unit", "1"), (f"{prefix}-TOTAL_FORMS", "1"),
            (f"{prefix}-INITIAL_FORMS", "0"), (f"{prefix}-MIN_NUM_FORMS", "0"),
            (f"{prefix}-MAX_NUM_FORMS", "1000"), (f"{prefix}-0-label", "一行"), ("_save", "保存"),
        ]  # fmt: skip
        status, text = admin.ask("POST", path, form)
        if status not in (302, 303):
            raise RuntimeError(f"not saved: {status} {faults(text)}")

    return save
