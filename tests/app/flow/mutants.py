# ruff: noqa: E501 - each mutant stands on one line
"""Takes single mechanisms out of the flow engine and tells whether a test notices.

    .venv/bin/python -m tests.app.flow.mutants [NAME…]

Works on a copy of the working tree; a mutant that survives is printed and the exit status is 1.
"""

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
DIRECTED = ("test_ways.py", "test_standing.py", "test_waiting.py", "test_versions.py",
            "test_reminding.py", "test_engine.py")  # fmt: skip
RANDOM = ("test_random_ways.py", "test_random_waits.py", "test_concurrency.py")
FIRST = {  # the tests that are likely to notice
    "deputies.py": "test_standing.py",
    "handing.py": "test_standing.py",
    "urging.py": "test_standing.py",
    "limits.py": "test_reminding.py",
    "reminding.py": "test_reminding.py",
    "verdicts.py": "test_waiting.py",
    "versions.py": "test_versions.py",
    "waiting.py": "test_waiting.py",
}


@dataclass(frozen=True)
class Mutant:
    """One mechanism, the text that makes it, and what stands there without it."""

    name: str
    file: str
    old: str
    new: str
    on: str = "sqlite"  # the kind of database on which it shows; SQLite locks as a whole


MUTANTS = (
    Mutant("right by grant", "access.py", "return NO_RIGHT\n", 'return ""\n'),
    Mutant("right by task", "access.py", "if any(is_for(task, holder, case) for task in waiting):", "if waiting:"),
    Mutant("assigned to one", "access.py", "return task.assignee_id == holder.user_id", "return task.role in holder.roles"),
    Mutant("no self-approval", "access.py", "if decides and isinstance(who, Roles) and", "if False and"),
    Mutant("no self-approval by a deputy", "access.py", "in (actor.user_id, holder.user_id)", "in (holder.user_id,)"),
    Mutant("own todo hidden from a deputy", "access.py", "mine.append(and_(or_(*_waiting_for(other)), foreign))", "mine.append(or_(*_waiting_for(other)))"),
    Mutant("one vote a person", "access.py", "if has_signed(actor, case, place):", "if False:"),
    Mutant("one decision for all roles", "worklist.py", "    if holder.everything:\n        mine = mine[:1]", "    mine = mine[:1]"),
    Mutant("n of m", "worklist.py", "return 1 if step.countersign == \"any\" else min(int(step.countersign or 1), total)", "return total"),
    Mutant("votes count since the step was reached", "worklist.py", "and (task.since, task.opened_at) in since", "and True"),
    Mutant("lock of the case", "cases.py", "select(Case).where(Case.id == case.id).with_for_update()", "select(Case).where(Case.id == case.id)", "postgresql"),
    Mutant("overtaken", "steps.py", "return session.scalar(since.limit(1)) is not None", "return False"),
    Mutant("other branches do not overtake", "steps.py", "        if place.branch:\n", "        if False:\n"),
    Mutant("recall until opened", "engine.py", 'if action.until == "opened" and case.opened_at is not None:', "if False:"),
    Mutant("join waits for all", "moving.py", "if not fork.branches or any(row.state for row in rows(case)):", "if not fork.branches:"),
    Mutant("leaving withdraws the others", "moving.py", "    if not stays:  # else the other branches go on\n        worklist.close_all(case, None, worklist.SUPERSEDED, turn.holder)\n", ""),
    Mutant("straight back", "returns.py", "    kept = [old for old in pending(case) if (old.at, old.at_branch) != (item.at, item.at_branch)]\n    _keep(case, [*kept, item])", "    return"),
    Mutant("straight back is owed once", "moving.py", "        returns.settle(case, owed)", "        pass"),
    Mutant("all steps again clears debts", "moving.py", "        returns.clear(turn.case, turn.place.branch if stays else \"\")\n        return", "        return"),
    Mutant("other branches as they were", "moving.py", "state = back.branches.get(branch.name) if back is not None else None", "state = None"),
    Mutant("back to who returned it", "worklist.py", "if back is None or step.countersign or not back.role or back.by is None:", "if True:"),
    Mutant("steps that do not apply", "routes.py", "if step.skip is not None and step.skip(record, make_env()):", "if False:"),
    Mutant("conditional routes", "routes.py", "return [route for route in routes if route.when is None or route.when(record, env)]", "return list(routes)"),
    Mutant("handing on needs the right", "handing.py", "if task.role is None or holder is None:", "if task.role is None:"),
    Mutant("handed only to who may", "handing.py", "if person.id not in (task.assignee_id, case.applicant_id) and person.id not in signed", "if True"),
    Mutant("urged once a day", "urging.py", "    before = _today(case)\n", "    before = None\n"),
    Mutant("no deputy who is away", "deputies.py", "    if away is not None:", "    if False:"),
    Mutant("one deputy at a time", "deputies.py", "    if own is not None:", "    if False:"),
    Mutant("reminded once", "reminding.py", "return bool(taken.rowcount)", "return True"),
    Mutant("only the latest reminder", "reminding.py", "(*own[-1:], *reported[-1:])", "(*own, *reported)"),
    Mutant("reminders in working days", "limits.py", "day = workdays.add(last, reminder.days)", "day = last + timedelta(reminder.days)"),
    Mutant("waiting is nobody's", "access.py", "    if task.waits is not None:\n        return False\n", ""),
    Mutant("waiting in no queue", "access.py", "Task.waits.is_(None), ", ""),
    Mutant("late receipts move nothing", "waiting.py", "        if not waits or here is None:", "        if here is None:"),
    Mutant("a receipt counts once", "waiting.py", "        if row.received_at is not None:\n            return False\n", ""),
    Mutant("waits for all started cases", "waiting.py", '        if child.ended_at is None:\n            return ""\n', ""),
    Mutant("a started case counts once", "waiting.py", "[child for child in known if not child.counted] or known[-1:]", "known"),
    Mutant("started cases end with theirs", "waiting.py", "    _withdraw_children(case)\n", ""),
    Mutant("a verdict for each row", "verdicts.py", "        if given.get(row.id) not in titles\n", "        if False\n"),
    Mutant("refused rows are out", "verdicts.py", "    return [row for row in getattr(record, per.rows) if getattr(row, per.field) not in per.refuses]", "    return list(getattr(record, per.rows))"),
    Mutant("judged anew when filed anew", "moving.py", "            verdicts.forget(turn)", "            pass"),
    Mutant("own version of the flow", "cases.py", "return now if now.version == version else kept(name, version)", "return now"),
    Mutant("a move needs its paper", "versions.py", "    if proof is None or session.get(files.File, proof) is None:", "    if False:"),
    Mutant("a move needs the right", "versions.py", "        if not may_move():", "        if False:"),
)  # fmt: skip


def main(names: list[str]) -> int:
    """Try the mutants; return how many survived, at most 1."""
    survivors = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(
            ROOT, copy, symlinks=True, ignore=shutil.ignore_patterns(".git", "var", "node_modules")
        )
        for mutant in MUTANTS:
            if names and mutant.name not in names:
                continue
            caught = _caught(copy, mutant)
            print(f"{'caught' if caught else 'SURVIVED':9} {mutant.name}", flush=True)
            survivors += [] if caught else [mutant.name]
    return bool(survivors)


def _caught(copy: Path, mutant: Mutant) -> bool:
    path = copy / "app" / "flow" / mutant.file
    text = path.read_text(encoding="utf-8")
    if text.count(mutant.old) != 1:
        raise SystemExit(
            f"{mutant.name}: its text stands {text.count(mutant.old)} times in {mutant.file}"
        )
    changed = text.replace(mutant.old, mutant.new)
    if "timedelta" in mutant.new:
        changed = changed.replace(
            "from datetime import datetime, time", "from datetime import datetime, time, timedelta"
        )
    path.write_text(changed, encoding="utf-8")
    first = FIRST.get(mutant.file, "test_ways.py")
    rest = tuple(name for name in DIRECTED if name != first)
    caught = any(_fails(copy, names, mutant.on) for names in ((first,), rest, RANDOM))
    path.write_text(text, encoding="utf-8")
    return caught


def _fails(copy: Path, names: tuple[str, ...], on: str) -> bool:
    tests = [f"tests/app/flow/{name}" for name in names]
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-k", on, *tests]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stdout[-2000:] + done.stderr[-2000:])
    return done.returncode == 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
