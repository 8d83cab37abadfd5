"""What a start costs beside importing the libraries alone, and how much memory a process holds."""

import subprocess
import sys
from collections.abc import Iterator
from tempfile import TemporaryDirectory

from app.settings import ROOT
from tests.bench.figures import Figure, in_turns

LIBRARIES = (
    "import flask, flask_appbuilder, sqlalchemy.orm, wtforms, marshmallow, jinja2, babel, alembic,"
    " openpyxl, docx, PIL.Image, pypinyin, apscheduler.schedulers.background, pyhanko.sign.signers,"
    " docxtpl, gunicorn.app.base"
)
PRODUCT = (
    "from app import settings; from app.web.factory import create_app\n"
    "create_app(settings.load())\n"
)
RESIDENT = (  # of the process itself; the largest that it ever was would count its parent's pages
    "print(next(int(line.split()[1]) // 1024 for line in open('/proc/self/status')"
    " if line.startswith('VmRSS')))"
)


def figures() -> Iterator[Figure]:
    """Measure whole processes, in turns."""
    with TemporaryDirectory() as var:
        environment = {"PATH": "/usr/bin:/bin", "VAR": var, "PYTHONPATH": str(ROOT)}

        def run(program: str) -> str:
            done = subprocess.run(
                [sys.executable, "-c", program], cwd=ROOT, env=environment, check=True,
                capture_output=True, text=True,
            )  # fmt: skip
            return done.stdout

        ours, other = in_turns(lambda: run(PRODUCT), lambda: run(LIBRARIES), rounds=5, warm=1)
        megabytes = run(PRODUCT + RESIDENT).strip()
        bare = run(f"{LIBRARIES}\n{RESIDENT}").strip()
    yield Figure(
        "进程", "启动：全部功能就绪", ours, other, "只导入所用的库", 1.5,
        note=f"常驻内存 {megabytes} MB，只导入库 {bare} MB",
    )  # fmt: skip
