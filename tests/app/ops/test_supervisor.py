import os
import signal
import subprocess
import sys
from pathlib import Path

from app.ops.ports import free_port
from app.ops.supervisor import SLOWEST, pause
from tests.harness.patience import PATIENCE, until

PROGRAM = """
import os, sys, time
from pathlib import Path
import pytest

from app.ops.ports import free_port
from app.ops.supervisor import Part, Supervisor
folder = Path(sys.argv[1])

def note(name):
    (folder / f"{name}.{os.getpid()}").touch()

def steady():
    note("steady")
    while True:
        time.sleep(1)

def mortal():
    note("mortal")
    time.sleep(0.1)
    return 1 if len(list(folder.glob("mortal.*"))) < int(sys.argv[2]) else steady()

sys.exit(Supervisor([Part("steady", steady), Part("mortal", mortal)]).watch())
"""


def start(folder: Path, deaths: int) -> subprocess.Popen[bytes]:
    with (folder / "said.txt").open("w") as said:
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(folder), str(deaths)], stderr=said
        )


def pids(folder: Path, name: str) -> list[int]:
    return [int(path.suffix[1:]) for path in folder.glob(f"{name}.*")]


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_what_dies_is_started_again_and_a_signal_stops_all(tmp_path: Path) -> None:
    process = start(tmp_path, deaths=3)
    until(lambda: len(pids(tmp_path, "steady")) == 2, "not both live")
    assert len(pids(tmp_path, "mortal")) == 3
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    assert not any(alive(pid) for pid in pids(tmp_path, "steady"))


def test_what_keeps_dying_is_told_and_started_ever_more_slowly(tmp_path: Path) -> None:
    process = start(tmp_path, deaths=5)
    until(lambda: len(pids(tmp_path, "steady")) == 2, "it was given up")
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    said = (tmp_path / "said.txt").read_text("utf-8").splitlines()
    assert [line for line in said if line.startswith("! mortal 意外退出")] == [
        f"! mortal 意外退出（10 分钟内第 {n} 次），{wait} 秒后重新启动；原因见日志"
        for n, wait in ((1, 0), (2, 1), (3, 2), (4, 4))
    ]
    assert pause(50) == SLOWEST


def test_no_part_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    process = start(tmp_path, deaths=1)
    until(lambda: len(pids(tmp_path, "steady")) == 2, "not both live")
    os.kill(process.pid, signal.SIGKILL)
    process.wait(PATIENCE)
    until(lambda: not any(alive(pid) for pid in pids(tmp_path, "steady")), "a part lives on")


WEB = """
import sys
from app.core.db.database import bind, make_engine
from app.ops.web import Web
from app.settings import load

def application(environ, start):
    start("200 OK", [])
    return [b""]

settings = load()
bind(make_engine(settings.database_url))
Web(settings, application).run()
"""


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_no_worker_of_the_site_outlives_its_killed_master(tmp_path: Path) -> None:
    """Orphans held the port, so that whatever was started next died of it."""
    environment = {**os.environ, "VAR": str(tmp_path), "PORT": str(free_port())}
    process = subprocess.Popen(
        [sys.executable, "-c", WEB], env=environment, stderr=subprocess.DEVNULL
    )
    until(lambda: len(children(process.pid)) == 2, "no workers")
    workers = children(process.pid)
    process.kill()
    process.wait(PATIENCE)
    until(lambda: not any(alive(pid) for pid in workers), "a worker lives on")
