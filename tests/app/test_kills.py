"""kill -9 of web processes and worker at random moments while people decide cases, on PostgreSQL.

Cases go back and forth between two reviewers, and every return sends a short message. Whatever was
confirmed to a person is there afterwards, nothing is there twice, every return has left exactly
one message, and the history is whole. `make soak` does the same with ten thousand steps.
"""

import http.client
import http.cookiejar
import os
import queue
import random
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import delete, select

from app.core.access.actor import SYSTEM, acting_as
from app.core.audit import verification
from app.core.audit.history import Change
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import Applicant, registry
from app.core.jobs.outbox import OutboxItem
from app.flow.models import Case, StepRecord
from app.ops.ports import free_port
from app.ops.supervisor import die_with_parent
from app.security import request_identity
from app.settings import ROOT
from tests.app.security.planting import Planter
from tests.harness import gateway as harness
from tests.harness.people import PASSWORD, open_person

SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
STEPS = 10_000 if SOAK else 40
PEOPLE = 4  # who decide at the same time
CASES = STEPS // 2 + 3 * PEOPLE  # each goes on once and back once; some are left at the end
EVERY = 40 if SOAK else 8  # confirmed steps from one kill to the next
PATIENCE = 150  # seconds without any progress

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True),
]


@dataclass
class Stage:
    """Where cases go back and forth: two neighbouring steps with who passes and who returns."""

    flow: Any
    first: Any
    second: Any
    applicant: Any
    forward: tuple[str, str, str]  # function, action, role
    back: tuple[str, str, str]


def stage() -> Stage:
    """Find two steps in a row with an action onwards and a return that sends the applicant a message."""
    for flow in registry.registry().flows.values():
        for first, second in zip(flow.steps, flow.steps[1:], strict=False):
            forward = _way(flow, "pass", first, second)
            applicant = flow.steps[0]
            back = _way(flow, "send_back", second, applicant)
            if forward and back and isinstance(applicant.by, Applicant):
                return Stage(flow, first, second, applicant, forward, back)
    raise LookupError("no flow goes back and forth")


def _way(flow: Any, kind: str, source: Any, target: Any) -> tuple[str, str, str] | None:
    for action in flow.actions:
        if action.kind != kind:
            continue
        if not any(r.source == source.name and r.target == target.name for r in action.routes):
            continue
        for function in registry.functions_of(flow.object):
            for role, held in function.grants:
                decides = role in getattr(source.by, "names", ()) and action.name in held
                if decides and source.name in function.steps:
                    return function.id, action.name, role
    return None


@dataclass
class Person:
    """Somebody at a browser."""

    url: str
    username: str
    opener: Any = None
    secret: str = ""

    def sign_in(self) -> None:
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar, Stays)
        self.look("/sign-in")
        self.post("/sign-in", {"username": self.username, "password": PASSWORD})
        self.look("/me")

    def look(self, path: str) -> None:
        with self.opener.open(self.url + path, timeout=60) as answer:
            page = answer.read().decode()
        found = re.search(r'name="csrf-token" content="([^"]+)"', page)
        assert found, page[:500]
        self.secret = found[1]

    def post(self, path: str, form: dict[str, Any]) -> None:
        """Send a form; a refusal raises. What it leads to is not asked for: that could fail alone."""
        body = urlencode({"csrf_token": self.secret, **form}, doseq=True).encode()
        try:
            self.opener.open(self.url + path, data=body, timeout=60).close()
        except urllib.error.HTTPError as error:
            if error.code not in (302, 303):
                raise


class Stays(urllib.request.HTTPRedirectHandler):
    """Follows nothing."""

    def redirect_request(self, *args: Any) -> None:
        return None


@dataclass
class Parts:
    """The processes under test; whatever is killed is started again."""

    environment: dict[str, str]
    web: Any = None
    worker: Any = None
    killed: Counter = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def start_web(self) -> None:
        self.web = self._run("run.py", "web")

    def start_worker(self) -> None:
        self.worker = self._run("-m", "tests.app.kill_program")

    def _run(self, *command: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=self.environment,
            preexec_fn=die_with_parent, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def kill_one(self, chance: random.Random) -> None:
        """Kill a web process, the master with all of them, or the worker, a moment from now."""
        time.sleep(chance.uniform(0, 0.05))
        with self.lock:
            self._kill(chance)

    def _kill(self, chance: random.Random) -> None:
        what = chance.choice(["web process"] * 4 + ["worker"] * 2 + ["all of web"])
        if what == "worker":
            self.worker.kill()
            self.worker.wait()
            self.start_worker()
        else:
            children = _children(self.web.pid)
            if what == "all of web":
                self.web.kill()
                self.web.wait()
            for pid in children if what == "all of web" else children[:1]:
                os.kill(pid, signal.SIGKILL)
            if what == "all of web":
                self.start_web()
        self.killed[what] += 1

    def stop(self) -> None:
        for process in (self.web, self.worker):
            process.terminate()
        for process in (self.web, self.worker):
            process.wait(30)


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(part) for part in text.split()]


@dataclass
class Run:
    """What the people did, and what they were told."""

    confirmed: Counter = field(default_factory=Counter)  # by case
    unknown: Counter = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    kills: queue.SimpleQueue[threading.Event] = field(default_factory=queue.SimpleQueue)
    lock: threading.Lock = field(default_factory=threading.Lock)
    done: threading.Event = field(default_factory=threading.Event)

    def note_confirmed(self, pk: int) -> None:
        """Count a step; after each so-many-th its thread waits until a process was killed."""
        with self.lock:
            self.confirmed[pk] += 1
            count = self.confirmed.total()
        if count >= STEPS:
            self.done.set()
        elif count % EVERY == 0:
            killed = threading.Event()
            self.kills.put(killed)
            killed.wait(PATIENCE)

    def note_unknown(self, pk: int) -> None:
        with self.lock:
            self.unknown[pk] += 1


def decide(run: Run, person: Person, cases: list[int], place: Stage, chance: random.Random) -> None:
    """Send cases on and back until enough was confirmed; each case belongs to one thread.

    Whoever makes each so-many-th step waits until a process was killed, while the others are in the middle of theirs:
    as many kills on a fast machine as on a slow one.
    """
    where = dict.fromkeys(cases)  # None: look it up
    while where and not run.done.is_set():
        pk = chance.choice(list(where))
        try:
            if person.opener is None:
                person.sign_in()
            state = where[pk] or _state(pk, place)
            if state == place.applicant.name:
                del where[pk]
                continue
            onwards = state == place.first.name
            function, action, _ = place.forward if onwards else place.back
            step = place.first if onwards else place.second
            target = place.second if onwards else place.applicant
            form = {"comment": "核对", "check": list(step.checks), f"target.{action}": target.name}
            where[pk] = None
            person.post(f"/{function}/{pk}/do/{action}", form)
        except urllib.error.HTTPError as error:
            if error.code == 409:
                continue  # a request whose answer never came was carried out after all
            if error.code < 500:
                run.refused.append(f"{error.code} {error.read().decode()[-1500:]}")
                run.done.set()
            run.note_unknown(pk)
            person.opener = None  # it may have failed half-way through signing in
        except (OSError, http.client.HTTPException) as error:
            if not isinstance(getattr(error, "reason", None), ConnectionRefusedError):
                run.note_unknown(pk)
            person.opener = None
            time.sleep(0.2)
        else:
            where[pk] = target.name
            run.note_confirmed(pk)


def _state(pk: int, place: Stage) -> str:
    """What is so after an answer that never came."""
    with acting_as(SYSTEM), elevated():
        try:
            found = select(Case.state).where(Case.record_id == pk, Case.object == place.flow.object)
            return str(session.scalar(found))
        finally:
            session.remove()


def test_nothing_is_lost_and_nothing_is_twice(wsgi, own_database, own_var, request):
    place = stage()
    with wsgi.app_context():
        records, people = _prepare(place)
    session.remove()
    with harness.running() as gateway:
        port = free_port()
        parts = Parts(
            {
                **os.environ, **gateway.environment, "DATABASE_URL": own_database,
                "VAR": str(own_var), "PORT": str(port), "WEB_PROCESSES": "2",
            }
        )  # fmt: skip
        parts.start_web()
        parts.start_worker()
        try:
            run = _load(f"http://127.0.0.1:{port}", people, records, place, parts)
            assert not run.refused, run.refused[0]
            assert parts.killed.total() >= STEPS // EVERY - 1
            _wait_until_all_has_left()
        finally:
            parts.stop()
        sent = Counter(message["key"] for message in gateway.messages())
    with acting_as(SYSTEM), elevated():
        _check_cases(run, place, records)
        returned = _steps_of(place, "send_back", records)
        items = session.scalars(select(OutboxItem).where(OutboxItem.kind == "sms")).all()
        assert len(items) == returned, "every return has left one message"
        assert {item.state for item in items} == {"sent"}
        assert len(sent) == returned and set(sent.values()) == {1}
        assert list(verification.verify()) == []


def _prepare(place: Stage) -> tuple[list[int], list[str]]:
    planter = Planter("甲", SYSTEM)
    org = planter.organisation()
    applies = next(
        role for f in registry.functions_of(place.flow.object) if f.screen == "apply"
        for role, held in f.grants if "submit" in held
    )  # fmt: skip
    planter.actor = request_identity.actor_of(open_person(applies, org=org, phone="13912345678"))
    obj = registry.object(place.flow.object)
    records = [planter._plant(obj, place.first.name).id for _ in range(CASES)]
    with acting_as(SYSTEM), unit_of_work() as current:
        current.execute(delete(Change))  # what was planted is no chain
    roles = (place.forward[2], place.back[2])
    names = []
    for number in range(PEOPLE):
        names.append(f"decider{number}")
        open_person(*dict.fromkeys(roles), username=names[-1])
    return records, names


def _load(url: str, names: list[str], records: list[int], place: Stage, parts: Parts) -> Run:
    run, chance = Run(), random.Random(11)
    threads = [
        threading.Thread(
            target=decide,
            args=(
                run,
                Person(url, name),
                records[number::PEOPLE],
                place,
                random.Random(number),
            ),
            daemon=True,
        )
        for number, name in enumerate(names)
    ]
    for thread in threads:
        thread.start()
    before, since = 0, time.monotonic()
    while not run.done.is_set():
        with suppress(queue.Empty):
            killed = run.kills.get(timeout=0.5)
            parts.kill_one(chance)  # here: what a thread starts would end with it
            killed.set()
        now = run.confirmed.total()
        if now > before:
            before, since = now, time.monotonic()
        assert time.monotonic() - since < PATIENCE, f"nothing moves after {before} steps"
    for thread in threads:
        thread.join(40)
    return run


def _wait_until_all_has_left() -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with acting_as(SYSTEM), elevated():
            waiting = select(OutboxItem.id).where(OutboxItem.state.in_(("pending", "sending")))
            left = session.scalars(waiting).all()
        session.remove()
        if not left:
            return
        time.sleep(0.2)
    pytest.fail(f"{len(left)} messages have not left")


def _check_cases(run: Run, place: Stage, records: list[int]) -> None:
    query = select(Case).where(Case.object == place.flow.object, Case.record_id.in_(records))
    for case in session.scalars(query):
        steps = session.scalars(
            select(StepRecord).where(StepRecord.case_id == case.id).order_by(StepRecord.seq)
        ).all()[1:]  # the first was planted
        assert [step.seq for step in steps] == list(range(2, case.steps + 1))
        assert not steps or steps[-1].target == case.state
        confirmed, unknown = run.confirmed[case.record_id], run.unknown[case.record_id]
        assert confirmed <= len(steps), "what was confirmed is there"
        assert len(steps) <= confirmed + unknown, "nothing is there that nobody did"
        for before, after in pairwise(steps):
            assert before.target == after.source


def _steps_of(place: Stage, kind: str, records: list[int]) -> int:
    query = (
        select(StepRecord.id)
        .join(Case, Case.id == StepRecord.case_id)
        .where(Case.object == place.flow.object, StepRecord.kind == kind)
    )
    return len(session.scalars(query).all())
