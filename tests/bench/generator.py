"""How long the compiler takes: of our metadata, of up to 1,000 objects, and beside two others.

Whole processes, start of the program included; of three runs the best, taken in turns.
"""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from app.settings import ROOT
from tests.bench import others as beside
from tests.bench import synthetic
from tests.bench.figures import Figure

GROUP = "编译器"
SIZES = (100, 300, 1000)
BUILD, CHECK = 2000.0, 1000.0  # milliseconds that building and checking all metadata may take
ROUNDS = 3


def figures() -> Iterator[Figure]:
    """Measure our own metadata, then the same number of objects in three notations."""
    with TemporaryDirectory() as folder:
        yield from _own(Path(folder))
        yield from _many(Path(folder))


def _own(folder: Path) -> Iterator[Figure]:
    build, check = fastest([_ours(ROOT, "build"), _ours(ROOT, "check")])
    count = len(list((ROOT / "metadata").rglob("*.yaml")))
    for word, taken, goal in (("编译", build, BUILD), ("检查", check, CHECK)):
        yield Figure(
            GROUP, f"{word}全部元数据（{count} 个文件）", taken.wall, goal, "目标", 1,
            note=f"处理器时间 {taken.cpu:,.0f} 毫秒",
        )  # fmt: skip


def _many(folder: Path) -> Iterator[Figure]:
    each: dict[int, tuple[float, float]] = {}
    for count in SIZES:
        ours = synthetic.ours(folder / f"ours{count}", count)
        fastest([_ours(ours, "build")], rounds=1)  # the first build writes, the others find it so
        build, check, django, model = fastest(
            [_ours(ours, "build"), _ours(ours, "check"), *_others(folder, count)]
        )
        each[count] = (build.cpu / count, check.cpu / count)
        for word, taken, other, name, less in (
            ("检查", check, django, "Django makemigrations --check", "只比较模型，不生成代码"),
            ("编译", build, model, "datamodel-code-generator", "只生成模型"),
        ):
            yield Figure(
                GROUP, f"{word} {count} 个对象（各带流程、子表与两项功能）", taken.wall, other.wall, name,
                None, note=f"对照{less}；处理器时间 {taken.cpu:,.0f}，对照 {other.cpu:,.0f} 毫秒",
            )  # fmt: skip
    for place, word in enumerate(("编译", "检查")):
        most, least = each[SIZES[-1]][place], each[SIZES[0]][place]
        yield Figure(
            GROUP, f"{word}：{SIZES[-1]} 个对象时每个对象的处理器时间", most, least,
            f"{SIZES[0]} 个对象时每个对象", 1.2, note="线性：不超过 1.2 倍",
        )  # fmt: skip


Command = tuple[list[str], Path, tuple[int, ...]]  # what is run, where, and how it may end


def _ours(folder: Path, command: str) -> Command:
    return [sys.executable, "-m", "generator", "--root", str(folder), command], ROOT, (0,)


def _others(folder: Path, count: int) -> tuple[Command, Command]:
    python = str(beside.python())
    project = synthetic.django(folder / f"django{count}", count)
    migrations = [python, "-m", "django", "makemigrations", "--check", "--dry-run", "-v0"]
    schema = synthetic.schema(folder / f"schema{count}", count)
    models = [python, "-m", "datamodel_code_generator", "--input", str(schema)]
    return (
        ([*migrations, "--pythonpath", str(project)], project, (0, 1)),
        ([*models, "--output", str(folder / f"models{count}.py")], folder, (0,)),
    )


@dataclass(frozen=True)
class Taken:
    """Milliseconds of a whole process: by the clock, and of processors with those that it started.

    Where the machine has other work the first grows with it, the second hardly.
    """

    wall: float = float("inf")
    cpu: float = float("inf")


def fastest(commands: list[Command], rounds: int = ROUNDS) -> list[Taken]:
    """Return the best times of each command, taken in turns."""
    best = [Taken() for _ in commands]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "settings"}
    for _ in range(rounds):
        for place, (command, cwd, fine) in enumerate(commands):
            began, spent = time.perf_counter(), _spent()
            done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
            wall, cpu = time.perf_counter() - began, _spent() - spent
            known = best[place]
            best[place] = Taken(min(known.wall, wall * 1000), min(known.cpu, cpu * 1000))
            assert done.returncode in fine, done.stdout[-500:] + done.stderr[-2000:]
    return best


def _spent() -> float:
    """Return the seconds of processors that ended processes took, and what those had started."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
