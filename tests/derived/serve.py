"""Serves a project that stands anywhere: VAR=/tmp/trees PORT=8091 python -m tests.derived.serve FOLDER

One account for each role, named as the role, with the password of the demonstration; of every object some
complete records, made from its declaration alone, at every step of its flow. What is below VAR is emptied.
"""

import dataclasses
import os
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app import settings
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import bind, elevated, expect_writes, make_engine, unit_of_work
from app.core.declare import Object, registry
from app.core.errors import UserError
from app.flow.execution import transitions
from app.flow.execution.cases import case_of
from app.security import accounts, request_identity
from app.security.demonstration import PASSWORD
from app.upgrade import upgrade
from app.web.factory import create_app
from tests.derived.standing import maker_of, put, signers
from tests.derived.valid import Cannot, Maker, own_objects
from tests.harness import project
from tests.harness.serving import serve

EACH = 3  # records of an object without a flow


def prepare(base: Path, var: Path) -> Any:
    """Make the application of the project, with people and records, below a folder that is emptied before."""
    shutil.rmtree(var, ignore_errors=True)
    var.mkdir(parents=True)
    os.environ["VAR"] = str(var)
    project.use(base)
    project.settings(base)
    chosen = dataclasses.replace(settings.load(), database_url=f"sqlite:///{var / 'project.db'}")
    upgrade(chosen)
    engine = make_engine(chosen.database_url)
    bind(engine)
    expect_writes()
    app = create_app(chosen, engine)
    with app.app_context():
        people = _people()
        for obj in own_objects():
            for number, state in enumerate(_states(obj)):
                _record(people, obj, f"{obj.name} {number}", state)
    return app


def _people() -> dict[str, Any]:
    """An organisation, and for every role one account that holds it and no other."""
    organisation = registry.object(registry.project().organisation)
    with acting_as(SYSTEM), elevated(), unit_of_work():
        row = Maker("organisation").finished(organisation)
        org, district = row.id, getattr(row, registry.project().organisation_district)
    found = {}
    roles = registry.registry().roles
    wanted = [(name, number) for name in roles for number in range(signers(name), 0, -1)]
    for name, number in wanted:
        role, nth = roles[name], str(number) if number > 1 else ""
        with acting_as(SYSTEM), unit_of_work():
            account = accounts.open_account(
                name=f"{role.title}{nth}",
                phone=None,
                username=f"{name}{nth}",
                roles=(name,),
                password=PASSWORD,
                org_id=org if role.reach == "unit" else None,
                district=district if role.reach == "district" else None,
            )
            found[name] = account.id
    return {name: request_identity.actor_of(pk) for name, pk in found.items()} | {"system": SYSTEM}


def _states(obj: Object) -> list[str]:
    flow = registry.flow_of(obj.name)
    inner = flow.inner if flow else {}
    return [s.name for s in flow.steps if s.name not in inner] if flow else [""] * EACH


def _record(people: dict[str, Any], obj: Object, seed: str, state: str) -> None:
    """Make one record by whoever enters such ones; where none is found, the screen has one less."""

    @contextmanager
    def acting(name: str) -> Any:
        with acting_as(people[maker_of(name)]) as actor:
            yield actor

    try:
        with acting(obj.name), unit_of_work():
            record = Maker(seed, acting).draft(obj)
            flow = registry.flow_of(obj.name)
            if flow and state != flow.steps[0].name:
                put(record, state)
                with acting_as(SYSTEM):  # with the tasks of the step
                    transitions.enter(flow, case_of(record), record, flow.step(state))
    except (Cannot, UserError) as fault:
        print(f"{obj.name} {state}: {fault}", file=sys.stderr)


def main() -> None:
    """Serve until interrupted."""
    base, var = Path(sys.argv[1]), Path(os.environ.get("VAR", "/tmp/project"))
    serve(prepare(base, var), 8091, registry.registry().roles)


if __name__ == "__main__":
    main()
