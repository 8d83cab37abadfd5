import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.harness.patience import PATIENCE, until

PROGRAM = """
import os, sys, time
from pathlib import Path
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
    return subprocess.Popen([sys.executable, "-c", PROGRAM, str(folder), str(deaths)])


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


def test_what_keeps_dying_ends_everything(tmp_path: Path) -> None:
    process = start(tmp_path, deaths=100)
    assert process.wait(PATIENCE) == 1
    assert not any(alive(pid) for pid in pids(tmp_path, "steady"))


def test_no_part_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    process = start(tmp_path, deaths=1)
    until(lambda: len(pids(tmp_path, "steady")) == 2, "not both live")
    os.kill(process.pid, signal.SIGKILL)
    process.wait(PATIENCE)
    until(lambda: not any(alive(pid) for pid in pids(tmp_path, "steady")), "a part lives on")
